import type { ObjectMeta } from "@upgrade-halt/kube";
import { z } from "zod";
import { ConditionSchema } from "./condition.ts";
import { ANNOTATION_ABORT, ANNOTATION_ACKNOWLEDGED } from "./group.ts";
import { keptMetadata } from "./object-meta.ts";
import { cel, listMap } from "./validation.ts";

/**
 * Where a halt stands. It moves to the right only:
 * Detected -> Recorded -> Swapping -> Recreating -> Recovering -> Recovered, or Held (waiting for something to
 * change), Paged (a person's now), Failed, or Withdrawn (nothing is to be done about it any more, and nothing was done).
 */
export const PhaseSchema = z.enum([
  "Detected",
  "Recorded",
  "Held",
  "Swapping",
  "Recreating",
  "Recovering",
  "Recovered",
  "Paged",
  "Failed",
  "Withdrawn",
]);
export type Phase = z.infer<typeof PhaseSchema>;

/** What the controller does, or did, about the halt. */
export const ActionSchema = z.enum(["SwapImage", "RollBack", "Page", "Hold"]);
export type Action = z.infer<typeof ActionSchema>;

const WorkloadRefSchema = z.object({
  apiVersion: z.string().max(317).meta({ description: "Its apiVersion." }),
  kind: z.string().max(63).meta({ description: "Its kind." }),
  resource: z.string().max(63).meta({ description: "Its plural name in the URL." }),
  name: z.string().max(253).meta({ description: "Its name, in the pod's namespace." }),
  uid: z
    .string()
    .max(64)
    .optional()
    .meta({ description: "Its UID: another object of the same name is not it." }),
});
export type WorkloadRef = z.infer<typeof WorkloadRefSchema>;

/** Independent sources of a halt's evidence, as `Verdict` names them. */
export const EvidenceSourceSchema = z.string().max(40);

/** `NodeHalt.spec`: what was seen, once and for all. */
export const NodeHaltSpecSchema = z
  .object({
    podName: z.string().max(253).meta({ description: "Pod that halted." }),
    podUID: z.string().max(64).meta({ description: "Its UID: a successor of the same name has another." }),
    container: z.string().max(63).meta({ description: "Container that runs the node." }),
    policyName: z.string().max(253).meta({ description: "HaltPolicy that governed the pod when it halted." }),
    workload: WorkloadRefSchema.optional().meta({ description: "Where the pod's image is set." }),
    reason: z
      .string()
      .min(1)
      .max(64)
      .meta({ description: "Reason token of the contract, unrecognised, or log_not_read." }),
    exitCode: z.int().min(0).max(255).optional().meta({ description: "Exit code, when the process ended." }),
    restartCount: z.int().min(0).optional().meta({
      description: "How often the container had been restarted when it halted: which of its runs it was.",
    }),
    planName: z
      .string()
      .max(256)
      .optional()
      .meta({ description: "Plan that the node named, made fit to be shown." }),
    height: z.int().min(1).optional().meta({ description: "Height of the halt, as far as it was told." }),
    image: z.string().max(512).meta({ description: "Image that halted." }),
    sources: z
      .array(EvidenceSourceSchema)
      .max(16)
      .meta({ description: "Independent sources that told of the halt." }),
    inferredFrom: z.array(z.string().max(256)).max(8).optional().meta({
      description: "Only where the node did not announce the halt: what it was inferred from.",
    }),
    verdict: z.string().max(1024).meta({ description: "Why this is a halt, in one sentence." }),
    detectedAt: z.string().max(40).meta({ description: "When the controller saw it, RFC 3339." }),
  })
  .meta({
    description: "What was seen. It never changes.",
    ...cel({ rule: "self == oldSelf", message: "spec records what was seen and can't be changed" }),
  });
export type NodeHaltSpec = z.infer<typeof NodeHaltSpecSchema>;

const StepSchema = z
  .object({
    phase: PhaseSchema.meta({ description: "Phase that the step led to." }),
    at: z.string().max(40).meta({ description: "When the step was decided, before its effect, RFC 3339." }),
    message: z.string().max(512).meta({ description: "What was decided, and why." }),
  })
  .meta({ description: "One step of the journal." });
export type Step = z.infer<typeof StepSchema>;

