import type { Evidence, ProcessSighting } from "../evidence.ts";
import { findPlanLines } from "../log/find-plan-lines.ts";
import { endShortOfMemory } from "../process-end.ts";
import { millis } from "./time.ts";

/** `State` of `docker inspect` (Engine API `ContainerState`) or `podman inspect`, as far as it is read. */
export interface DockerState {
  readonly Status?: string | undefined;
  readonly Running?: boolean | undefined;
  /** The main process's id on the host; 0 where none runs. */
  readonly Pid?: number | undefined;
  readonly OOMKilled?: boolean | undefined;
  /** 0-255, of the last run. */
  readonly ExitCode?: number | undefined;
  readonly StartedAt?: string | undefined;
  readonly FinishedAt?: string | undefined;
}

/** Made, and not started so far: `created` is Docker's word, the others are Podman's. Their exit code 0 is nobody's. */
const NOT_STARTED: ReadonlySet<string> = new Set(["created", "configured", "initialized"]);

/** Its process is there. Podman says `Running: false` of one that is paused or that it asked to stop. */
const RUNS: ReadonlySet<string> = new Set(["running", "paused", "stopping"]);

/** What a Docker Engine or Podman says of a container. While it restarts one, the end is that of the instance before. */
export function evidenceFromDocker(state: DockerState, logTail = ""): Evidence {
  const process = sightingOf(state, logTail);
  return process === undefined ? {} : { process };
}

function sightingOf(state: DockerState, logTail: string): ProcessSighting | undefined {
  const { Status: status, Running: running, OOMKilled: outOfMemory, ExitCode: code } = state;
  const startedAt = millis(state.StartedAt);
  const planLines = findPlanLines(logTail, { startedAt, withUnsure: true });
  if (status !== undefined && NOT_STARTED.has(status)) return { kind: "waiting", reason: status };
  const isThere = running === true || RUNS.has(status ?? "") || (state.Pid ?? 0) > 0;
  if (isThere && status !== "restarting") return { kind: "running", startedAt, planLines };
  if (code === undefined) return undefined;
  const neverStarted = state.StartedAt !== undefined && startedAt === undefined;
  if (neverStarted) return { kind: "waiting", reason: status };
  const end = outOfMemory === true ? endShortOfMemory(code) : ({ kind: "exited", code } as const);
  return { kind: "ended", end, startedAt, endedAt: millis(state.FinishedAt), planLines };
}
