import { setTimeout as delay } from "node:timers/promises";
import { hasCode } from "@upgrade-halt/kube";
import type { ApiClient } from "../client/api-client.ts";
import type { JsonObject } from "../json/json.ts";

const RETRY_MS = 100;

/** Writes a pod's status to the API server: at once when it changes, one write at a time, the latest state last. */
export class StatusReporter {
  readonly #client: ApiClient;
  readonly #path: string;
  readonly #uid: string;
  readonly #status: () => JsonObject;
  #isDirty = false;
  #isStopped = false;
  #running: Promise<void> | undefined;

  /** `path` is the pod's status subresource; `status` is asked for right before each write. */
  constructor(client: ApiClient, path: string, uid: string, status: () => JsonObject) {
    this.#client = client;
    this.#path = path;
    this.#uid = uid;
    this.#status = status;
  }

  /** True once the API server no longer has this very pod, or stop() was called. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  changed(): void {
    this.#isDirty = true;
    this.#running ??= this.#run();
  }

  /** Resolves when everything that changed has been written. */
  async settled(): Promise<void> {
    await this.#running;
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #run(): Promise<void> {
    while (this.#isDirty && !this.#isStopped) {
      this.#isDirty = false;
      await this.#write();
    }
    this.#running = undefined;
  }

  /** The uid goes along, so that no successor of the same name is hit: the API server refuses it with 422 then. */
  async #write(): Promise<void> {
    try {
      await this.#client.strategicMergePatch(this.#path, {
        metadata: { uid: this.#uid },
        status: this.#status(),
      });
    } catch (error) {
      if (hasCode(error, "not-found", "invalid")) this.#isStopped = true;
      else {
        await delay(RETRY_MS);
        this.#isDirty = true;
      }
    }
  }
}
