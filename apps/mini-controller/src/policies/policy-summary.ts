import { quotedName, type Verdict } from "@upgrade-halt/consumer";
import type { ConditionDraft } from "../api/condition.ts";
import { cut } from "../api/cut.ts";
import type { HaltPolicy, HaltPolicyStatus } from "../api/halt-policy.ts";
import { hasEnded, isSwapping, type NodeHalt } from "../api/node-halt.ts";
import type { UnrecordedHalt } from "../detect/unrecorded-halts.ts";
import { lastEndWasCrash } from "../judge/judgement.ts";
import { isUnreadHalt } from "../judge/unread-halt.ts";
import { selectsEverything } from "../model/label-selector.ts";
import { containerOf, containerStatusOf, type Pod } from "../model/pod.ts";
import type { LogAccess } from "../observe/log-reader.ts";
import type { TargetFault } from "../paging/target-fault.ts";

/** A pod that a policy's selector takes, who governs it, and what became of it. */
export interface JudgedPod {
  readonly pod: Pod;
  /** The policy that governs it, when it is another one. */
  readonly governedBy: string | undefined;
  readonly verdict: Verdict;
}

/** What a policy's status is concluded from. */
export interface PolicyView {
  readonly policy: HaltPolicy;
  readonly pods: readonly JudgedPod[];
  readonly halts: readonly NodeHalt[];
  /** Failed halts that nobody acknowledged. */
  readonly failed: number;
  /** What is wrong with its paging targets. */
  readonly pagingFaults: readonly TargetFault[];
  /** A halt under it that the API server lets nobody record. */
  readonly unrecorded?: UnrecordedHalt | undefined;
  /** Whether logs of its namespace can be read; `undefined` while nobody tried. */
  readonly logAccess?: LogAccess | undefined;
}

/** Counts for `HaltPolicy.status`. */
export function countsOf({ policy, pods, halts, failed }: PolicyView): HaltPolicyStatus {
  const own = pods.filter(({ governedBy }) => governedBy === undefined);
  const ofKind = (...kinds: readonly Verdict["kind"][]) =>
    own.filter(({ verdict }) => kinds.includes(verdict.kind) && !isUnreadHalt(verdict));
  return {
    pods: own.length,
    running: ofKind("running").length,
    halted: ofKind("halted", "unrecognised-halt").length,
    crashed: own.filter(({ pod }) => lastEndWasCrash(pod, policy.spec.container)).length,
    restarts: restartsOf(policy, own),
    recovered: halts.filter(({ status }) => status?.phase === "Recovered").length,
    failed,
  };
}

function restartsOf({ spec }: HaltPolicy, pods: readonly JudgedPod[]): number {
  return pods.reduce((sum, { pod }) => sum + (containerStatusOf(pod, spec.container)?.restartCount ?? 0), 0);
}

/** Conditions for `HaltPolicy.status`: what is wrong and where, or that nothing is. */
export function conditionsOf(view: PolicyView): readonly ConditionDraft[] {
  return [ready(view), conflicting(view), paging(view), upgrading(view), budget(view), ...logs(view)];
}

function ready(view: PolicyView): ConditionDraft {
  const fault =
    specFault(view) ??
    newerFault(view) ??
    journalFault(view) ??
    selectorFault(view) ??
    governedFault(view) ??
    containerFault(view) ??
    portFault(view);
  if (fault !== undefined) return { type: "Ready", status: "False", ...fault };
  const { policy, pods } = view;
  const { container, paused } = policy.spec;
  if (paused) {
    const message = `Selects ${pods.length} pods, and changes nothing: spec.paused is set.`;
    return { type: "Ready", status: "True", reason: "Paused", message };
  }
  if (!selectsEverything(policy.spec.selector))
    return { type: "Ready", status: "True", reason: "Ready", message: `Selects ${pods.length} pods.` };
  const nodes = pods.filter(({ pod }) => containerOf(pod, container) !== undefined);
  const message = `spec.selector is empty and selects every pod of namespace ${policy.metadata.namespace}: ${pods.length}, of which ${nodes.length} have a container ${container}.`;
  return { type: "Ready", status: "True", reason: "SelectsEverything", message };
}

interface Fault {
  readonly reason: string;
  readonly message: string;
}

function specFault({ policy: { defect } }: PolicyView): Fault | undefined {
  if (defect === undefined) return undefined;
  return { reason: "Malformed", message: `${defect}. The policy is not used until it is put right.` };
}

function newerFault({ policy: { unknown } }: PolicyView): Fault | undefined {
  if (unknown === undefined) return undefined;
  const message = `This controller does not know ${unknown.join(", ")}: it acts on no halt until it is upgraded, or the fields are gone.`;
  return { reason: "PolicyNewer", message };
}

function journalFault({ unrecorded }: PolicyView): Fault | undefined {
  if (unrecorded === undefined) return undefined;
  const message = `The API server ${unrecorded.what} the halt of pod ${unrecorded.podName}, so nothing is done about it: ${unrecorded.why}`;
  return { reason: unrecorded.reason, message: cut(message, 1024) };
}

function selectorFault({ policy, pods }: PolicyView): Fault | undefined {
  if (pods.length > 0) return undefined;
  const message = `spec.selector matches no pod of namespace ${policy.metadata.namespace}.`;
  return { reason: "NoPodsMatched", message };
}

/** A policy that governs none of the pods that it selects does nothing, whatever it says. */
function governedFault({ pods }: PolicyView): Fault | undefined {
  const [first] = pods;
  if (first?.governedBy === undefined || pods.some(({ governedBy }) => governedBy === undefined))
    return undefined;
  const message = `It governs none of the pods that it selects: older policy ${first.governedBy} has ${namesOf(pods)}.`;
  return { reason: "OlderPolicyGoverns", message };
}

