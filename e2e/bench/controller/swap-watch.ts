import type { BenchCluster } from "./bench-cluster.ts";
import { NEW_IMAGE, type PhantomPod } from "./phantom-sets.ts";

/** How long one halt may take, in ms. */
export const DEADLINE_MS = 30_000;

interface StatefulSet {
  readonly metadata: PhantomPod["metadata"];
  readonly spec: { readonly template: { readonly spec: PhantomPod["spec"] } };
}

/** Tells when the image of a StatefulSet was seen changed, in ms since the epoch. */
export class SwapWatch {
  readonly #over = new AbortController();
  readonly #waiting = new Map<string, (at: number) => void>();
  readonly #failed: Promise<never>;

  constructor({ client, signal }: BenchCluster, namespace: string) {
    const path = `/apis/apps/v1/namespaces/${namespace}/statefulsets`;
    const over = AbortSignal.any([signal, this.#over.signal]);
    const watch = async () => {
      for await (const { object } of client.watch<StatefulSet>(path, over)) {
        if (object.spec.template.spec.containers[0]?.image === NEW_IMAGE)
          this.#waiting.get(object.metadata.name)?.(Date.now());
      }
    };
    this.#failed = watch().then(() => new Promise(() => {}));
    this.#failed.catch(() => {});
  }

  of(name: string): Promise<number> {
    const swapped = new Promise<number>((resolve, reject) => {
      const late = () => reject(new Error(`${name} was not swapped within ${DEADLINE_MS / 1000} s`));
      const timer = setTimeout(late, DEADLINE_MS);
      this.#waiting.set(name, (at) => {
        clearTimeout(timer);
        this.#waiting.delete(name);
        resolve(at);
      });
    });
    return Promise.race([swapped, this.#failed]);
  }

  stop(): void {
    this.#over.abort();
  }
}
