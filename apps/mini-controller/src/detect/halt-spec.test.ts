import type { Verdict } from "@upgrade-halt/consumer";
import { expect, test } from "vitest";
import { haltedRunOf } from "../judge/halted-run.ts";
import type { LiveStatus } from "../model/live-status.ts";
import type { ContainerState } from "../model/pod.ts";
import { standsNow } from "./halt-spec.ts";

const HALTED: ContainerState = { terminated: { exitCode: 70 } };
const VERDICT = { kind: "unknown", why: "", contradictions: [] } as const;

test.each([
  ["announces it, although that is doubted", 70, 3, 3, true],
  ["announces another one", 72, 3, 2, false],
  ["said so before it was started again", 70, 2, 2, false],
])("the run that halted, where one that runs %s", (_, reason, run, halted, stands) => {
  const status = { name: "seid", restartCount: 3, state: { running: {} }, lastState: HALTED };
  const pod = {
    metadata: { name: "sei-0-0" },
    spec: { containers: [] },
    status: { containerStatuses: [status] },
  };
  const haltIntent = { kind: "intent", intent: { reason }, defects: [] };
  const live = { run, sighting: { kind: "answered", at: 0, node: { haltIntent } } } as unknown as LiveStatus;
  const verdict = { ...VERDICT, kind: "halted", reason: 70, sources: ["exit-code"] } as unknown as Verdict;
  expect(haltedRunOf({ pod, verdict, live }, "seid")).toBe(halted);
  expect(standsNow({ pod, verdict, live }, "seid")).toBe(stands);
});
