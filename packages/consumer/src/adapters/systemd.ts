import type { Evidence, ProcessEnd } from "../evidence.ts";
import { findPlanLines, type LogOptions } from "../log/find-plan-lines.ts";
import { endShortOfMemory, signalName } from "../process-end.ts";

/** What systemd gives `ExecStopPost=` in its environment (systemd.exec(5)). */
export interface ServiceEnvironment {
  /** `success`, `exit-code`, `signal`, `core-dump`, `oom-kill`, `timeout`, `start-limit-hit`, ... */
  readonly SERVICE_RESULT?: string | undefined;
  /** `exited`, `killed` or `dumped`. */
  readonly EXIT_CODE?: string | undefined;
  /** A number where it exited, a signal's name without `SIG` where it did not. */
  readonly EXIT_STATUS?: string | undefined;
}

/** How a service's main process ended. `logTail` is the end of its journal or log, where the caller has it. */
export function evidenceFromSystemd(
  environment: ServiceEnvironment,
  logTail = "",
  options: LogOptions = {},
): Evidence {
  const planLines = findPlanLines(logTail, { withUnsure: true, ...options });
  return { process: { kind: "ended", end: endOf(environment), planLines } };
}

function endOf({
  SERVICE_RESULT: result,
  EXIT_CODE: how,
  EXIT_STATUS: status,
}: ServiceEnvironment): ProcessEnd {
  const number = /^\d{1,3}$/.test(status ?? "") && Number(status) < 256 ? Number(status) : undefined;
  const code = how === "exited" ? number : undefined;
  if (result === "oom-kill") return endShortOfMemory(code);
  if (status === undefined) return { kind: "unrecorded" };
  if (code !== undefined) return { kind: "exited", code };
  if (how === "killed" || how === "dumped")
    return { kind: "signalled", signal: number === undefined ? `SIG${status}` : signalName(number) };
  return { kind: "unrecorded" };
}