/** A halt that stood for more reasons one after the other has forgotten the first pages. */
export const MAX_FORMER_PAGES = 8;

/** One page: journaled before it is sent, confirmed after. */
export const PageRecordSchema = z
  .object({
    key: z.string().max(400).meta({ description: "Stable key: receivers that see it twice got one page." }),
    reason: z.string().max(64).meta({ description: "Why a person is needed, in one CamelCase word." }),
    summary: z.string().max(512).meta({ description: "What the page says." }),
    action: ActionSchema.optional().meta({ description: "What was to be done about the halt then." }),
    toImage: z.string().max(512).optional().meta({ description: "Image that was to be set then." }),
    at: z.string().max(40).meta({ description: "When it was journaled, RFC 3339." }),
    delivered: z.array(z.string().max(64)).max(8).meta({
      description:
        "Targets of spec.paging that confirmed it, or, once it is resolving, that it is over: their kind and a hash of what they say.",
    }),
    told: z.array(z.string().max(64)).max(8).optional().meta({
      description:
        "Targets that had confirmed it when it began to resolve, also if no policy names them now.",
    }),
    attempts: z.int().min(0).meta({ description: "How often that was sent so far." }),
    nextAttemptAt: z
      .string()
      .max(40)
      .optional()
      .meta({ description: "When it is tried again; absent once it is done." }),
    lastError: z.string().max(512).optional().meta({ description: "Why the last attempt failed." }),
    state: z.enum(["Pending", "Sent", "NoTarget", "Resolving", "Resolved"]).meta({
      description:
        "Pending until every target has it, then Sent; Resolving until every target knows that it is over, then Resolved; NoTarget where the policy names none.",
    }),
    resolvedAt: z
      .string()
      .max(40)
      .optional()
      .meta({ description: "Since when nobody is needed for it any more, RFC 3339." }),
  })
  .meta({ description: "The page about this halt." });
export type PageRecord = z.infer<typeof PageRecordSchema>;

const order = cel(
  {
    rule: "!has(oldSelf.phase) || !(oldSelf.phase in ['Recovered', 'Failed', 'Paged', 'Withdrawn']) || (has(self.phase) && self.phase == oldSelf.phase)",
    message: "a halt that ended Recovered, Failed, Paged or Withdrawn stays so",
  },
  {
    rule: "!has(oldSelf.phase) || !(oldSelf.phase in ['Swapping', 'Recreating', 'Recovering']) || (has(self.phase) && self.phase in ['Swapping', 'Recreating', 'Recovering', 'Recovered', 'Failed']) || (oldSelf.phase == 'Swapping' && has(self.phase) && self.phase == 'Withdrawn')",
    message: "a swap that was begun ends Recovered or Failed, or Withdrawn before its image was set",
  },
  {
    rule: "!has(oldSelf.seen) || (has(self.seen) && self.seen == oldSelf.seen)",
    message: "what was seen of a halt can't be changed",
  },
  {
    rule: "!has(oldSelf.deletedPodUID) || (has(self.deletedPodUID) && self.deletedPodUID == oldSelf.deletedPodUID)",
    message: "a halt deletes one pod, once",
  },
  {
    rule: "!has(oldSelf.toImage) || (has(self.toImage) && self.toImage == oldSelf.toImage)",
    message: "the image of a swap that was begun can't be changed",
  },
  {
    rule: "!has(oldSelf.steps) || (has(self.steps) && self.steps.size() >= oldSelf.steps.size())",
    message: "steps are only ever added",
  },
);

const SeenSchema = z
  .object({
    at: z.string().max(40).meta({ description: "When the controller saw the pod show the halt, RFC 3339." }),
    sources: z
      .array(EvidenceSourceSchema)
      .max(16)
      .meta({ description: "Independent sources that told of the halt then." }),
    disputed: z.string().max(1024).optional().meta({
      description: "What another source said, where it told of another halt: then no source counts.",
    }),
    chainId: z.string().max(128).optional().meta({ description: "Chain that the node told on /status." }),
    height: z.int().min(1).optional().meta({ description: "Highest block that the node told on /status." }),
    firstRunMs: z.int().min(0).optional().meta({
      description:
        "Only of a binary that is too new: for how many milliseconds, at most, the first run of its pod lasted, where that one halted.",
    }),
  })
  .meta({
    description:
      "What the controller itself saw. A NodeHalt without it was written by somebody else, and is not acted on.",
  });
