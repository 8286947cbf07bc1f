import type { PodContainer } from "../halts/pod.ts";
import { listWanted } from "../kube/list-pages.ts";
import { CONTROLLER_REVISIONS, collectionPath } from "../kube/paths.ts";
import type { KubeApi, KubeObject } from "../kube/types.ts";
import { isControlledBy } from "./owner-reference.ts";

interface ControllerRevision extends KubeObject {
  readonly revision: number;
  readonly data?: {
    readonly spec?: {
      readonly template?: { readonly spec?: { readonly containers?: readonly PodContainer[] } };
    };
  };
}

/**
 * Images that `container` had in the revisions of a StatefulSet, newest first. The StatefulSet controller keeps
 * them as ControllerRevisions (`revisionHistoryLimit`, ten by default).
 */
export async function revisionImages(
  api: KubeApi,
  namespace: string,
  owner: { readonly name: string; readonly uid: string | undefined },
  container: string,
): Promise<readonly string[]> {
  const path = collectionPath(CONTROLLER_REVISIONS, namespace);
  const own = await listWanted<ControllerRevision>(api, path, (one) => isControlledBy(one, owner.uid));
  const images = own
    .toSorted((a, b) => b.revision - a.revision)
    .flatMap(
      ({ data }) =>
        data?.spec?.template?.spec?.containers?.find(({ name }) => name === container)?.image ?? [],
    );
  return [...new Set(images)];
}
