import type { Call } from "./cpu-profile.ts";

/** A function, from wherever it was called. */
export interface Cost {
  readonly name: string;
  readonly place: string;
  /** Microseconds in the function itself. */
  readonly self: number;
  /** Of all that ran. */
  readonly share: number;
}

/** The functions with the most time in themselves, the dearest first. */
export function dearest(root: Call, count: number): readonly Cost[] {
  const costs = new Map<string, Omit<Cost, "share">>();
  const add = ({ name, place, self, calls }: Call): void => {
    const key = `${name} ${place}`;
    costs.set(key, { name, place, self: self + (costs.get(key)?.self ?? 0) });
    calls.forEach(add);
  };
  add(root);
  return [...costs.values()]
    .toSorted((a, b) => b.self - a.self)
    .slice(0, count)
    .map((cost) => ({ ...cost, share: cost.self / root.total }));
}
