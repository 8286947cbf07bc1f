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

/**
 * Writes Events beside the work: a failure is logged and changes nothing. The same thing about the same object
 * has one name, so that telling it again after a crash is refused by the API server.
 */
export class EventRecorder {
  readonly #api: KubeApi;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #waiting: EventDraft[] = [];
  readonly #writers = new Set<Promise<void>>();
  #active = 0;

  constructor(api: KubeApi, log: Logger, now: () => number) {
    this.#api = api;
    this.#log = log;
    this.#now = now;
  }

  record(draft: EventDraft): void {
    this.#waiting.push(draft);
    if (this.#active >= AT_ONCE) return;
    this.#active += 1;
    const writer = this.#writeAll().finally(() => this.#writers.delete(writer));
    this.#writers.add(writer);
  }

  /** Resolves when every Event so far was written or given up. */
  async flush(): Promise<void> {
    await Promise.all(this.#writers);
  }

  async #writeAll(): Promise<void> {
    for (let draft = this.#waiting.shift(); draft !== undefined; draft = this.#waiting.shift())
      await this.#write(draft);
    this.#active -= 1;
  }

  async #write({ regarding, type, reason, message }: EventDraft): Promise<void> {
    const { namespace = "default", name, uid } = regarding.metadata;
    const at = new Date(this.#now()).toISOString();
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
