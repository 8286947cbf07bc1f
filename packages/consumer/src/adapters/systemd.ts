import type { Evidence, ProcessEnd } from "../evidence.ts";
import { findPlanLines } from "../plan-line.ts";

/** What systemd gives `ExecStopPost=` in its environment (systemd.exec(5)). */
export interface ServiceEnvironment {
  /** `success`, `exit-code`, `signal`, `core-dump`, `oom-kill`, `timeout`, `start-limit-hit`, ... */
  readonly SERVICE_RESULT?: string | undefined;
  /** `exited`, `killed` or `dumped`. */
  readonly EXIT_CODE?: string | undefined;
  /** A number where it exited, a signal's name without `SIG` where it did not. */
  readonly EXIT_STATUS?: string | undefined;
}

/** How a service's main process ended. `logTail` is the end of its journal, where the caller has it. */
export function evidenceFromSystemd(environment: ServiceEnvironment, logTail = ""): Evidence {
  return { process: { kind: "ended", end: endOf(environment), planLines: findPlanLines(logTail) } };
}

function endOf({
  SERVICE_RESULT: result,
  EXIT_CODE: how,
  EXIT_STATUS: status,
}: ServiceEnvironment): ProcessEnd {
  if (result === "oom-kill") return { kind: "out-of-memory" };
  if (status === undefined) return { kind: "unrecorded" };
  if (how === "exited" && /^\d{1,3}$/.test(status)) return { kind: "exited", code: Number(status) };
  if (how === "killed" || how === "dumped") return { kind: "signalled", signal: `SIG${status}` };
  return { kind: "unrecorded" };
}
