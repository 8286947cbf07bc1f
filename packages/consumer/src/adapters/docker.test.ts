import { expect, test } from "vitest";
import { classify } from "../classify.ts";
import { evidenceFromDocker } from "./docker.ts";
import states from "./fixtures/docker-states.json" with { type: "json" };

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
