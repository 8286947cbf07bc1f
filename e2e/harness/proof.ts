import { test } from "vitest";
import type { RequirementId } from "../requirements.ts";

/** A test that proves requirements; it needs no cluster. `requirements.test.ts` reads the ids from the source. */
export function proof(name: string, ids: readonly RequirementId[], prove: () => Promise<void> | void): void {
  test(`${name} [${ids.join(" ")}]`, prove);
}
