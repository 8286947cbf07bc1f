/** A fix that is taken out: where it stands in the built program, and what stands there without it. */
export interface Mutant {
  readonly name: string;
  /** Path below `apps` or `packages`, of the built file. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const HALTS = "mini-controller/dist/halts";
const OWNER = "mini-controller/dist/workloads/owner-reference.js";

/** The fix is one refusal of the list: without it, nothing speaks against the act. */
function withoutRefusal(name: string, refusal: string): Mutant {
  return { name, file: `${HALTS}/refusals/refusals.js`, find: `\n    ${refusal},\n`, replace: "\n" };
}

/** One for each kind of fault that was found once. The simulation must find each by itself. */
export const MUTANTS: readonly Mutant[] = [
  withoutRefusal("siblings that run are rolled along", "siblingsNotHalted"),
  {
    name: "a missing sibling counts as halted",
    file: `${HALTS}/siblings.js`,
    find: '{ kind: "not-halted", found: "there is no such pod" }',
    replace: '{ kind: "halted" }',
  },
  {
    name: "a sibling that was started again counts as halted",
    file: `${HALTS}/siblings.js`,
    find: 'if (runs && !verdict.sources.includes("live-intent"))',
    replace: "if (false)",
  },
  {
    name: "an owner reference is believed without controller: true",
    file: OWNER,
    find: "filter(({ controller }) => controller === true)",
    replace: "filter(() => true)",
  },
  withoutRefusal("a halt that nobody saw is believed", "haltNotSeen"),
  withoutRefusal("a pod that shows no halt any more is acted on", "haltNotShown"),
  withoutRefusal("a pod that no policy selects any more is acted on", "podNotSelected"),
  withoutRefusal("a paused policy acts", "paused"),
  withoutRefusal("an aborted halt goes on", "aborted"),
  {
    name: "an act rests on what was remembered",
    file: `${HALTS}/node-reconciler.js`,
    find: 'isAct(move) && observation.from === "memory"',
    replace: "false",
  },
];
