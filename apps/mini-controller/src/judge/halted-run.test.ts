import { expect, test } from "vitest";
import type { ContainerState } from "../model/pod.ts";
import { haltedRunOf } from "./halted-run.ts";

const HALTED: ContainerState = { terminated: { exitCode: 70 } };
const VERDICT = { kind: "unknown", why: "", contradictions: [] } as const;

test.each([
  ["that has ended", HALTED, {}, 3],
  ["that waits in back-off", { waiting: { reason: "CrashLoopBackOff" } }, HALTED, 3],
  ["that was started again", { running: {} }, HALTED, 2],
])("the run that halted of a container %s", (_, state, lastState, run) => {
  const pod = {
    metadata: { name: "sei-0-0" },
    spec: { containers: [] },
    status: { containerStatuses: [{ name: "seid", restartCount: 3, state, lastState }] },
  };
  expect(haltedRunOf({ pod, verdict: VERDICT, live: undefined }, "seid")).toBe(run);
});
