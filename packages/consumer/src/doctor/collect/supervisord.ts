import { globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { printable } from "../../printable.ts";
import type { EvidenceFacts } from "../facts.ts";
import type { RestartRules } from "../fate/restart-rules.ts";
import { parseIni } from "../ini.ts";
import type { ProcessFacts } from "../process.ts";
import type { Supervisor } from "../supervisor.ts";
import { outputOf } from "./output.ts";
import { environmentOf, readProcess, startOf } from "./process-table.ts";

type Section = ReadonlyMap<string, string>;

/** What supervisord's configuration file says of the program that a process belongs to. */
export function readSupervisord(
  { pid }: Supervisor & { kind: "supervisord" },
  started: ProcessFacts,
): { readonly rules: RestartRules; readonly evidence: EvidenceFacts } {
  const daemon = readProcess(pid);
  const config = daemon === undefined ? undefined : configOf(daemon);
  const goesTo = outputOf(started.pid);
  if (config === undefined)
    return {
      rules: unseen("its configuration file was not found or may not be read"),
      evidence: { kind: "output", goesTo },
    };
  if (config.changedAt > (startOf(pid) ?? 0)) return { rules: CHANGED, evidence: { kind: "output", goesTo } };
  const found = programIn(config.sections, environmentOf(started.pid));
  if (found === undefined)
    return {
      rules: unseen("its configuration does not tell which program is the node"),
      evidence: { kind: "output", goesTo },
    };
  const isLost = ["stdout_logfile", "stderr_logfile"].some((key) =>
    /^(?:none|\/dev\/null)$/i.test(found.get(key) ?? ""),
  );
  return { rules: rulesOf(found), evidence: { kind: "output", goesTo: isLost ? { kind: "null" } : goesTo } };
}

function unseen(why: string): RestartRules {
  return {
    kind: "unseen",
    why,
    instead:
      "Ask again as root, or see that autorestart, exitcodes and startsecs are as docs/supervisors.md has them.",
  };
}

/** Which of the two holds at a halt only supervisord knows: it reads its files when it is told to, and a program's when it adds that. */
const CHANGED: RestartRules = {
  kind: "unseen",
  why: "its files are newer than its process, and whether it has read them as they are is not seen",
  instead:
    'Run supervisorctl update: where supervisorctl reread then says "No config updates to processes", what the files say holds.',
};

interface Config {
  readonly sections: ReadonlyMap<string, Section>;
  /** When one of its files was changed last, in ms since the epoch. */
  readonly changedAt: number;
}

/** Where supervisord looks, as its documentation has it. */
const USUAL = [
  "../etc/supervisord.conf",
  "../supervisord.conf",
  "supervisord.conf",
  "etc/supervisord.conf",
  "/etc/supervisord.conf",
  "/etc/supervisor/supervisord.conf",
];

function configOf({ args, cwd = "/" }: ProcessFacts): Config | undefined {
  const flag = args.findIndex((word) => word === "-c" || word === "--configuration");
  const joined = args.find((word) => word.startsWith("--configuration="))?.slice("--configuration=".length);
  const named = flag < 0 ? joined : args[flag + 1];
  for (const path of named === undefined ? USUAL : [named]) {
    const file = resolve(cwd, path);
    const text = textOf(file);
    if (text === undefined) continue;
    const included = (parseIni(text).get("include")?.get("files") ?? "")
      .split(/\s+/)
      .filter((glob) => glob !== "");
    const files = included.flatMap((glob) =>
      globSync(join(glob.startsWith("/") ? "" : dirname(file), glob.replaceAll("%(here)s", dirname(file)))),
    );
    return {
      sections: parseIni([text, ...files.map(textOf)].join("\n")),
      changedAt: Math.max(...[file, ...files].map(changeOf)),
    };
  }
  return undefined;
}

/** supervisord tells a program its name and its group's: that is the program's own, unless a section makes the group. */
function programIn(
  config: ReadonlyMap<string, Section>,
  environment: ReadonlyMap<string, string> | undefined,
): Section | undefined {
  const programs = [...config].filter(([name]) => name.startsWith("program:"));
  if (environment === undefined) return programs.length === 1 ? programs[0]?.[1] : undefined;
  const [process, group] = ["PROCESS", "GROUP"].map((of) => environment.get(`SUPERVISOR_${of}_NAME`));
  const members = config
    .get(`group:${group}`)
    ?.get("programs")
    ?.split(/\s*,\s*/);
  const name = members === undefined ? (group ?? process) : members.length === 1 ? members[0] : process;
  if (members?.includes(name ?? "") === false) return undefined;
  return programs.find(([section]) => section.slice("program:".length).trim() === name)?.[1];
}

/** What supervisord takes for true and for false; it does not start with another word. */
const TRUE = /^(?:true|yes|on|1)$/;
const FALSE = /^(?:false|no|off|0)$/;
const CODES = /^\d+(?:\s*,\s*\d+)*$/;

/** Of values that are put together elsewhere, such as `%(ENV_X)s`, nothing is known. */
function rulesOf(program: Section): RestartRules {
  const autorestart = program.get("autorestart") ?? "unexpected";
  const codes = program.get("exitcodes") ?? "0";
  const seconds = program.get("startsecs") ?? "1";
  const word = wordOf(autorestart.toLowerCase());
  if (word === undefined) return unseen(`its autorestart is ${printable(autorestart)}`);
  if (!CODES.test(codes)) return unseen(`its exitcodes are ${printable(codes)}`);
  if (!/^\d+$/.test(seconds)) return unseen(`its startsecs is ${printable(seconds)}`);
  return {
    kind: "supervisord",
    autorestart: word,
    exitCodes: [...codes.matchAll(/\d+/g)].map(Number),
    startSeconds: Number(seconds),
  };
}

function wordOf(text: string): "true" | "false" | "unexpected" | undefined {
  if (text === "unexpected") return text;
  if (TRUE.test(text)) return "true";
  return FALSE.test(text) ? "false" : undefined;
}

/** The later of a change to a file and of the move of another into its place. */
function changeOf(path: string): number {
  try {
    const { mtimeMs, ctimeMs } = statSync(path);
    return Math.max(mtimeMs, ctimeMs);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