function containerFault({ policy, pods }: PolicyView): Fault | undefined {
  const { container } = policy.spec;
  const without = pods.filter(({ pod }) => containerOf(pod, container) === undefined);
  const expected = selectsEverything(policy.spec.selector) && without.length < pods.length;
  if (without.length === 0 || expected) return undefined;
  return {
    reason: "ContainerMissing",
    message: `${without.length} pods have no container ${container}: ${namesOf(without)}.`,
  };
}

function portFault({ policy, pods }: PolicyView): Fault | undefined {
  const { container, rpcPort } = policy.spec;
  const without = pods.filter(({ pod }) => {
    const found = containerOf(pod, container);
    return found !== undefined && !found.ports?.some(({ name }) => name === rpcPort);
  });
  if (without.length === 0) return undefined;
  const message = `Container ${container} has no port named ${rpcPort} in ${namesOf(without)}: a halt in stay-alive mode would not be seen.`;
  return { reason: "RpcPortMissing", message };
}

function conflicting({ pods }: PolicyView): ConditionDraft {
  const lost = pods.filter(({ governedBy }) => governedBy !== undefined);
  const [first] = lost;
  if (first === undefined) {
    return {
      type: "Conflicting",
      status: "False",
      reason: "SolePolicy",
      message: "No other policy has a claim to its pods.",
    };
  }
  const message = `Older policy ${first.governedBy} governs ${namesOf(lost)}.`;
  return { type: "Conflicting", status: "True", reason: "OlderPolicyGoverns", message };
}

function paging({ policy, halts, pagingFaults }: PolicyView): ConditionDraft {
  const [fault] = pagingFaults;
  if (fault !== undefined) {
    const text = pagingFaults.map(({ message }) => message).join("; ");
    return { type: "PagingReady", status: "False", reason: fault.reason, message: `${text}.` };
  }
  const undelivered = halts.find(({ status }) => status?.page?.state === "Pending" && status.page.lastError);
  if (undelivered !== undefined) {
    const message = `The page about ${undelivered.spec.podName} waits: ${undelivered.status?.page?.lastError}.`;
    return { type: "PagingReady", status: "False", reason: "PageUndelivered", message };
  }
  const targets = policy.spec.paging.length;
  if (targets > 0)
    return { type: "PagingReady", status: "True", reason: "TargetsUsable", message: `${targets} targets.` };
  return {
    type: "PagingReady",
    status: "False",
    reason: "NoTarget",
    message: "spec.paging is empty: nobody is paged.",
  };
}

function upgrading({ halts }: PolicyView): ConditionDraft {
  const unlisted = halts.filter((halt) => !hasEnded(halt) && halt.status?.reason === "ImageMappingMissing");
  const [first] = unlisted;
  if (first !== undefined) {
    const plans = [
      ...new Set(
        unlisted.map(({ spec }) =>
          spec.planName === undefined ? "an unnamed plan" : quotedName(spec.planName),
        ),
      ),
    ].join(", ");
    const message = `${unlisted.length} nodes wait for an image to be listed in spec.upgrades for ${plans}.`;
    return { type: "Upgrading", status: "Unknown", reason: "ImageMappingMissing", message };
  }
  const swapping = halts.filter(isSwapping);
  if (swapping.length > 0) {
    return {
      type: "Upgrading",
      status: "True",
      reason: "Swapping",
      message: `${swapping.length} nodes are being swapped.`,
    };
  }
  return { type: "Upgrading", status: "False", reason: "Idle", message: "No node is being swapped." };
}

function budget({ policy, failed }: PolicyView): ConditionDraft {
  const { errorBudget } = policy.spec;
  if (failed < errorBudget) {
    return {
      type: "BudgetSpent",
      status: "False",
      reason: "WithinBudget",
      message: `${failed} of ${errorBudget} failures.`,
    };
  }
  const message = `${failed} of ${errorBudget} failures: no further swap until NodeHalts are acknowledged.`;
  return { type: "BudgetSpent", status: "True", reason: "TooManyFailures", message };
}

/** Said from the first log on that was asked for; nothing once the policy ignores what logs tell. */
function logs({ policy, logAccess }: PolicyView): readonly ConditionDraft[] {
  const isTold = policy.status?.conditions?.some(({ type }) => type === "LogsReadable") ?? false;
  if (policy.spec.inferredHalts === "Ignore") {
    const message = "spec.inferredHalts is Ignore: no log is read.";
    return isTold ? [{ type: "LogsReadable", status: "Unknown", reason: "NotRead", message }] : [];
  }
  switch (logAccess?.kind) {
    case undefined:
      return [];
    case "readable":
      return [{ type: "LogsReadable", status: "True", reason: "LogsRead", message: "Logs can be read." }];
    case "refused": {
      const message = `The controller may not read pods/log in namespace ${policy.metadata.namespace}: a halt that a node does not announce is only seen where its termination message has the halt line. Add the component deploy/logs, or set spec.inferredHalts to Ignore.`;
      return [{ type: "LogsReadable", status: "False", reason: "LogsForbidden", message }];
    }
    case "failing": {
      const message = `The log of pod ${logAccess.pod} could not be read: ${logAccess.why}. Whether it halted unannounced is not known.`;
      return [{ type: "LogsReadable", status: "False", reason: "LogUnreadable", message }];
    }
  }
}

function namesOf(pods: readonly JudgedPod[]): string {
  const names = pods.slice(0, 3).map(({ pod }) => pod.metadata.name);
  return pods.length > 3 ? `${names.join(", ")} and ${pods.length - 3} more` : names.join(", ");
}
