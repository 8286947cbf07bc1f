import { Readings } from "./readings.ts";
import type { NodeChange, WatchOptions } from "./watch-options.ts";

/**
 * Reads a node again and again and yields each change of its verdict, the first verdict among them. A halt latches. A
 * reader that is slow misses what came and went meanwhile, never what is: the node is read anew when it asks. Ends
 * when `signal` aborts or the reader leaves; an unreachable node is a verdict and no error.
 *
 * @example
 * ```ts
 * import { watchNode } from "@upgrade-halt/consumer";
 *
 * export async function untilHalted(url: string): Promise<string> {
 *   for await (const { verdict } of watchNode(url, { intervalMs: 500 })) {
 *     if (verdict.kind === "halted") return verdict.why;
 *   }
 *   return "nobody watches any more";
 * }
 * ```
 */
export async function* watchNode(
  url: string,
  options: WatchOptions = {},
): AsyncGenerator<NodeChange, void, void> {
  const { signal } = options;
  if (signal?.aborted === true) return;
  const readings = new Readings(url, options);
  // Thousands of watchers may share one signal, and a listener costs it as much as it has listeners: one for each.
  const end = () => readings.end();
  signal?.addEventListener("abort", end);
  try {
    for (;;) {
      const change = await readings.untilChange();
      if (change === undefined) return;
      yield change;
    }
  } finally {
    signal?.removeEventListener("abort", end);
    readings.end();
  }
}
