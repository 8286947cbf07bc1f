import type { EventKind } from "./chaos.ts";

/** A fix that is taken out: where it stands in the built program, and what stands there without it. */
export interface Mutant {
  readonly name: string;
  /** Path below `apps` or `packages`, of the built file. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Kinds of events that make the fault more likely to show. */
  readonly stir?: readonly EventKind[];
}

const HALTS = "mini-controller/dist/halts";

/** One for each kind of fault that was found once. The simulation must find each by itself. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "an act rests on what was remembered",
    file: `${HALTS}/node-reconciler.js`,
    find: 'isAct(move) && observation.from === "memory"',
    replace: "false",
  },
];
