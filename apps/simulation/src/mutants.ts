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
const SITUATION = "consumer/dist/situation.js";

/** The fix is one refusal of the list: without it, nothing speaks against the act. */
function withoutRefusal(name: string, refusal: string): Mutant {
  return { name, file: `${HALTS}/refusals/refusals.js`, find: `\n    ${refusal},\n`, replace: "\n" };
}

/** One or more for each kind of fault that was found once. The simulation must find each by itself. */
export const MUTANTS: readonly Mutant[] = [
  // Siblings of a shared template.
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
    find: 'if (runs && !verdict.inferred && !verdict.sources.includes("live-intent"))',
    replace: "if (false)",
  },
  // Whose workload a pod belongs to.
  {
    name: "an owner reference is believed without controller: true",
    file: OWNER,
    find: "filter(({ controller }) => controller === true)",
    replace: "filter(() => true)",
  },
  // Belief that is out of date.
  withoutRefusal("a pod that shows no halt any more is acted on", "haltNotShown"),
  {
    name: "an act rests on what was remembered",
    file: `${HALTS}/node-reconciler.js`,
    find: 'observation.from === "memory" && restsOnServer(move, halt)',
    replace: "false",
  },
  // Two of one validator.
  withoutRefusal("a Deployment makes its second pod before the first has ended", "twoAtATime"),
  withoutRefusal("another pod of the same validator may run", "sameValidatorMayRun"),
  // Rollback.
  {
    name: "a rollback goes past a plan that was applied",
    file: `${HALTS}/previous-image.js`,
    find: "const last = ran.record?.images?.[0];",
    replace: `const last = ran.record?.images?.find(({ image }) => image !== ran.halt.spec.image);
    if (last !== undefined) return pinned(last);`,
  },
  // Heights and chains.
  {
    name: "an upgrade that is listed without a height is acted on",
    file: SITUATION,
    find: 'return { kind: isBound ? "height-unnamed" : "without-height" };',
    replace: 'return { kind: "exact", upgrade: usable[0] };',
  },
  {
    name: "a halt far from the height that was seen is believed",
    file: "consumer/dist/seen.js",
    find: "export function isWithinReach(",
    replace: "export function isWithinReach() { return true; }\nfunction unused(",
  },
  {
    name: "another chain's upgrade is applied",
    file: SITUATION,
    find: "return Boolean(chainId && seen?.chainId && seen.chainId !== chainId);",
    replace: "return false;",
  },
  // Loops, and what a person says.
  withoutRefusal("a pod is deleted again for the same halt", "alreadyDeleted"),
  withoutRefusal("a paused policy acts", "paused"),
  withoutRefusal("an aborted halt goes on", "aborted"),
  // Reach.
  withoutRefusal("a halt that nobody saw is believed", "haltNotSeen"),
  withoutRefusal("a pod that no policy selects any more is acted on", "podNotSelected"),
  withoutRefusal("what somebody else owns is patched", "ownedBy"),
  // A page about a node that runs again.
  {
    name: "a halt whose node runs again is not withdrawn",
    file: `${HALTS}/plan-decision.js`,
    find: "export function withdrawal({ halt, pod, now }) {",
    replace: "export function withdrawal({ halt, pod, now }) {\n    return undefined;",
  },
];