export type Seen = z.infer<typeof SeenSchema>;

/** `NodeHalt.status`: the journal. Each step is here before its effect. */
export const NodeHaltStatusSchema = z
  .object({
    phase: PhaseSchema.optional().meta({
      description:
        "Detected, Recorded, Swapping, Recreating, Recovering, Recovered in this order; or Held (waits for something to change), Paged (a person has it), Failed (paged, never tried again by itself), Withdrawn (its node runs again by itself).",
    }),
    policyName: z.string().max(253).optional().meta({
      description:
        "HaltPolicy that governs the node now: another than spec.policyName once that one lets it go.",
    }),
    seen: SeenSchema.optional(),
    action: ActionSchema.optional().meta({ description: "What is done, or was, about the halt." }),
    reason: z
      .string()
      .max(64)
      .optional()
      .meta({ description: "Why it stands where it stands, in one CamelCase word." }),
    message: z.string().max(1024).optional().meta({ description: "The same as a sentence." }),
    fromImage: z.string().max(512).optional().meta({ description: "Image in the workload before the swap." }),
    toImage: z.string().max(512).optional().meta({ description: "Image that the swap sets." }),
    workloadGeneration: z.int().min(0).optional().meta({
      description:
        "metadata.generation of the workload when the swap was decided: the image is set on no other.",
    }),
    recoverBy: z.string().max(40).optional().meta({
      description: "About when the swap will have failed. A controller counts the time by its own clock.",
    }),
    deletedPodUID: z.string().max(64).optional().meta({
      description:
        "The pod that is deleted for this halt, written before it is deleted. There is no second one.",
    }),
    newPodUID: z.string().max(64).optional().meta({ description: "UID of the pod that recovered." }),
    recoveredHeight: z
      .int()
      .min(0)
      .optional()
      .meta({ description: "Height at which it was seen past the halt." }),
    steps: z
      .array(StepSchema)
      .max(32)
      .optional()
      .meta({ description: "Each step, written before its effect." }),
    page: PageRecordSchema.optional(),
    formerPages: z.array(PageRecordSchema).max(MAX_FORMER_PAGES).optional().meta({
      description: "Pages about this halt that another one took the place of: they are resolved.",
    }),
    conditions: z
      .array(ConditionSchema)
      .max(16)
      .optional()
      .meta({
        description:
          "Upgrading, Paged and Resolved; Waiting, since when it only waits; PageCurrent, whether its page is about what it stands for.",
        ...listMap("type"),
      }),
  })
  .meta({ description: "The journal of what was decided and done.", ...order });
export type NodeHaltStatus = z.infer<typeof NodeHaltStatusSchema>;

/** A `NodeHalt` as the API server holds it. */
export interface NodeHalt {
  readonly apiVersion: string;
  readonly kind: "NodeHalt";
  readonly metadata: ObjectMeta;
  readonly spec: NodeHaltSpec;
  readonly status?: NodeHaltStatus;
}

/** What is kept of a NodeHalt that has no spec: it is of no pod. */
const NO_SPEC: NodeHaltSpec = {
  ...{ podName: "", podUID: "", container: "", policyName: "", reason: "", image: "" },
  ...{ sources: [], verdict: "", detectedAt: "" },
};

/**
 * A `NodeHalt` as the controller keeps it. One that was stored while the API server asked for less than it does now tells less: it
 * must be in nobody's way.
 */
export function projectHalt(halt: NodeHalt): NodeHalt {
  const { metadata, spec, status } = halt;
  return {
    ...halt,
    metadata: keptMetadata(metadata),
    spec: readableSpec(spec),
    ...(status && { status: readable(status) }),
  };
}

/** A spec without fields that are null, and with all that each has. */
function readableSpec(spec: NodeHaltSpec | undefined): NodeHaltSpec {
  return { ...NO_SPEC, ...told(spec ?? {}), sources: listOf(spec?.sources) };
}

/** The fields that are not null. */
function told<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as Partial<T>;
}

