import type { BareClient } from "./bare-client.ts";
import type { HaltScript } from "./recorded-writes.ts";

/** Names, labels and versions of a collection, and nothing of its specs. */
const AS_METADATA = { accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io" };

/**
 * What docs/security.md has read again before each act, and nothing is done with: the journal, the workload, and with all who ask at
 * the same time the namespace's policies and the metadata of its pods.
 */
export class Rereads {
  readonly #client: BareClient;
  readonly #lists = new Map<string, () => Promise<unknown>>();

  constructor(client: BareClient) {
    this.#client = client;
  }

  async of({ node: { namespace }, writes }: HaltScript): Promise<void> {
    const objects = writes.flatMap(({ method, path }) =>
      method === "PUT" || path.includes("/statefulsets/") ? [path.replace(/\/status$/, "")] : [],
    );
    const [created] = writes;
    const policies = created?.path.replace(/nodehalts$/, "haltpolicies") ?? "";
    await Promise.all([
      ...[...new Set(objects)].map((path) => this.#client.get(path)),
      this.#list(policies),
      this.#list(`/api/v1/namespaces/${namespace}/pods`, AS_METADATA),
    ]);
  }

  async #list(path: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    const read = this.#lists.get(path) ?? shared(() => this.#client.get(path, headers));
    this.#lists.set(path, read);
    await read();
  }
}

/** Whoever asks while one is read shares the next: each reading began after it was asked for. */
export function shared<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  let next: Promise<T> | undefined;
  const begin = () => {
    next = undefined;
    running = read().finally(() => {
      running = undefined;
    });
    return running;
  };
  return () => {
    if (running === undefined) return begin();
    next ??= running.then(begin, begin);
    return next;
  };
}
