import type { Finding } from "../../doctor/finding.ts";
import type { Io } from "../output/io.ts";
import { paint } from "../output/render.ts";

const WORDS = {
  ok: { text: "ok", style: "green" },
  todo: { text: "TO DO", style: "red" },
  "not-checked": { text: "?", style: "yellow" },
} as const;

/** One line for each finding, and one that counts them. */
export function renderFindings(findings: readonly Finding[], io: Io): string {
  const lines = findings.map((finding) => {
    const { text, style } = WORDS[finding.state];
    const subject = finding.of === undefined ? finding.check : `${finding.check} ${finding.of}`;
    const what = finding.state === "ok" || finding.todo === undefined ? "" : ` ${finding.todo}`;
    return `${paint(style, text.padEnd(6), io)}${subject}: ${finding.found}${what}`;
  });
  const open = findings.filter(({ state }) => state === "todo").length;
  const sum = open === 0 ? "Nothing to do." : `To do: ${open} of ${findings.length}.`;
  return `${[...lines, sum].join("\n")}\n`;
}
