import { createHash } from "node:crypto";
import { hasCode, type KubeApi, type KubeObject, messageOf } from "@upgrade-halt/kube";
import type { Logger } from "pino";
import { cut } from "../api/cut.ts";
import { collectionPath, EVENTS } from "./paths.ts";

/** What happened to which object, as `kubectl describe` shows it. */
export interface EventDraft {
  readonly regarding: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: KubeObject["metadata"];
  };
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

const COMPONENT = "upgrade-halt-mini-controller";
/** Events written at a time: those of a thousand halts must not stand before a swap's own requests. */
const AT_ONCE = 4;
/** So long an Event waits to be written: the act that its journal entry announces follows at once, and goes first. */
const AFTER_MS = 100;

/**
 * Writes Events beside the work: a failure is logged and changes nothing. The same thing about the same object
 * has one name, so that telling it again after a crash is refused by the API server. What is as it should be is told by the newest
 * Event about an object that waits: a journal has each step, and a thousand halts at once are not four thousand Events.
 */
export class EventRecorder {
  readonly #api: KubeApi;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #waiting = new Map<string, { readonly draft: EventDraft; readonly at: string }>();
  readonly #writers = new Set<Promise<void>>();
  #active = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(api: KubeApi, log: Logger, now: () => number) {
    this.#api = api;
    this.#log = log;
    this.#now = now;
  }

  record(draft: EventDraft): void {
    this.#waiting.set(topicOf(draft), { draft, at: new Date(this.#now()).toISOString() });
    this.#timer ??= setTimeout(() => this.#begin(), AFTER_MS);
  }

  /** Writes what waits, and resolves when every Event so far was written or given up. */
  async flush(): Promise<void> {
    this.#begin();
    await Promise.all(this.#writers);
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const most = Math.min(AT_ONCE - this.#active, this.#waiting.size);
    for (let index = 0; index < most; index += 1) {
      this.#active += 1;
      const writer = this.#writeAll().finally(() => this.#writers.delete(writer));
      this.#writers.add(writer);
    }
  }

  async #writeAll(): Promise<void> {
    for (const [topic, { draft, at }] of this.#waiting) {
      this.#waiting.delete(topic);
      await this.#write(draft, at);
    }
    this.#active -= 1;
  }

  async #write({ regarding, type, reason, message }: EventDraft, at: string): Promise<void> {
    const { namespace = "default", name, uid } = regarding.metadata;
    const hash = createHash("sha256")
      .update(JSON.stringify([uid, reason, message]))
      .digest("hex")
      .slice(0, 16);
    const event = {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: `${name.slice(0, 230)}.${hash}`, namespace },
      involvedObject: { apiVersion: regarding.apiVersion, kind: regarding.kind, namespace, name, uid },
      type,
      reason,
      message: cut(message, 1024),
      source: { component: COMPONENT },
      reportingComponent: COMPONENT,
      reportingInstance: COMPONENT,
      action: reason,
      firstTimestamp: at.replace(/\.\d+Z$/, "Z"),
      lastTimestamp: at.replace(/\.\d+Z$/, "Z"),
      count: 1,
    };
    try {
      await this.#api.create(collectionPath(EVENTS, namespace), event);
    } catch (error) {
      if (hasCode(error, "already-exists")) return;
      this.#log.warn(
        { object: `${namespace}/${name}`, reason, error: messageOf(error) },
        "an Event was not written",
      );
    }
  }
}

/** What an Event is about: a later one about the same takes the place of one that waits. */
function topicOf({ regarding, type, reason, message }: EventDraft): string {
  const { uid, namespace, name } = regarding.metadata;
  const object = [uid, namespace, name];
  return JSON.stringify(type === "Normal" ? object : [...object, reason, message]);
}
