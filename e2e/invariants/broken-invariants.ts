import type { World } from "../harness/world.ts";
import { brokenBy, brokenPages } from "./invariants.ts";

/** Every invariant that was broken in a world since it was opened, each as a sentence. */
export async function brokenInvariants({ chronicle, pager }: World): Promise<readonly string[]> {
  const changes = await chronicle.read();
  return [...brokenBy(changes), ...brokenPages(pager.pages(), pager.resolutions())];
}
