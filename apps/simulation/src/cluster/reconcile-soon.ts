import type { Random } from "../time/random.ts";
import type { VirtualTime } from "../time/virtual-time.ts";

/** Longest and shortest time from a change to a controller's reconcile, in milliseconds. */
const [SOONEST_MS, LATEST_MS] = [5, 150];

/**
 * Calls a controller for an object some time after it changed: once for all changes meanwhile, as a work queue does.
 */
export function reconcileSoon(
  { time, random }: { readonly time: VirtualTime; readonly random: Random },
  reconcile: (namespace: string, name: string) => void,
): (object: { readonly namespace: string; readonly name: string }) => void {
  const planned = new Set<string>();
  return ({ namespace, name }) => {
    const key = `${namespace}/${name}`;
    if (planned.has(key)) return;
    planned.add(key);
    time.later(random.between(SOONEST_MS, LATEST_MS), () => {
      planned.delete(key);
      reconcile(namespace, name);
    });
  };
}
