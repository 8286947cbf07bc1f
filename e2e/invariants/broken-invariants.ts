import type { Testbed } from "../harness/testbed.ts";
import { brokenBy, brokenPages } from "./invariants.ts";

/** Every invariant that was broken in a testbed since it was opened, each as a sentence. */
export async function brokenInvariants({ chronicle, pager }: Testbed): Promise<readonly string[]> {
  const changes = await chronicle.read();
  return [...brokenBy(changes), ...brokenPages(pager.pages(), pager.resolutions())];
}
