import type {
  BoundedText,
  JsonPatchOperation,
  KubeApi,
  KubeList,
  KubeObject,
  Query,
  RemoveOptions,
  WatchEvent,
} from "@upgrade-halt/kube";

/** One request of the controller. */
export interface Call {
  readonly verb: "get" | "list" | "create" | "patch" | "update" | "delete" | "watch";
  readonly path: string;
}

/** The API as one controller process has it: its requests are counted, can be failed, and end when it is killed. */
export class GuardedApi implements KubeApi {
  readonly calls: Call[] = [];
  readonly #api: KubeApi;
  readonly #onCall: (call: Call) => void;
  #killed = false;
  /** Collections whose watches tell nothing while they are in it, as one that is half open. */
  readonly silent = new Set<string>();

  /** `onCall` may throw to fail a request before it reaches the server. */
  constructor(api: KubeApi, onCall: (call: Call) => void = () => {}) {
    this.#api = api;
    this.#onCall = onCall;
  }

  /** From now on no request leaves this process and no answer reaches it. */
  kill(): void {
    this.#killed = true;
  }

  get<T extends KubeObject>(path: string): Promise<T> {
    return this.#pass("get", path, () => this.#api.get<T>(path));
  }

  list<T extends KubeObject>(path: string, query?: Query, as?: "metadata"): Promise<KubeList<T>> {
    return this.#pass("list", path, () => this.#api.list<T>(path, query, as));
  }

  create<T extends KubeObject>(path: string, body: object): Promise<T> {
    return this.#pass("create", path, () => this.#api.create<T>(path, body));
  }

  mergePatch<T extends KubeObject>(path: string, body: object): Promise<T> {
    return this.#pass("patch", path, () => this.#api.mergePatch<T>(path, body));
  }

  strategicMergePatch<T extends KubeObject>(path: string, body: object): Promise<T> {
    return this.#pass("patch", path, () => this.#api.strategicMergePatch<T>(path, body));
  }

  jsonPatch<T extends KubeObject>(path: string, operations: readonly JsonPatchOperation[]): Promise<T> {
    return this.#pass("patch", path, () => this.#api.jsonPatch<T>(path, operations));
  }

  replace<T extends KubeObject>(path: string, body: object): Promise<T> {
    return this.#pass("update", path, () => this.#api.replace<T>(path, body));
  }

  remove(path: string, uid: string, options?: RemoveOptions): Promise<void> {
    return this.#pass("delete", path, () => this.#api.remove(path, uid, options));
  }

  text(path: string, query: Query, mostBytes: number): Promise<BoundedText> {
    return this.#pass("get", path, () => this.#api.text(path, query, mostBytes));
  }

  async *watch<T extends KubeObject>(
    path: string,
    query: Query,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>> {
    this.#count({ verb: "watch", path });
    for await (const event of this.#api.watch<T>(path, query, signal))
      if (!this.#killed && !this.silent.has(path)) yield event;
  }

  async #pass<T>(verb: Call["verb"], path: string, work: () => Promise<T>): Promise<T> {
    this.#count({ verb, path });
    const answer = await work();
    if (this.#killed) throw new Error("the process was killed");
    return answer;
  }

  #count(call: Call): void {
    if (this.#killed) throw new Error("the process was killed");
    this.#onCall(call);
    this.calls.push(call);
  }
}
