import { exitCode } from "@upgrade-halt/contract";
import { HALT_REASONS } from "../../halt-reasons.ts";
import type { Fate, SeenEnd } from "./fate.ts";

/** What a `finish` is told as `$1` of an end by a signal: runit -1, s6 256. */
const OF_SIGNAL = { runit: "-1", s6: "256" } as const;

/** What makes this very service stay down. Of runit the exit code of a `finish` tells nothing. */
const HOLDS = {
  runit: /^(?:exec\s+)?sv\s+(?:-\S+\s+)*(?:d|o|down|once)\s+\.\/?$/,
  s6: /^(?:(?:exec\s+)?s6-svc\s+-(?=\w*[dO])[^\WTorRuUw]+\s+\.\/?|exit\s+125)$/,
} as const;
const PERMAFAIL = /^(?:exec\s+)?s6-permafailon\s+\d+\s+(\d+)\s+(\S+)\s+\S/;
/**
 * What may do this or that, what speaks of holding in a way that is not understood, and what changes which folder `.` is, what `$1`
 * is, or whether the script goes on.
 */
const UNCLEAR =
  /&&|\|\||[|&`]|\$\(|^\.\s|\b(?:if|while|until|for|case|function|trap|eval|sv|s6-\w+|exit|exec|return|cd|chdir|pushd|shift|set|source|alias)\b/;
/** What is over at once: s6 kills a `finish` after five seconds, and starts the service again. */
const SHORT = /^(?:(?:echo|printf|true|:|exit|(?:exec )?s6-svc)(?: |$)|\w+=\S*$)/;

/** What waits for nobody: who opens another file may wait, where it is a pipe with a name, until it is read. */
const AT_ONCE = /\d*(?:>>?|<)\s*\/dev\/null(?=\s|$)/g;

function isShort(statement: string): boolean {
  const unquoted = statement.replace(/'[^']*'|"[^"]*"/g, "");
  return SHORT.test(statement) && !/[<>]/.test(unquoted.replace(AT_ONCE, ""));
}

/**
 * What the `finish` of a service makes of an end. A script cannot be tried, so its text is read, and only two shapes of it are
 * understood: a `case "$1"` whose branch does nothing but hold, and `s6-permafailon`. Of any other it is not sure.
 */
export function finishFate(script: string | undefined, of: "runit" | "s6", end: SeenEnd): Fate {
  const text = (script ?? "").replace(/(^|\s)#.*$/gm, "$1").trim();
  if (text === "") return "started-again";
  const told = end.kind === "exited" ? String(end.code) : OF_SIGNAL[of];
  const [found, patterns = ""] = CASE.exec(text) ?? [];
  if (found === undefined) return of === "s6" ? permafailFate(statementsIn(text), end) : "unsure";
  const [before = "", after = ""] = text.split(found);
  if (/\bexit\b/.test(before) || [...statementsIn(before), ...statementsIn(after)].some(isUnclear))
    return "unsure";
  const mayLast = (statements: readonly string[]) => of === "s6" && !statements.every(isShort);
  const branches = patterns.split(";;").flatMap((branch) => branchIn(branch) ?? []);
  const [body = []] = branches
    .filter(({ pattern }) => matches(pattern, told))
    .map(({ statements }) => statements);
  if (
    !branches.some(({ pattern }) => HALT_REASONS.some((reason) => matches(pattern, String(exitCode(reason)))))
  )
    return "unsure";
  const [unclear, ...more] = body.filter(isUnclear);
  if (unclear === undefined) return "started-again";
  if (more.length > 0 || !HOLDS[of].test(unclear)) return "unsure";
  return mayLast([...statementsIn(before), ...body]) ? "unsure" : "stays-down";
}

function isUnclear(statement: string): boolean {
  return statement !== "exit 0" && UNCLEAR.test(statement);
}

const CASE = /(?:^|[;\n])\s*case\s+"?\$(?:1|\{1\})"?\s+in\s([\s\S]*?)\besac\b(?=[ \t]*(?:;|\n|$))/;

function branchIn(text: string) {
  const [, pattern, body] = /^\s*\(?([^()]*)\)([\s\S]*)$/.exec(text) ?? [];
  if (pattern === undefined || body === undefined) return undefined;
  return { pattern, statements: statementsIn(body) };
}

function statementsIn(text: string): readonly string[] {
  return text
    .split(/[;\n]/)
    .map((statement) => statement.trim().replace(/\s+/g, " "))
    .filter((statement) => statement !== "");
}

/** Whether a shell's pattern matches: `70 | 71`, `7[0-2]`, `7?`, `*`. */
function matches(pattern: string, told: string): boolean {
  return pattern.split("|").some((each) => {
    const literal = each.trim().replaceAll(/["']/g, "");
    const parts = literal.split(/(\[[!^]?[\d-]+\]|[?*])/);
    const source = parts.map((part, index) => (index % 2 === 1 ? classOf(part) : escaped(part))).join("");
    return new RegExp(`^${source}$`).test(told);
  });
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

/** `?`, `*`, or a class such as `[0-2]`. */
function classOf(part: string): string {
  if (part === "?") return ".";
  return part === "*" ? ".*" : part.replace("[!", "[^");
}

/**
 * `s6-permafailon secs deaths events prog...`: one such death is enough only where the number says so. For `secs` after it, any
 * other end is held with it.
 */
function permafailFate(statements: readonly string[], end: SeenEnd): Fate {
  const [last = "", ...others] = statements.toReversed();
  const [found, deaths, events = ""] = PERMAFAIL.exec(last) ?? [];
  if (found === undefined || deaths !== "1" || others.some(isUnclear)) return "unsure";
  const isNamed = (code: number) => events.split(",").some((event) => isWithin(code, event));
  return end.kind === "exited" && isNamed(end.code) ? "stays-down" : "unsure";
}

function isWithin(code: number, event: string): boolean {
  const [, low, high = low] = /^(\d+)(?:-(\d+))?$/.exec(event) ?? [];
  return low !== undefined && Number(low) <= code && code <= Number(high);
}
