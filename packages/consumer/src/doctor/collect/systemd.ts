import { userInfo } from "node:os";
import type { EvidenceFacts, HookFacts, JournalFacts } from "../facts.ts";
import type { RestartRules } from "../fate/restart-rules.ts";
import { baseName } from "../process.ts";
import { hasUserScript } from "../shell-script.ts";
import { isShell } from "../wrapper.ts";
import { type Reader, readableFor } from "./readable-for.ts";
import { type Env, runProgram } from "./run-program.ts";
import { startsUnits } from "./starts-units.ts";

/** A unit as `systemctl show` tells it. */
export interface Unit {
  readonly name: string;
  readonly mainPid: number;
  /** The command line of `ExecStart=`. */
  readonly command: readonly string[];
  readonly rules: RestartRules;
  readonly evidence: EvidenceFacts;
}

export type UnitReading =
  | { readonly kind: "unit"; readonly unit: Unit }
  | { readonly kind: "none"; readonly why: string };

const PROPERTIES =
  "Id,LoadState,NeedDaemonReload,MainPID,Restart,RestartPreventExitStatus,RestartForceExitStatus,SuccessExitStatus,FailureAction,SuccessAction,OnFailure,OnSuccess,UpheldBy,RequiredBy,WantedBy,BoundBy,TriggeredBy,User,DynamicUser,Group,SupplementaryGroups,StandardOutput,StandardError,LogNamespace,ExecStart,ExecStopEx,ExecStopPostEx";

/** Asks systemd for a unit, its own user's with `isUser`. */
export async function readUnit(name: string, isUser: boolean, env: Env): Promise<UnitReading> {
  const manager = isUser ? ["--user"] : [];
  const answer = await runProgram(
    "systemctl",
    [...manager, "show", `--property=${PROPERTIES}`, "--", name],
    env,
  );
  if (answer.kind === "failed") return { kind: "none", why: answer.why };
  if (answer.code !== 0)
    return { kind: "none", why: `systemctl show ended with ${answer.code}: ${answer.stderr.trim()}` };
  const properties = propertiesIn(answer.stdout);
  const first = (key: string) => properties.get(key)?.[0] ?? "";
  if (first("LoadState") !== "loaded")
    return { kind: "none", why: `the unit ${name} is ${first("LoadState") || "not known to systemd"}` };
  const user =
    first("User") ||
    (first("DynamicUser") === "yes" ? "a dynamic user" : isUser ? userInfo().username : undefined);
  const groups = [
    ...wordsOf(first("Group")),
    ...(await groupsOfUser(user, env)),
    ...wordsOf(first("SupplementaryGroups")),
  ];
  const reader = user === undefined ? undefined : { user, groups };
  const hook = await hookOf(properties.get("ExecStopPostEx") ?? [], reader, env);
  return {
    kind: "unit",
    unit: {
      name: first("Id") || name,
      mainPid: Number(first("MainPID")),
      command: withScript(wordsOf(argvOf(first("ExecStart")))),
      rules: first("NeedDaemonReload") === "yes" ? CHANGED : rulesOf(properties),
      evidence: {
        kind: "systemd",
        user,
        groups,
        output: first("StandardOutput"),
        error: first("StandardError"),
        logNamespace: first("LogNamespace"),
        hook,
        journal: await readJournal(first("Id") || name, manager, env),
      },
    },
  };
}

/** Which of the two holds at a halt nobody knows: what is on disk does after a reload, such as that of an installed package. */
const CHANGED: RestartRules = {
  kind: "unseen",
  why: "its files were changed since systemd read them",
  instead: "Run systemctl daemon-reload, and ask again.",
};

type Properties = ReadonlyMap<string, readonly string[]>;