/** A status without the pages, lists and sight that are none. */
function readable({ seen, page, formerPages, steps, conditions, ...rest }: NodeHaltStatus): NodeHaltStatus {
  return {
    ...told(rest),
    ...(Array.isArray(seen?.sources) && { seen }),
    ...(isPage(page) && { page }),
    ...(formerPages && { formerPages: listOf(formerPages).filter(isPage) }),
    ...(steps && { steps: listOf(steps) }),
    ...(conditions && { conditions: listOf(conditions) }),
  };
}

/** What is in a list: nothing where that is none. */
function listOf<T>(list: readonly (T | null)[] | undefined): T[] {
  return Array.isArray(list) ? list.filter((one): one is T => one !== null) : [];
}

function isPage(page: PageRecord | null | undefined): page is PageRecord {
  return Array.isArray(page?.delivered);
}

/** UID of the Deployment that made the pod of a halt, where one did. */
export function deploymentUIDOf({ workload }: NodeHaltSpec): string | undefined {
  return workload?.kind === "Deployment" ? workload.uid : undefined;
}

/** Whether nobody has to be told of a page any more: it is resolved, or there was nobody to tell. */
export function isToldOf({ state }: PageRecord): boolean {
  return state === "Resolved" || state === "NoTarget";
}

/** Whether nobody can have been told of a page: no attempt at it was made. */
export function isToldToNobody({ attempts, nextAttemptAt, at, state }: PageRecord): boolean {
  return attempts === 0 && (nextAttemptAt === at || state === "NoTarget");
}

/** Whether a page about a halt that the controller saw is on its way, or with a receiver. */
export function hasStandingPage({ status }: NodeHalt): boolean {
  return status?.seen !== undefined && (status.page?.state === "Pending" || status.page?.state === "Sent");
}

/** Every page about a halt that there was, as far as it is remembered, the oldest first. */
export function pagesOf({ status }: NodeHalt): readonly PageRecord[] {
  const { page, formerPages = [] } = status ?? {};
  return page === undefined ? formerPages : [...formerPages, page];
}

/** Condition of a halt that ended Paged or Failed: the node was seen running again, whoever put it right. */
export const CONDITION_RESOLVED = "Resolved";

const ENDED: ReadonlySet<Phase | undefined> = new Set<Phase | undefined>([
  "Recovered",
  "Failed",
  "Paged",
  "Withdrawn",
]);
const SWAPPING: ReadonlySet<Phase | undefined> = new Set<Phase | undefined>([
  "Swapping",
  "Recreating",
  "Recovering",
]);

/** True when nothing more will be done to a workload for this halt. */
export function hasEnded(halt: NodeHalt): boolean {
  return ENDED.has(halt.status?.phase);
}

/** Reason of a swap that a person stopped for good by an annotation. */
export const ABORTED = "Aborted";

/** Reason of a halt whose swap is not begun, or does not go on, until a person has looked at others that failed. */
export const BUDGET_SPENT = "ErrorBudgetSpent";

/** True where a person wants nothing more to be done about the halt: by the annotation, whatever it says but `false`. */
export function isAborted({ metadata }: NodeHalt): boolean {
  return (metadata.annotations?.[ANNOTATION_ABORT] ?? "false") !== "false";
}

/** Name of the policy that governs the halt's node, as far as the journal knows. */
export function policyNameOf({ spec, status }: NodeHalt): string {
  return status?.policyName ?? spec.policyName;
}

/**
 * True for a failed swap that no person has acknowledged: what an error budget counts. Who aborted a swap has seen it.
 */
export function isUnacknowledgedFailure(halt: NodeHalt): boolean {
  const { metadata, status } = halt;
  if (status?.phase !== "Failed" || isAborted(halt) || status.reason === ABORTED) return false;
  return metadata.annotations?.[ANNOTATION_ACKNOWLEDGED] !== "true";
}

/** True between the decision to change the image and the recovery, as far as is known: what `maxConcurrent` counts. */
export function isSwapping(halt: NodeHalt): boolean {
  return SWAPPING.has(halt.status?.phase) || hasUnknownPhase(halt);
}

/** True for a phase that a newer controller gave a meaning to: whatever it did, nobody else can go on with it. */
export function hasUnknownPhase({ status }: NodeHalt): boolean {
  return status?.phase !== undefined && !PhaseSchema.options.includes(status.phase);
}
