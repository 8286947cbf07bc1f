import { expect, test } from "vitest";
import * as consumer from "./index.ts";

test("exports these names and no others", () => {
  expect(Object.keys(consumer).sort()).toEqual([
    "ACTIONS",
    "CHOICES",
    "DECISIONS",
    "HALT_SOURCES",
    "INFERRED_REACH_BLOCKS",
    "MEANINGS",
    "REACH_BLOCKS",
    "STANDSTILL_MS",
    "classify",
    "decodeStatus",
    "evidenceFromChildExit",
    "evidenceFromContainerStatus",
    "evidenceFromDocker",
    "evidenceFromExitCode",
    "evidenceFromPod",
    "evidenceFromSystemd",
    "findPlanLines",
    "mergeEvidence",
    "parsePlanLine",
    "printable",
    "quotedName",
    "readStatus",
    "recommend",
    "sightingOf",
    "watchNode",
  ]);
});
