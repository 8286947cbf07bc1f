import type { NodeProcess } from "../cluster/node.ts";
import type { Commit } from "../server/api-server.ts";
import { type Deployment, PATHS, type Pod, type SeiNode, type StatefulSet } from "../server/objects.ts";
import type { VirtualTime } from "../time/virtual-time.ts";

/** One line of what happened, for a person. */
export interface TranscriptLine {
  readonly at: number;
  readonly text: string;
}

/** Longest transcript that is kept: its end. */
const KEPT = 400;

/** Writes down what happens in a cluster, in short sentences. */
export class Transcript {
  readonly lines: TranscriptLine[] = [];
  readonly #time: VirtualTime;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  note(text: string): void {
    this.lines.push({ at: this.#time.now, text });
    if (this.lines.length > KEPT * 2) this.lines.splice(0, KEPT);
  }

  onStart({ validator, image, startedAt }: NodeProcess): void {
    this.note(
      `${validator.name} starts ${shortOf(image)} at height ${validator.height} (process of ${startedAt})`,
    );
  }

  onCommit(commit: Commit): void {
    const text = textOf(commit);
    if (text !== undefined) this.note(text);
  }
}

function textOf({ by, verb, collection, subresource, before, after }: Commit): string | undefined {
  const name = (after ?? before)?.metadata.name ?? "";
  switch (collection) {
    case PATHS.pods:
      if (verb === "delete") return `${by} deletes pod ${name}`;
      if (verb === "create") return `${by} creates pod ${name} with ${shortOf(imageIn(after as Pod))}`;
      return by === "kubelet" ? `pod ${name} is ${stateOf(after as Pod)}` : undefined;
    case PATHS.statefulSets:
      if (subresource === "status") return undefined;
      return `${by} ${verb}s set ${name}: ${describeSet(after as StatefulSet | undefined)}`;
    case PATHS.deployments: {
      const { spec } = (after ?? before) as Deployment;
      const image = shortOf(spec.template.spec.containers[0]?.image ?? "");
      if (subresource === "status") return undefined;
      return `${by} ${verb}s Deployment ${name}: ${spec.replicas} x ${image}, ${spec.strategy.type}`;
    }
    case PATHS.seiNodes:
    case PATHS.seiNetworks:
      return `${by} ${verb}s ${(after ?? before)?.kind} ${name}: ${shortOf(((after ?? before) as SeiNode).spec.image)}`;
    case PATHS.halts: {
      const { phase, reason, message } = after?.status ?? {};
      return `${by} ${verb}s NodeHalt ${name}: ${phase ?? "new"} ${reason ?? ""} ${message ?? ""}`;
    }
    case PATHS.policies:
      return subresource === "status"
        ? undefined
        : `${by} ${verb}s policy ${name}: ${JSON.stringify(after?.spec ?? {}).slice(0, 300)}`;
    default:
      return undefined;
  }
}

function imageIn({ spec }: Pod): string {
  return spec.containers[0]?.image ?? "";
}

function describeSet(set: StatefulSet | undefined): string {
  if (set === undefined) return "gone";
  const { replicas, updateStrategy, template } = set.spec;
  return `${replicas} x ${shortOf(template.spec.containers[0]?.image ?? "")}, ${JSON.stringify(updateStrategy)}`;
}

function stateOf({ status, metadata }: Pod): string {
  const [container] = status.containerStatuses ?? [];
  const ending = metadata.deletionTimestamp === undefined ? "" : ", ending";
  const { running, waiting, terminated } = container?.state ?? {};
  if (running !== undefined) return `running${ending}`;
  if (terminated !== undefined) return `ended with ${terminated.exitCode}${ending}`;
  return `waiting (${waiting?.reason}) after ${container?.lastState.terminated?.exitCode}${ending}`;
}

function shortOf(image: unknown): string {
  return String(image).replace(/@sha256:0*(\d+)$/, (_, digits: string) => ` release ${Number(digits) - 1}`);
}
