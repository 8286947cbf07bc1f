import type { NodeRecord } from "../api/node-record.ts";
import { controllerRefOf } from "../kube/owner-reference.ts";
import type { Pod } from "../model/pod.ts";
import { revisionNameOf, type TemplateRevision } from "../workloads/template-revision.ts";
import type { RanBefore } from "./previous-image.ts";

/** What is known of the image that ran before. */
export type Past = Pick<RanBefore, "record" | "lineage">;

/** The same of each pod, by its UID. */
export type Pasts = ReadonlyMap<string | undefined, Past>;

/** Where a past is read from. */
export interface PastSources {
  readonly recordOf: (pod: Pod) => NodeRecord | undefined;
  readonly readRevision: (pod: Pod, name: string) => Promise<TemplateRevision | undefined>;
}

/** What was recorded of each pod's node, and what the API server keeps of its templates: pods of one template share those. */
export async function readPasts(
  pods: readonly Pod[],
  { recordOf, readRevision }: PastSources,
): Promise<Pasts> {
  const reads = new Map<string, Promise<TemplateRevision | undefined>>();
  const read = (pod: Pod, name: string | undefined) => {
    if (name === undefined) return undefined;
    const key = `${controllerRefOf(pod)?.kind} ${name}`;
    const reading = reads.get(key) ?? readRevision(pod, name);
    reads.set(key, reading);
    return reading;
  };
  const pasts = pods.map(async (pod): Promise<[string | undefined, Past]> => {
    const record = recordOf(pod)?.status;
    const names = [revisionNameOf(pod), record?.images?.[0]?.revision];
    const [present, former] = await Promise.all(names.map((name) => read(pod, name)));
    return [pod.metadata.uid, { record, lineage: { pod, present, former } }];
  });
  return new Map(await Promise.all(pasts));
}
