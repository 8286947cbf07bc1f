import type { V1Pod, V1StatefulSet } from "@kubernetes/client-node";
import { CONTAINER } from "../harness/fixtures/mock-nodes.ts";
import type { History } from "../harness/history.ts";

/** The images that the StatefulSet of a name ever had, one after the other. */
export async function imagesOf(sets: History<V1StatefulSet>, name: string): Promise<string[]> {
  const images: string[] = [];
  for (const { object } of await sets.replay()) {
    if (object.metadata?.name !== name) continue;
    const image = object.spec?.template.spec?.containers.find(({ name }) => name === CONTAINER)?.image ?? "";
    if (images.at(-1) !== image) images.push(image);
  }
  return images;
}

/** The UIDs that pods of a name ever had, in order. */
export async function uidsOf(pods: History<V1Pod>, name: string): Promise<string[]> {
  const events = await pods.replay();
  const own = events.filter(({ object }) => object.metadata?.name === name);
  return [...new Set(own.map(({ object }) => object.metadata?.uid ?? ""))];
}
