import { expect, test } from "vitest";
import { classify } from "../classify.ts";
import environments from "./fixtures/systemd-environments.json" with { type: "json" };
import { evidenceFromSystemd, type ServiceEnvironment } from "./systemd.ts";

// What systemd 252 gave ExecStopPost= of services that ended like this.
const VERDICTS = {
  "exited with 70": { kind: "halted", reason: 70 },
  "exited with 2": { kind: "crashed", cause: { kind: "panic", code: 2 } },
  "exited with 0": { kind: "stopped" },
  "ended by SIGTERM at a stop": { kind: "stopped" },
  "exited with 143 at a stop": { kind: "stopped" },
  "killed by SIGKILL": { kind: "crashed", cause: { kind: "signal", signal: "SIGKILL" } },
  "killed by SIGSEGV": { kind: "crashed", cause: { kind: "signal", signal: "SIGSEGV" } },
  "killed after a stop timed out": { kind: "crashed", cause: { kind: "signal", signal: "SIGKILL" } },
} as const satisfies Record<keyof typeof environments, object>;

test.each(Object.entries(VERDICTS))("a service that was %s", (name, verdict) => {
  expect(classify(evidenceFromSystemd(environments[name as keyof typeof environments]))).toMatchObject(
    verdict,
  );
});

// From systemd.exec(5): what the machine above has no way to come to.
test.each<[ServiceEnvironment, object]>([
  [
    { SERVICE_RESULT: "core-dump", EXIT_CODE: "dumped", EXIT_STATUS: "ABRT" },
    { kind: "crashed", cause: { signal: "SIGABRT" } },
  ],
  [
    { SERVICE_RESULT: "oom-kill", EXIT_CODE: "killed", EXIT_STATUS: "KILL" },
    { cause: { kind: "out-of-memory" } },
  ],
  // OOMPolicy=stop: a helper was killed for its memory, and the halted node was told to stop.
  [
    { SERVICE_RESULT: "oom-kill", EXIT_CODE: "exited", EXIT_STATUS: "70" },
    { kind: "halted", reason: 70 },
  ],
  [{ SERVICE_RESULT: "oom-kill" }, { cause: { kind: "out-of-memory" } }],
  [{ SERVICE_RESULT: "start-limit-hit" }, { kind: "unknown" }],
  [{}, { kind: "unknown" }],
  [{ EXIT_CODE: "exited", EXIT_STATUS: "seventy" }, { kind: "unknown" }],
  [{ EXIT_CODE: "exited", EXIT_STATUS: "326" }, { kind: "unknown" }],
  [
    { EXIT_CODE: "killed", EXIT_STATUS: "9" },
    { kind: "crashed", cause: { signal: "SIGKILL" } },
  ],
])("%j", (environment, verdict) => {
  expect(classify(evidenceFromSystemd(environment))).toMatchObject(verdict);
});
