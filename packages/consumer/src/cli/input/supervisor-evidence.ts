import { z } from "@upgrade-halt/contract/zod";
import { evidenceFromSystemd } from "../../adapters/systemd.ts";
import { ConsumerError } from "../../consumer-error.ts";
import type { EndedProcess, Evidence, ProcessEnd } from "../../evidence.ts";
import { printable } from "../../printable.ts";
import { signalName } from "../../process-end.ts";
import { parseDocument } from "./documents.ts";

const RUNS: Evidence = { process: { kind: "running" } };

const ended = (end: ProcessEnd): Evidence => ({ process: { kind: "ended", end } });
const exited = (code: string): Evidence => ended({ kind: "exited", code: Number(code) });
const signalled = (signal: string): Evidence => ended({ kind: "signalled", signal });

function unfit(problem: string): ConsumerError {
  return new ConsumerError("failure", `${problem}.`);
}

/** `si_code` of a child that ended, as systemd writes `ExecMainCode` and as it names it to a hook. */
const MAIN_CODES: Readonly<Record<string, string>> = { 1: "exited", 2: "killed", 3: "dumped" };

/** What `systemctl show UNIT` prints, as evidence of the unit's main process. */
export function unitEvidence(text: string): Evidence {
  const told = new Map(text.split("\n").map((line) => [line.split("=", 1)[0], line.replace(/^[^=]*=/, "")]));
  if ([...text.matchAll(/^MainPID=/gm)].length > 1)
    throw unfit("it tells of several units: ask about one at a time");
  const [pid, how, status] = ["MainPID", "ExecMainCode", "ExecMainStatus"].map((name) => told.get(name));
  if (pid === undefined || how === undefined || status === undefined)
    throw unfit("it has no MainPID, ExecMainCode and ExecMainStatus, as systemctl show UNIT prints them");
  if (Number(pid) > 0) return RUNS;
  const word = MAIN_CODES[how];
  if (word === undefined) return { process: { kind: "waiting", reason: told.get("ActiveState") } };
  return evidenceFromSystemd({
    SERVICE_RESULT: told.get("Result"),
    EXIT_CODE: word,
    EXIT_STATUS: word === "exited" ? status : signalName(Number(status)).replace("SIG", ""),
  });
}

const Pm2Schema = z.array(
  z.object({
    name: z.string(),
    pm2_env: z.object({ status: z.string(), exit_code: z.int().nullish() }),
  }),
);
const PM2_RUNS: ReadonlySet<string> = new Set(["online", "launching", "stopping"]);

/** What `pm2 jlist` prints, as evidence of the process of a name, or of the only one. It may say something else first. */
export function pm2Evidence(text: string, name: string | undefined): Evidence {
  const list = parseDocument(Pm2Schema, text.trim().split("\n").at(-1) ?? "", "the list of pm2");
  const app = onlyOne(list, (one) => one.name, name);
  const { status, exit_code: code } = app.pm2_env;
  if (PM2_RUNS.has(status)) return RUNS;
  // pm2 writes 0 for a process that a signal ended as well.
  return ended(code ? { kind: "exited", code } : { kind: "unrecorded" });
}

const EVENT =
  /^(\d{4}-\d\d-\d\d) ([\d:]{8}),(\d{3}) (?:INFO|WARN) (exited|stopped|spawned): '?([^\s']+)'? (?:\((.*)\)|with pid \d+)$/;

/** One run of a program. Its times are of a zone that the log does not name: they tell how long it was. */
interface Run {
  readonly startedAt?: number | undefined;
  readonly endedAt?: number;
  readonly end?: ProcessEnd;
}

/**
 * The log of supervisord, as evidence of the program of a name, or of the only one: how its last run ended, and the one before that,
 * which may have announced a halt; or that it runs.
 */
export function supervisordEvidence(text: string, name: string | undefined): Evidence {
  const programs = new Map<string, readonly Run[]>();
  for (const line of text.split("\n")) {
    const [, day, time, millis, what, program, how = ""] = EVENT.exec(line) ?? [];
    if (program === undefined) continue;
    const at = Date.parse(`${day}T${time}.${millis}Z`);
    const runs = programs.get(program) ?? [];
    const { startedAt, end } = runs.at(-1) ?? {};
    const run: Run = { startedAt: end === undefined ? startedAt : undefined, endedAt: at, end: endIn(how) };
    const before = end === undefined ? runs.slice(0, -1) : runs.slice(-1);
    programs.set(program, what === "spawned" ? [...runs.slice(-1), { startedAt: at }] : [...before, run]);
  }
  const [, runs] = onlyOne([...programs], ([program]) => program, name);
  const [last, before] = runs.toReversed();
  if (last?.end === undefined) return RUNS;
  return { process: endedIn(last, last.end), previous: before?.end && endedIn(before, before.end) };
}

function endIn(how: string): ProcessEnd {
  const [, code, signal] = /^(?:exit status (\d+)|terminated by (SIG\w+))/.exec(how) ?? [];
  if (code !== undefined) return { kind: "exited", code: Number(code) };
  return signal === undefined ? { kind: "unrecorded" } : { kind: "signalled", signal };
}

function endedIn({ startedAt, endedAt }: Run, end: ProcessEnd): EndedProcess {
  return { kind: "ended", end, startedAt, endedAt };
}

/** What `s6-svstat DIR` prints. */
export function s6Evidence(text: string): Evidence {
  if (/^up \(pid \d+/.test(text)) return RUNS;
  const [, code, signal] = /^down \((?:exitcode (\d+)|signal (SIG\w+))\)/.exec(text) ?? [];
  if (code !== undefined) return exited(code);
  if (signal !== undefined) return signalled(signal);
  throw unfit("it is not what s6-svstat DIR prints of a service");
}

/** The arguments of a `finish` of runit or s6: the exit code, or what is none after a signal; and the signal's number, or 0. */
export function finishEvidence(text: string): Evidence {
  const [, code = "", signal = ""] = /^\s*(-1|\d{1,3}) (\d{1,3})\b/.exec(text) ?? [];
  if (code === "") throw unfit('it is not what a finish of runit or s6 is given, such as "70 0"');
  if (code !== "-1" && Number(code) < 256) return exited(code);
  return signalled(signalName(Number(signal)));
}

function onlyOne<T>(all: readonly T[], nameOf: (one: T) => string, name: string | undefined): T {
  const [found, ...others] = name === undefined ? all : all.filter((one) => nameOf(one) === name);
  if (found !== undefined && others.length === 0) return found;
  const names = printable([...new Set(all.map(nameOf))].join(", ")) || "none";
  throw new ConsumerError("usage", `Say which process with --container: it tells of ${names}.`);
}
