import { exitCode } from "@upgrade-halt/contract";
import { HALT_REASONS } from "../../halt-reasons.ts";
import type { Fate, SeenEnd } from "./fate.ts";

/** What a `finish` is told as `$1` of an end by a signal: runit -1, s6 256. */
const OF_SIGNAL = { runit: "-1", s6: "256" } as const;

/** What makes this very service stay down: `sv down .`, `s6-svc -d .`, or the exit code 125 of an s6 `finish`. */
const HOLDS =
  /^(?:exec\s+)?(?:sv\s+(?:-\S+\s+)*(?:d|o|down|once)\s+\.\/?|s6-svc\s+-\w*[dO]\w*\s+\.\/?|exit\s+125)$/;
const PERMAFAIL = /^(?:exec\s+)?s6-permafailon\s+\d+\s+(\d+)\s+(\S+)\s+\S/;
/** What may do this or that, and what speaks of holding in a way that is not understood. */
const UNCLEAR =
  /&&|\|\||[|&`]|\$\(|\b(?:if|while|until|for|case|function|trap|eval|sv|s6-\w+|exit|exec|return)\b/;

/**
 * What the `finish` of a service makes of an end. A script cannot be tried, so its text is read, and only two shapes of it are
 * understood: a `case "$1"` whose branch does nothing but hold, and `s6-permafailon`. Of any other it is not sure.
 */
export function finishFate(script: string | undefined, of: "runit" | "s6", end: SeenEnd): Fate {
  const text = (script ?? "").replace(/(^|\s)#.*$/gm, "$1").trim();
  if (text === "") return "started-again";
  const told = end.kind === "exited" ? String(end.code) : OF_SIGNAL[of];
  const [found, patterns = ""] = CASE.exec(text) ?? [];
  if (found === undefined) return permafailFate(statementsIn(text), end);
  const [before = "", after = ""] = text.split(found);
  if (/\bexit\b/.test(before) || [...statementsIn(before), ...statementsIn(after)].some(isUnclear))
    return "unsure";
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
  return more.length === 0 && HOLDS.test(unclear) ? "stays-down" : "unsure";
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
