import type { KubeApi, KubeObject } from "@upgrade-halt/kube";
import { controllerRefOf, getIfThere } from "../kube/owner-reference.ts";
import { CONTROLLER_REVISIONS, objectPath, REPLICA_SETS } from "../kube/paths.ts";
import { type Pod, placedContainer } from "../model/pod.ts";
import { imageIn, type TemplatedWorkload } from "./pod-template.ts";

/** One of the templates that a workload has had, as the API server keeps it. */
export interface TemplateRevision {
  readonly name: string;
  /** UID of the object whose template it is. */
  readonly owner: string | undefined;
  /** Greater than that of each template that was the present one before. */
  readonly number: number;
  /** Image of the node's container in it. */
  readonly image: string | undefined;
}

interface ControllerRevision extends KubeObject {
  readonly revision: number;
  readonly data?: Pick<TemplatedWorkload, "spec">;
}

const NUMBER = "deployment.kubernetes.io/revision";

/** Name of the ControllerRevision or ReplicaSet that `pod` was made from. */
export function revisionNameOf(pod: Pod): string | undefined {
  const owner = controllerRefOf(pod);
  return owner?.kind === "ReplicaSet" ? owner.name : pod.metadata.labels?.["controller-revision-hash"];
}

/** The revision of this name of the workload that made `pod`, as the API server has it. */
export async function readRevision(
  api: KubeApi,
  pod: Pod,
  name: string,
  container: string,
): Promise<TemplateRevision | undefined> {
  const { namespace = "" } = pod.metadata;
  if (controllerRefOf(pod)?.kind === "ReplicaSet") {
    const set = await getIfThere<TemplatedWorkload>(api, objectPath(REPLICA_SETS, namespace, name));
    const number = Number(set?.metadata.annotations?.[NUMBER]);
    return set && { name, owner: controllerRefOf(set)?.uid, number, image: imageIn(set, container) };
  }
  const path = objectPath(CONTROLLER_REVISIONS, namespace, name);
  const revision = await getIfThere<ControllerRevision>(api, path);
  const spec = revision?.data?.spec?.template?.spec;
  const image = spec?.containers && placedContainer(spec, container)?.container.image;
  return revision && { name, owner: controllerRefOf(revision)?.uid, number: revision.revision, image };
}