function rulesOf(properties: Properties): RestartRules {
  const first = (key: string) => properties.get(key)?.[0] ?? "";
  const words = (key: string) => wordsOf(first(key));
  return {
    kind: "systemd",
    restart: first("Restart"),
    prevented: words("RestartPreventExitStatus"),
    forced: words("RestartForceExitStatus"),
    success: words("SuccessExitStatus"),
    isAlwaysClean: / ignore_errors=yes ;/.test(first("ExecStart")),
    afterwards: {
      failureAction: first("FailureAction"),
      successAction: first("SuccessAction"),
      onFailure: words("OnFailure"),
      onSuccess: words("OnSuccess"),
      upheldBy: words("UpheldBy"),
      pulledInBy: servicesIn(["RequiredBy", "WantedBy", "BoundBy"].flatMap(words)),
      triggeredBy: words("TriggeredBy"),
      startingHooks: ["ExecStop", "ExecStopPost"].filter((key) =>
        (properties.get(`${key}Ex`) ?? []).some((command) => startsUnits(argvOf(command))),
      ),
    },
  };
}

function propertiesIn(text: string): Properties {
  const properties = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const at = line.indexOf("=");
    if (at < 1) continue;
    const key = line.slice(0, at);
    properties.set(key, [...(properties.get(key) ?? []), line.slice(at + 1)]);
  }
  return properties;
}

/** A target is started once, and by a person; a service that restarts starts what it pulls in again and again. */
const servicesIn = (units: readonly string[]) => [
  ...new Set(units.filter((unit) => unit.endsWith(".service"))),
];
const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");
/** `{ path=/bin/x ; argv[]=/bin/x a b ; flags=privileged ; ... }` */
const argvOf = (command: string): string =>
  / argv\[\]=(.*?) ; (?:ignore_errors|flags)=/.exec(command)?.[1] ?? "";

/** systemd shows a command without its quotes: all that follows `sh -c` is the script. */
function withScript(words: readonly string[]): readonly string[] {
  const at = words.findIndex(
    (word, index) =>
      (isShell(baseName(words[index - 1] ?? "")) && /^-[a-z]*c$/i.test(word)) ||
      (/^(?:-[a-z]*c|--command)$/.test(word) && hasUserScript(words.slice(0, index + 1))),
  );
  return at < 0 ? words : [...words.slice(0, at + 1), words.slice(at + 1).join(" ")];
}

async function hookOf(commands: readonly string[], user: Reader, env: Env): Promise<HookFacts | undefined> {
  const command = commands.find((text) => /\bsystemd-hook\b/.test(argvOf(text)));
  if (command === undefined) return undefined;
  const words = wordsOf(argvOf(command));
  const isPrivileged = /\b(?:privileged|no-setuid)\b/.test(/ flags=(.*?) ; /.exec(command)?.[1] ?? "");
  const path = words.find((word) => word.startsWith("--log="))?.slice(6) ?? words[words.indexOf("--log") + 1];
  const hasLog = words.some((word) => /^--log(?:=|$)/.test(word));
  const reader = isPrivileged ? undefined : user;
  const log = hasLog && path !== undefined ? await readableFor(reader, "", path, env) : undefined;
  return { journal: words.includes("--journal"), log, isPrivileged };
}

async function groupsOfUser(user: string | undefined, env: Env): Promise<string[]> {
  if (user === undefined || /\s/.test(user)) return [];
  const answer = await runProgram("id", ["-nG", user], env);
  return answer.kind === "ended" && answer.code === 0 ? wordsOf(answer.stdout) : [];
}

async function readJournal(unit: string, manager: readonly string[], env: Env): Promise<JournalFacts> {
  const asked = [...manager, `--unit=${unit}`, "--lines=1", "--output=cat", "--no-pager"];
  const answer = await runProgram("journalctl", asked, env);
  if (answer.kind === "failed") return { kind: "missing" };
  const words = answer.stderr.trim().split("\n")[0] ?? "";
  const isRefused = /permission|not seeing messages/i.test(answer.stderr);
  return answer.code === 0 && !isRefused ? { kind: "readable" } : { kind: "refused", words };
}
