import { z } from "@upgrade-halt/contract/zod";
import { evidenceFromDocker } from "../../adapters/docker.ts";
import { evidenceFromPod } from "../../adapters/kubernetes.ts";
import { ConsumerError } from "../../consumer-error.ts";
import type { Evidence } from "../../evidence.ts";
import { printable } from "../../printable.ts";
import { guessed, onlyOneOf, parseDocument } from "./documents.ts";

const Text = z.string().nullish();
const TerminatedSchema = z.object({
  exitCode: z.int(),
  signal: z.int().nullish(),
  reason: Text,
  message: Text,
  startedAt: Text,
  finishedAt: Text,
});
const StateSchema = z.object({
  running: z.object({ startedAt: Text }).nullish(),
  waiting: z.object({ reason: Text }).nullish(),
  terminated: TerminatedSchema.nullish(),
});
const ContainersSchema = z
  .array(z.object({ name: z.string(), state: StateSchema.nullish(), lastState: StateSchema.nullish() }))
  .nullish();
const PodSchema = z.object({
  kind: z.literal("Pod", "is not Pod").optional(),
  status: z
    .object({ containerStatuses: ContainersSchema, initContainerStatuses: ContainersSchema })
    .nullish(),
});
/** A pod as `kubectl get pod -o json` prints it, also in a list of one, as far as it tells of its containers. */
export const PodDocumentSchema: z.ZodType<z.infer<typeof PodSchema>> = z.preprocess(
  onlyOneOf("Pod"),
  PodSchema,
);

/** What a pod's status says, as evidence of one container: the named one, or the only one. */
export function podEvidence(pod: z.infer<typeof PodDocumentSchema>, container: string | undefined): Evidence {
  const { containerStatuses, initContainerStatuses } = pod.status ?? {};
  const names = (containerStatuses ?? []).map(({ name }) => name);
  const name = container ?? (names.length === 1 ? names[0] : undefined);
  const all = [...names, ...(initContainerStatuses ?? []).map((status) => status.name)];
  // A pod that no kubelet has seen yet tells of no container.
  if (name === undefined || (all.length > 0 && !all.includes(name))) {
    const isUnknown = container !== undefined && all.length > 0;
    const found = all.length === 0 ? "none" : printable(all.join(", "));
    const unknown = isUnknown ? `The pod has no container ${printable(container)}. ` : "";
    throw new ConsumerError(
      "usage",
      `${unknown}Say which container with --container: the pod's status has ${found}.`,
    );
  }
  return evidenceFromPod(pod, name);
}

const ContainerSchema = z.object({
  State: z.object({
    Status: z.string().optional(),
    Running: z.boolean().optional(),
    Pid: z.int().optional(),
    OOMKilled: z.boolean().optional(),
    ExitCode: z.int().optional(),
    StartedAt: z.string().optional(),
    FinishedAt: z.string().optional(),
  }),
});
const InspectSchema = z.preprocess(
  (value) => (Array.isArray(value) ? value : [value]),
  z.tuple([ContainerSchema], "is not one container: inspect one at a time"),
);

const Inspected = z.object({ State: z.object() });
const LooksInspectedSchema = z.union([Inspected, z.array(Inspected).min(1)]);

/** Whether a text is what `docker inspect` and `podman inspect` print of a container, whatever it says. */
export function isInspection(text: string): boolean {
  return guessed(text, LooksInspectedSchema) !== undefined;
}

/** `docker inspect CONTAINER` or `podman inspect CONTAINER` as evidence of that one container. */
export function containerEvidence(text: string): Evidence {
  const [container] = parseDocument(InspectSchema, text, "the inspection");
  return evidenceFromDocker(container.State);
}
