import { globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { printable } from "../../printable.ts";
import type { EvidenceFacts } from "../facts.ts";
import type { RestartRules } from "../fate/restart-rules.ts";
import { parseIni } from "../ini.ts";
import type { ProcessFacts } from "../process.ts";
import type { Supervisor } from "../supervisor.ts";
import { outputOf } from "./output.ts";
import { environmentOf, readProcess } from "./process-table.ts";

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
  const found = programIn(config, environmentOf(started.pid));
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

/** Where supervisord looks, as its documentation has it. */
const USUAL = [
  "../etc/supervisord.conf",
  "../supervisord.conf",
  "supervisord.conf",
  "etc/supervisord.conf",
  "/etc/supervisord.conf",
  "/etc/supervisor/supervisord.conf",
];

function configOf({ args, cwd = "/" }: ProcessFacts): ReadonlyMap<string, Section> | undefined {
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
    const texts = included
      .flatMap((glob) =>
        globSync(join(glob.startsWith("/") ? "" : dirname(file), glob.replaceAll("%(here)s", dirname(file)))),
      )
      .map(textOf);
    return parseIni([text, ...texts].join("\n"));
  }
  return undefined;
}

/** supervisord tells a program its name; the only one needs none. */
function programIn(
  config: ReadonlyMap<string, Section>,
  environment: ReadonlyMap<string, string> | undefined,
): Section | undefined {
  const programs = [...config].filter(([name]) => name.startsWith("program:"));
  const names = [environment?.get("SUPERVISOR_PROCESS_NAME"), environment?.get("SUPERVISOR_GROUP_NAME")];
  const named = programs.find(([name]) => names.includes(name.slice("program:".length).trim()));
  return (named ?? (environment === undefined && programs.length === 1 ? programs[0] : undefined))?.[1];
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

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
