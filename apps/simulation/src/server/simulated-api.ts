import {
  type BoundedText,
  CodedError,
  type JsonPatchOperation,
  type KubeApi,
  KubeError,
  type KubeList,
  type KubeObject,
  METADATA_LIST,
  type Query,
  type RemoveOptions,
  type WatchEvent,
} from "@upgrade-halt/kube";
import { CLIENT_TIMEOUT_MS, type Network } from "../episode/network.ts";
import type { Program, VirtualTime } from "../time/virtual-time.ts";
import { type ApiServer, type Change, targetOf } from "./api-server.ts";
import type { Json, Stored } from "./objects.ts";

/** What a replica was told, and when the server said it. */
export interface Reading {
  readonly by: string;
  readonly path: string;
  readonly objects: readonly Stored[];
  readonly at: number;
  /** A watch told of them; anything else was asked for. */
  readonly isTold: boolean;
}

/** Each character of a log stands for so many bytes: what is too large is cheap to make. Its head has as many as it has characters. */
const BYTES_PER_CHARACTER = 64;
const HEAD_BYTES = 256;

export interface SimulatedApiOptions {
  readonly time: VirtualTime;
  readonly server: ApiServer;
  readonly network: Network;
  readonly program: Program;
  /** Throws when the program may not write. */
  readonly allowWrite?: () => void;
  readonly onReading: (reading: Reading) => void;
  /** Told of a deletion, and of a change of a workload, as its request leaves the program. */
  readonly onSend: (by: string, path: string) => void;
}

/** The API server as one program reaches it, over the simulated network. */
export class SimulatedApi implements KubeApi {
  readonly #options: SimulatedApiOptions;

  constructor(options: SimulatedApiOptions) {
    this.#options = options;
  }

