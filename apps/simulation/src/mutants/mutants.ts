import type { WorkloadKind } from "../cluster/cluster.ts";
import type { EventKind } from "../events/chaos.ts";

/** One place of the built program that is changed. */
export interface Edit {
  /** Path below `apps` or `packages`, of the built file. */
  readonly file: string;
  /** Must be there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** A fix that is taken out: all that stands between a fault and its act. */
export interface Mutant {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Without one event of each of these the fault can't show: a search leaves out seeds that plan none. */
  readonly needs?: readonly (readonly EventKind[])[];
  /** The only kind of workload that has the fault. */
  readonly target?: WorkloadKind;
  /** Only nodes of before the contract have the fault. */
  readonly isOfLegacy?: boolean;
  /** What it does wrong shows when everything has settled, and at no act. */
  readonly showsAtEnd?: boolean;
}

const CONTROLLER = "mini-controller/dist";
const FIND_DECISION = "consumer/dist/find-decision.js";
const SEEN = "consumer/dist/seen.js";

const edit = (file: string, find: string, replace: string): Edit => ({ file, find, replace });

/** Takes one kind of refusal off the list: nothing speaks against an act any more that only this one speaks against. */
function noRefusal(refusal: string): Edit {
  return edit(`${CONTROLLER}/decide/refusals/refusals.js`, `\n    ${refusal},\n`, "\n");
}

/** One or more for each kind of fault that was found once. The simulation must find each by itself. */
export const MUTANTS: readonly Mutant[] = [
  // Siblings of a shared template.
  { name: "siblings that run are rolled along", edits: [noRefusal("siblingsNotHalted")] },
  {
    name: "a missing sibling counts as halted",
    edits: [
      edit(
        `${CONTROLLER}/observe/siblings.js`,
        '{ kind: "not-halted", found: "there is no such pod" }',
        '{ kind: "halted" }',
      ),
    ],
    needs: [["drain", "scale"]],
  },
  {
    name: "a sibling that was started again counts as halted",
    edits: [
      edit(
        `${CONTROLLER}/observe/siblings.js`,
        'if (runs && !verdict.inferred && !verdict.sources.includes("live-intent"))',
        "if (false)",
      ),
      // A node that starts is waited for besides, whatever its template.
      edit(
        `${CONTROLLER}/observe/starting-nodes.js`,
        "return state?.running === undefined && (pod.metadata.uid === spec.podUID || hasHalted);",
        "return pod.metadata.uid === spec.podUID || (state?.running === undefined && hasHalted);",
      ),
    ],
    needs: [["start-one-of-set"]],
  },
  {
    name: "a sibling that crashed counts as halted",
    edits: [
      edit(
        `${CONTROLLER}/observe/siblings.js`,
        "// No height in it",
        'if (verdict.kind === "crashed") return { kind: "halted" };\n    // No height in it',
      ),
    ],
    needs: [["crash", "exit-as-halt"]],
  },
  {
    name: "a partition counts as keeping siblings that it rolls",
    edits: [
      edit(
        `${CONTROLLER}/decide/refusals/reach.js`,
        "return isBegun && sibling.index >= partition;",
        "return true;",
      ),
      edit(
        `${CONTROLLER}/decide/refusals/reach.js`,
        "return sibling.uid === undefined || sibling.revision === currentRevision;",
        "return true;",
      ),
    ],
  },
  { name: "a pod is swapped before those that must be ready first", edits: [noRefusal("lowerOrdinalFirst")] },
  // Whose workload a pod belongs to.
  {
    name: "an owner reference is believed without controller: true",
    edits: [
      edit(
        `${CONTROLLER}/kube/owner-reference.js`,
        "filter(({ controller }) => controller === true)",
        "filter(() => true)",
      ),
    ],
    needs: [["take-name", "claim-empty-deployment"]],
  },
  {
    name: "an owner is believed by its name",
    edits: [
      edit(`${CONTROLLER}/kube/owner-reference.js`, "owner.metadata.uid !== ref.uid", "false"),
      edit(
        `${CONTROLLER}/kube/owner-reference.js`,
        "return uid !== undefined && controllerRefOf(object)?.uid === uid;",
        "return uid !== undefined && controllerRefOf(object) !== undefined;",
      ),
    ],
    needs: [["take-name", "claim-empty-deployment"]],
  },
  {
    name: "a pod that the selector of its workload does not take is believed to be its own",
    edits: [
      edit(
        `${CONTROLLER}/workloads/stateful-set.js`,
        "selector === undefined || !matchesLabels(selector, labels)",
        "selector === undefined",
      ),
    ],
    needs: [["change-selector-label"]],
  },
  // Belief that is out of date.
  { name: "a pod that shows no halt any more is acted on", edits: [noRefusal("haltNotShown")] },
  {
    name: "an act rests on what was remembered",
    edits: [
      edit(
        `${CONTROLLER}/node-reconciler.js`,
        'observation.from === "memory" && restsOnServer(move, halt)',
        "false",
      ),
      edit(`${CONTROLLER}/node-reconciler.js`, "isServerNext = announcesAct(move, halt);", ""),
      edit(`${CONTROLLER}/act/actor.js`, 'observation.from !== "server"', "false"),
    ],
  },
  {
    name: "an image is set that was taken off the list after the decision",
    edits: [
      edit(
        `${CONTROLLER}/decide/during-swap.js`,
        "if (recommendation?.action === wanted && asksFor === toImage)",
        "if (true)",
      ),
    ],
    needs: [["unlist-when-begun"]],
  },
  {
    name: "a halt whose node runs again is not withdrawn",
    edits: [
      edit(
        `${CONTROLLER}/decide/before-swap.js`,
        "export function withdrawal({ halt, pod, now }) {",
        "export function withdrawal({ halt, pod, now }) {\n    return undefined;",
      ),
    ],
    needs: [["skip-upgrade", "replace-binary", "restore-snapshot"]],
    showsAtEnd: true,
  },
  // Two of one validator.
  {
    name: "a Deployment makes its second pod before the first has ended",
    edits: [noRefusal("deploymentRunsTwoPods")],
    target: "Deployment",
  },
  {
    name: "another pod of the same validator may run",
    edits: [noRefusal("sameValidatorMayRun")],
    needs: [["same-data-elsewhere", "same-key-elsewhere"]],
  },
  {
    name: "a pod that is asked to end counts as ended",
    edits: [
      edit(
        `${CONTROLLER}/model/same-validator.js`,
        "!mayRun(other.pod)",
        "!mayRun(other.pod) || other.pod.metadata.deletionTimestamp !== undefined",
      ),
      edit(
        `${CONTROLLER}/observe/siblings.js`,
        "|| mayRun(pod)",
        "|| (mayRun(pod) && pod.metadata.deletionTimestamp === undefined)",
      ),
    ],
    needs: [["machine-fails", "lose-kubelet"]],
    target: "Deployment",
  },
  // Rollback.
  {
    name: "a rollback goes past a plan that was applied",
    edits: [
      edit(
        `${CONTROLLER}/observe/previous-image.js`,
        "const last = ran.record?.images?.[0];",
        `const last = ran.record?.images?.find(({ image }) => image !== ran.halt.image);
    if (last !== undefined) return pinned(last);`,
      ),
    ],
    needs: [["deploy", "deploy-deployment"]],
  },
  {
    name: "an earlier run of a pod whose binary is too new counts for nothing",
    edits: [
      edit(
        `${CONTROLLER}/observe/previous-image.js`,
        "haltedAtOnce(halt, pod)",
        "halt.podUID === pod.metadata.uid",
      ),
    ],
    needs: [["deploy-deployment"], ["crash"]],
  },
  // Heights and chains.
  {
    name: "an upgrade that is listed without a height is acted on",
    edits: [
      edit(
        FIND_DECISION,
        'return { kind: isBound ? "height-unnamed" : "without-height" };',
        'return { kind: "exact", upgrade: usable[0] };',
      ),
    ],
    needs: [["list-without-height"]],
  },
  {
    name: "a halt far from the height that was seen is believed",
    edits: [
      edit(
        SEEN,
        "export function isWithinReach(",
        "export function isWithinReach() { return true; }\nfunction unused(",
      ),
    ],
    needs: [["lie-on-status", "fresh-pod-lies", "controllers-down", "restore-snapshot"]],
  },
  {
    name: "a halt of a node whose height was never seen is acted on",
    edits: [
      edit(FIND_DECISION, "if (seen?.height === undefined || height === undefined)", "if (false)"),
      edit(FIND_DECISION, "if (!seen.chainId)", "if (false)"),
    ],
  },
  {
    name: "another chain's upgrade is applied",
    edits: [
      edit(
        FIND_DECISION,
        "return Boolean(chainId && seen?.chainId && seen.chainId !== chainId);",
        "return false;",
      ),
    ],
    needs: [["other-chain"]],
  },
  {
    name: "a policy that names no chain is acted on",
    edits: [edit(FIND_DECISION, 'return { name: "upgrade-chain-unnamed" };', "{}")],
    needs: [["unname-chain"]],
  },
  // Text.
  {
    name: "a halt line in a quotation is read as one",
    edits: [
      edit(
        "consumer/dist/log/halt-text.js",
        String.raw`const NEEDED = /^UPGRADE "([^"\r\n]{1,256})" NEEDED`,
        String.raw`const NEEDED = /UPGRADE "([^"\r\n]{1,256})" NEEDED`,
      ),
      edit("consumer/dist/log/halt-text.js", "couldEndIn(info, height) ? { unsure: true }", "false ? {}"),
    ],
    needs: [["quote-line"]],
  },
  {
    name: "a halt that was only inferred is acted on though its policy says to page",
    isOfLegacy: true,
    edits: [edit(FIND_DECISION, 'inferred && policy.inferredHalts !== "act"', "false")],
  },
  // Loops, and what a person says.
  {
    name: "a pod is deleted again for the same halt",
    edits: [noRefusal("alreadyDeleted"), noRefusal("partitionExcludes")],
    needs: [["strategy"]],
  },
  {
    name: "a successor whose image was rewritten is deleted",
    edits: [
      edit(
        `${CONTROLLER}/decide/during-swap.js`,
        "return reportRewritten(observation, pod.image);",
        "return deletion(observation, pod, wait);",
      ),
      noRefusal("haltNotShown"),
      noRefusal("alreadyDeleted"),
    ],
    needs: [["mirror"]],
  },
  { name: "a paused policy acts", edits: [noRefusal("paused")], needs: [["pause"]] },
  { name: "a dry run acts", edits: [noRefusal("dryRun")], needs: [["dry-run"]] },
  {
    name: "an aborted halt goes on",
    edits: [
      noRefusal("aborted"),
      edit(`${CONTROLLER}/decide/during-swap.js`, 'isAborted(halt) && phase !== "Recovering"', "false"),
    ],
    needs: [["abort"], ["pause", "unlist", "kill-replica"]],
  },
  {
    name: "an error budget that is spent is no matter",
    edits: [noRefusal("errorBudgetSpent")],
    needs: [["short-recovery", "pin-release", "list-wrong-image", "mirror"]],
  },
  {
    name: "an error budget is asked for when a swap is decided, and never again",
    edits: [
      edit(
        `${CONTROLLER}/decide/refusals/error-budget-spent.js`,
        "({ policy, neighbours }) => {",
        '({ policy, neighbours }, { step }) => {\n    if (step !== "decide")\n        return undefined;',
      ),
    ],
    needs: [["spend-when-begun"]],
  },
  { name: "more are swapped at a time than a policy allows", edits: [noRefusal("waitingForSlot")] },
  // Reach.
  {
    name: "what a watch tells while one of the answers is late does not count",
    edits: [edit(`${CONTROLLER}/observe/observation-reader.js`, "catchUp();", "")],
    needs: [["pause-while-late"]],
  },
  {
    name: "a NodeHalt that anybody wrote is believed",
    edits: [
      noRefusal("haltNotSeen"),
      noRefusal("haltNotShown"),
      noRefusal("notTheJournal"),
      edit(
        `${CONTROLLER}/decide/before-swap.js`,
        "haltNotSeen(observation, undefined) ??\n        notTheJournal(observation, undefined) ??",
        "",
      ),
      edit(
        `${CONTROLLER}/observe/observation-reader.js`,
        "halt.status?.seen ?? shown;",
        "halt.status?.seen ?? shown ?? { sources: halt.spec.sources, chainId: policy?.spec.chainId, height: halt.spec.height };",
      ),
    ],
    needs: [["forge-halt"]],
  },
  {
    name: "a pod that no policy selects any more is acted on",
    edits: [noRefusal("podNotSelected")],
    needs: [["deselect", "select-others"]],
  },
  {
    name: "what somebody else owns is patched",
    edits: [noRefusal("ownedBy")],
    needs: [["adopt-sei-node", "declare-in-git"]],
  },
  {
    name: "a page goes wherever a policy says",
    edits: [
      edit(
        `${CONTROLLER}/paging/paging-hosts.js`,
        "allows({ protocol, hostname, port }) {",
        "allows({ protocol, hostname, port }) {\n        return true;",
      ),
    ],
    needs: [["page-elsewhere"]],
    showsAtEnd: true,
  },
  // Losing and stalling.
  {
    name: "a journal that nobody believes stands for a halt",
    edits: [
      edit(`${CONTROLLER}/detect/detector.js`, "(halt) => this.#isBelieved(halt, node)", "isJournal"),
      edit(
        `${CONTROLLER}/detect/detector.js`,
        "isOpen(opened.halt) && this.#isBelieved(opened.halt, node)",
        "isOpen(opened.halt)",
      ),
    ],
    needs: [["forge-halt"]],
    showsAtEnd: true,
  },
  {
    name: "a log that could not be read for some minutes is given up",
    isOfLegacy: true,
    edits: [
      edit(`${CONTROLLER}/judge/unread-halt.js`, "live === undefined || lost === undefined ||", "true ||"),
      edit(`${CONTROLLER}/observe/log-reader.js`, '(isFailing && hasCode(error, "too-large"))', "isFailing"),
    ],
    needs: [["stand-unread"]],
    showsAtEnd: true,
  },
  {
    name: "a halt is lost with the policy that it was recorded under",
    edits: [
      edit(
        `${CONTROLLER}/model/governance.js`,
        "{ policy: governing, selected: true }",
        "{ policy: last, selected: last !== undefined }",
      ),
    ],
    needs: [["delete-policy"]],
    showsAtEnd: true,
  },
  {
    name: "a deadline is counted on another replica's clock",
    edits: [
      edit(
        `${CONTROLLER}/observe/recovery-timer.js`,
        "return wholeTimeOf(halt) - spent;",
        "return Date.parse(halt.status.recoverBy) - Date.now();",
      ),
    ],
    needs: [["skew"], ["kill-replica", "cut-replica", "controllers-down"]],
  },
  {
    name: "a page that nobody got counts as sent",
    edits: [edit("mini-controller/dist/paging/pager.js", "if (failed === undefined) {", "if (true) {")],
    needs: [["pager-down"]],
    showsAtEnd: true,
  },
  {
    name: "a page for another reason is one more page, and the first stands",
    edits: [
      edit(
        `${CONTROLLER}/journal/journal-entry.js`,
        "const pages = [...formerPages, resolving(page, at)];",
        "const pages = formerPages;",
      ),
    ],
    showsAtEnd: true,
  },
  {
    name: "the page of a halt stands beside the one of its node's halt on another chain",
    edits: [
      edit(
        `${CONTROLLER}/decide/on-other-chain.js`,
        "if (otherChain === undefined || toldBy === undefined)",
        "if (true)",
      ),
    ],
    needs: [["move-to-chain"], ["drain", "fresh-pod-lies"]],
    showsAtEnd: true,
  },
  {
    name: "a halt that was recorded, and nothing more, is another one than that of the pod made anew on another chain",
    edits: [
      edit(
        `${CONTROLLER}/judge/same-halt.js`,
        "(status?.seen === undefined || otherChainOf(halt, node) === undefined)",
        "otherChainOf(halt, node) === undefined",
      ),
    ],
    needs: [["drain-as-recorded"]],
    showsAtEnd: true,
  },
  {
    name: "a journal that is refused forgets what its pod showed",
    edits: [edit(`${CONTROLLER}/journal/step-writer.js`, "...(seen && { seen })", "")],
    needs: [["old-definitions"]],
    showsAtEnd: true,
  },
  {
    name: "a node whose inferred halt was seen at no height never runs again",
    edits: [
      edit(
        `${CONTROLLER}/observe/pod-sight.js`,
        "return run !== undefined && restartCount !== undefined && run > restartCount;",
        "return false;",
      ),
    ],
    isOfLegacy: true,
    showsAtEnd: true,
  },
  {
    name: "a page that nobody was named for at first is not taken back",
    edits: [
      edit(
        `${CONTROLLER}/act/page-teller.js`,
        'page.state === "NoTarget" ? "Pending" : page.state',
        "page.state",
      ),
    ],
    needs: [["name-pager"]],
    showsAtEnd: true,
  },
  {
    name: "what came of a page counts for a NodeHalt that was recorded anew",
    edits: [
      edit(
        `${CONTROLLER}/act/page-teller.js`,
        "halt !== undefined && halt.metadata.uid === metadata.uid",
        "halt !== undefined",
      ),
      edit(`${CONTROLLER}/act/page-teller.js`, "known.metadata.uid} ", '""} '),
    ],
    needs: [["forget-as-told"]],
    showsAtEnd: true,
  },
  {
    name: "a halt is recorded again when its pod is made anew",
    edits: [edit(`${CONTROLLER}/judge/same-halt.js`, "(isSamePod || isSameImage)", "isSamePod")],
    needs: [["drain"]],
    showsAtEnd: true,
  },
];
