import { once } from "node:events";
import { GATES, type Gate } from "../actions/names.ts";
import { Changes } from "../changes.ts";
import { arrayAt, at, type Json, stringAt } from "../json/json.ts";

/** A write of a controller to the API server. */
export interface ApiWrite {
  readonly method: string;
  /** Path without its query. */
  readonly path: string;
  readonly body: Json | undefined;
}

/** The gate that a write goes through, if any. */
export function gateOf({ method, path, body }: ApiWrite): Gate | undefined {
  const resource = path.split("/").slice(0, -1).at(-1);
  if (resource === "statefulsets" && (method === "PATCH" || method === "PUT")) return "set-image";
  if (resource === "pods" && method === "DELETE") return "delete-pod";
  if (method === "POST" && path.endsWith("/nodehalts")) return "journal-Recorded";
  if (!/\/nodehalts\/[^/]+\/status$/.test(path)) return undefined;
  const patched = arrayAt(body)
    .filter((operation) => stringAt(operation, "path") === "/status/phase")
    .map((operation) => at(operation, "value"));
  const name = `journal-${stringAt(body, "status", "phase") ?? patched.at(-1)}`;
  return GATES.find((gate) => gate === name);
}

interface Waiting {
  readonly gate: Gate;
  readonly controller: number;
  readonly open: () => void;
}

/** Gates that are held: the first write that comes to one waits until it is released, and others pass. */
export class Gates extends Changes {
  readonly #armed = new Set<Gate>();
  readonly #waiting = new Set<Waiting>();

  /** Holds the next write that comes to the gate. */
  hold(gate: Gate): void {
    this.#armed.add(gate);
    this.tell();
  }

  /** Lets go what waits at the gate, and arms it no more. */
  release(gate: Gate): void {
    this.#armed.delete(gate);
    for (const one of this.#waiting) if (one.gate === gate) one.open();
    this.tell();
  }

  releaseAll(): void {
    for (const gate of GATES) this.release(gate);
  }

  /** Gates that will hold the next write. */
  armed(): readonly Gate[] {
    return [...this.#armed];
  }

  /** Gates at which a controller waits. */
  held(): readonly Gate[] {
    return [...this.#waiting].map(({ gate }) => gate);
  }

  /** The controller that waits at a gate, by its number. */
  waitingController(): number | undefined {
    return [...this.#waiting][0]?.controller;
  }

  /** Resolves when the write may go on, or when `gone` aborts because its client is no more. */
  async pass(write: ApiWrite, controller: number, gone: AbortSignal): Promise<void> {
    const gate = gateOf(write);
    if (gate === undefined || gone.aborted || !this.#armed.delete(gate)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = { gate, controller, open: resolve };
    this.#waiting.add(waiting);
    this.tell();
    await Promise.race([promise, once(gone, "abort")]);
    this.#waiting.delete(waiting);
    this.tell();
  }
}
