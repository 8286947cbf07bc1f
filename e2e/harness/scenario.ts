import { expect, inject, test } from "vitest";
import { brokenInvariants } from "../invariants/broken-invariants.ts";
import type { RequirementId } from "../requirements.ts";
import { connect } from "./api.ts";
import { openTestbed, type Testbed } from "./testbed.ts";

/**
 * A test that plays in a namespace of its own on the cluster of this run, whichever target that is. In the end no
 * invariant may have been broken in it.
 * `requirements.test.ts` reads the ids from the source.
 */
export function scenario(
  name: string,
  ids: readonly RequirementId[],
  play: (testbed: Testbed) => Promise<void>,
): void {
  test(`${name} [${ids.join(" ")}]`, async () => {
    const testbed = await openTestbed(connect(inject("kubeconfig")));
    let broken: Promise<readonly string[]> = Promise.resolve([]);
    try {
      await play(testbed);
      broken = brokenInvariants(testbed);
      broken.catch(() => {});
    } finally {
      await testbed.cleanup.run();
    }
    expect(await broken).toEqual([]);
  });
}
