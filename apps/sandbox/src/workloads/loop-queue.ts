import { KeyQueue } from "@upgrade-halt/kube";

/** The queue of a loop that stands for a controller of the cluster: what fails is tried again until the loop ends. */
export function loopQueue(reconcile: (key: string) => Promise<void>): KeyQueue {
  return new KeyQueue({
    handle: async (key) => {
      await reconcile(key);
      return {};
    },
    onError: () => undefined,
    backoff: { baseMs: 10, maxMs: 2_000 },
  });
}