  async get<T extends KubeObject>(path: string): Promise<T> {
    return await this.#ask(path, (server) => {
      server.allowRead(path);
      const object = server.get(path);
      this.#note(path, [object]);
      return object as unknown as T;
    });
  }

  /** What a replica takes for unchanged by its metadata is what it read. */
  async list<T extends KubeObject>(path: string, query: Query = {}, as?: "metadata"): Promise<KubeList<T>> {
    return await this.#ask(path, (server) => {
      server.allowRead(path);
      const items = server.list(path, query);
      const [, named] = /^metadata\.name=(.+)$/.exec(String(query.fieldSelector ?? "")) ?? [];
      this.#note(named === undefined ? path : `${path}/${named}`, items);
      const metadata = { resourceVersion: server.version };
      if (as === undefined) return { metadata, items: items as unknown as readonly T[] };
      const heads = items.map((object) => ({ metadata: object.metadata }));
      return { kind: METADATA_LIST, metadata, items: heads as unknown as readonly T[] };
    });
  }

  async create<T extends KubeObject>(path: string, body: object): Promise<T> {
    return await this.#write<T>(path, (server, by) => server.create(by, path, body as Json));
  }

  async replace<T extends KubeObject>(path: string, body: object): Promise<T> {
    return await this.#write<T>(path, (server, by) => server.replace(by, path, body as Json));
  }

  async mergePatch<T extends KubeObject>(path: string, body: object): Promise<T> {
    return await this.#write<T>(path, (server, by) => server.mergePatch(by, path, body as Json, false));
  }

  async strategicMergePatch<T extends KubeObject>(path: string, body: object): Promise<T> {
    return await this.#write<T>(path, (server, by) => server.mergePatch(by, path, body as Json, true));
  }

  async jsonPatch<T extends KubeObject>(path: string, operations: readonly JsonPatchOperation[]): Promise<T> {
    const { program, onSend } = this.#options;
    onSend(program.name, path);
    return await this.#write<T>(path, (server, by) => server.jsonPatch(by, path, operations));
  }

  async remove(path: string, uid: string, { resourceVersion }: RemoveOptions = {}): Promise<void> {
    const { program, onSend } = this.#options;
    onSend(program.name, path);
    await this.#write(path, (server, by) => {
      server.remove(by, path, uid, resourceVersion);
      return undefined;
    });
  }

  async text(path: string, query: Query, mostBytes: number): Promise<BoundedText> {
    const most = Math.max(mostBytes / BYTES_PER_CHARACTER, Math.min(mostBytes, HEAD_BYTES));
    return await this.#ask(path, (server) => {
      const text = server.log(path, query);
      return { text: text.slice(0, most), isWhole: text.length <= most };
    });
  }

  async *watch<T extends KubeObject>(
    path: string,
    query: Query,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>> {
    const { time, server, program } = this.#options;
    const { collection, namespace } = targetOf(path);
    await this.#ask(path, () => {});
    const stream = new Stream<Change>();
    let dueAt = 0;
    const stop = server.watch(collection, Number(query.resourceVersion), (change) => {
      if (namespace !== undefined && change.object.metadata.namespace !== namespace) return;
      const { network } = this.#options;
      if (network.isCut(program.name)) {
        stream.fail(new KubeError("unreachable", "the connection broke"));
        return;
      }
      dueAt = Math.max(dueAt, time.now + network.lag());
      time.schedule(dueAt - time.now, () => stream.push(change), program);
    });
    if (stop === undefined) throw new KubeError("gone", `${path}: too old a resource version`);
    const seconds = Number(query.timeoutSeconds ?? 300);
    time.schedule(seconds * 1000, () => stream.end(), program);
    const stopListening = time.listen(signal, () =>
      stream.fail(new DOMException("The operation was aborted", "AbortError")),
    );
    try {
      for (;;) {
        const change = await stream.next();
        if (change === undefined) return;
        this.#note(path, [change.object], true);
        yield { type: change.type, object: change.object as unknown as T };
      }
    } finally {
      stop();
      stopListening();
    }
  }

  #note(path: string, objects: readonly Stored[], isTold = false): void {
    const { program, time, onReading } = this.#options;
    onReading({ by: program.name, path, objects, at: time.now, isTold });
  }

  async #write<T>(path: string, perform: (server: ApiServer, by: string) => unknown): Promise<T> {
    this.#options.allowWrite?.();
    return (await this.#ask(path, (server) => perform(server, this.#options.program.name))) as T;
  }

  /** One request: the server does its work though the program that asked is gone by then. */
  #ask<T>(path: string, perform: (server: ApiServer) => T): Promise<T> {
    const { time, server, network, program } = this.#options;
    const fate = network.fateOf(program, targetOf(path).collection);
    return new Promise<T>((resolve, reject) => {
      const fail = (ms: number, error: unknown) => time.schedule(ms, () => reject(error), program);
      const late = new KubeError("timeout", `${path}: no answer in ${CLIENT_TIMEOUT_MS} ms`);
      if (fate.isLost) {
        fail(CLIENT_TIMEOUT_MS, late);
        return;
      }
      if (fate.isRefused) {
        fail(fate.there, new KubeError("too-many-requests", `${path}: busy`, { retryAfterMs: 1_000 }));
        return;
      }
      if (fate.isUnanswered) fail(CLIENT_TIMEOUT_MS, late);
      time.later(fate.there, () => {
        try {
          const result = perform(server);
          if (!fate.isUnanswered) time.schedule(fate.back, () => resolve(result), program);
        } catch (error) {
          if (!(error instanceof CodedError)) throw error;
          if (!fate.isUnanswered) fail(fate.back, error);
        }
      });
    });
  }
}

/** Values that are pushed on one side and awaited on the other. */
class Stream<T> {
  readonly #values: T[] = [];
  #waiting: { resolve: (value: T | undefined) => void; reject: (error: unknown) => void } | undefined;
  #over: { readonly error?: unknown } | undefined;

  push(value: T): void {
    const waiting = this.#waiting;
    if (waiting === undefined) this.#values.push(value);
    else {
      this.#waiting = undefined;
      waiting.resolve(value);
    }
  }

  end(): void {
    this.#finish({});
  }

  fail(error: unknown): void {
    this.#finish({ error });
  }

  next(): Promise<T | undefined> {
    const value = this.#values.shift();
    if (value !== undefined) return Promise.resolve(value);
    if (this.#over !== undefined) return this.#last(this.#over);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  #finish(over: { readonly error?: unknown }): void {
    if (this.#over !== undefined) return;
    this.#over = over;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if ("error" in over) waiting?.reject(over.error);
    else waiting?.resolve(undefined);
  }

  #last(over: { readonly error?: unknown }): Promise<undefined> {
    return "error" in over ? Promise.reject(over.error) : Promise.resolve(undefined);
  }
}
