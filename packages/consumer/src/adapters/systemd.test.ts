import { expect, test } from "vitest";
import { classify } from "../classify.ts";
import { evidenceFromSystemd, type ServiceEnvironment } from "./systemd.ts";

test.each<[ServiceEnvironment, object]>([
  [
    { SERVICE_RESULT: "exit-code", EXIT_CODE: "exited", EXIT_STATUS: "70" },
    { kind: "halted", reason: 70 },
  ],
  [
    { SERVICE_RESULT: "exit-code", EXIT_CODE: "exited", EXIT_STATUS: "2" },
    { cause: { kind: "panic", code: 2 } },
  ],
  [{ SERVICE_RESULT: "success", EXIT_CODE: "exited", EXIT_STATUS: "0" }, { kind: "stopped" }],
  [{ SERVICE_RESULT: "success", EXIT_CODE: "killed", EXIT_STATUS: "TERM" }, { kind: "stopped" }],
  [{ SERVICE_RESULT: "signal", EXIT_CODE: "killed", EXIT_STATUS: "KILL" }, { cause: { signal: "SIGKILL" } }],
  [
    { SERVICE_RESULT: "core-dump", EXIT_CODE: "dumped", EXIT_STATUS: "SEGV" },
    { cause: { signal: "SIGSEGV" } },
  ],
  [
    { SERVICE_RESULT: "oom-kill", EXIT_CODE: "killed", EXIT_STATUS: "KILL" },
    { cause: { kind: "out-of-memory" } },
  ],
  [{ SERVICE_RESULT: "start-limit-hit" }, { kind: "unknown" }],
  [{}, { kind: "unknown" }],
  [{ EXIT_CODE: "exited", EXIT_STATUS: "seventy" }, { kind: "unknown" }],
])("%j", (environment, verdict) => {
  expect(classify(evidenceFromSystemd(environment))).toMatchObject(verdict);
});
