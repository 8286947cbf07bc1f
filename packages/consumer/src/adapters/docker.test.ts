import { expect, test } from "vitest";
import { classify } from "../classify.ts";
import { evidenceFromDocker } from "./docker.ts";
import states from "./fixtures/docker-states.json" with { type: "json" };
import podmanStates from "./fixtures/podman-states.json" with { type: "json" };

// `State` of `docker inspect` as Docker Engine 20.10.24 gave it for containers in these states; `test:docker` compares them.
const VERDICTS = {
  paused: { kind: "running" },
  "killed by docker kill": { kind: "crashed", cause: { kind: "signal", signal: "SIGKILL" } },
  running: { kind: "running" },
  halted: { kind: "halted", reason: 72, corroborated: false },
  "restarting after a halt": { kind: "halted", reason: 70, corroborated: false },
  "killed for its memory": { kind: "crashed", cause: { kind: "out-of-memory" } },
  "halted after a helper was killed for its memory": { kind: "halted", reason: 72, corroborated: false },
  "stopped by docker stop": { kind: "stopped" },
  created: { kind: "unknown" },
} as const satisfies Record<keyof typeof states, object>;

test.each(Object.entries(VERDICTS))("a container that is %s", (name, verdict) => {
  expect(classify(evidenceFromDocker(states[name as keyof typeof states]))).toMatchObject(verdict);
});

// `State` of `podman inspect` as Podman 4.3.1 gave it for containers in these states; `test:podman` compares them.
const PODMAN_VERDICTS = {
  created: { kind: "unknown" },
  initialized: { kind: "unknown" },
  running: { kind: "running" },
  paused: { kind: "running" },
  halted: { kind: "halted", reason: 72, corroborated: false },
  "killed by a signal": { kind: "crashed", cause: { kind: "signal", signal: "SIGKILL" } },
  "stopped by podman stop": { kind: "stopped" },
  "killed by podman kill": { kind: "crashed", cause: { kind: "signal", signal: "SIGKILL" } },
} as const satisfies Record<keyof typeof podmanStates, object>;

test.each(Object.entries(PODMAN_VERDICTS))("a container of Podman that is %s", (name, verdict) => {
  expect(classify(evidenceFromDocker(podmanStates[name as keyof typeof podmanStates]))).toMatchObject(
    verdict,
  );
});

test.each([
  { Status: "stopping", Running: false, Pid: 188, ExitCode: 0 },
  { Status: "removing", Running: false, Pid: 188, ExitCode: 70 },
  { Status: "stopped", Running: false, Pid: 188, ExitCode: 70 },
])("a container whose process is there has not ended, whatever $Status says", (state) => {
  expect(classify(evidenceFromDocker(state))).toMatchObject({ kind: "running" });
});

test("the end of its log corroborates its exit code", () => {
  const log = "Wrong app version 0, upgrade handler is missing for v6.6 upgrade plan\n";
  expect(classify(evidenceFromDocker(states.halted, log))).toMatchObject({
    plan: "v6.6",
    corroborated: true,
  });
});

test("an inspection that says nothing is no evidence", () => {
  expect(evidenceFromDocker({})).toEqual({});
});

test("a status alone says that a container runs", () => {
  expect(evidenceFromDocker({ Status: "running", ExitCode: 0 }).process).toMatchObject({ kind: "running" });
});
