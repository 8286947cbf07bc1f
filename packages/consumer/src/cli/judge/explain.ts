import {
  exitCode,
  type HaltReason,
  parseExitCode,
  ReservedRange,
  reasonToken,
  ShutdownReason,
} from "@upgrade-halt/contract";
import type { Command } from "commander";
import { evidenceFromExitCode } from "../../adapters/exit-code.ts";
import { classify } from "../../classify.ts";
import { ConsumerError } from "../../consumer-error.ts";
import { MEANINGS } from "../../meanings.ts";
import { printable } from "../../printable.ts";
import type { Verdict } from "../../verdict.ts";
import type { Io } from "../output/io.ts";
import { toJsonLine } from "../output/json.ts";

/** `upgrade-halt explain CODE` */
export function addExplain(program: Command, io: Io): void {
  program
    .command("explain")
    .summary("say what an exit code means and what to do about it")
    .description(
      "Says what an exit code of a chain node means, and what is done about it by default. An exit code alone is a hint, not proof: sysexits.h gives the same numbers other meanings.",
    )
    .argument("<code>", "the exit code, 0 to 255")
    .option("--json", "print one line of JSON")
    .addHelpText("after", "\nExamples:\n  $ upgrade-halt explain 70\n  $ upgrade-halt explain 137 --json")
    .action((code: string, { json }: { json?: boolean }) => {
      const explanation = explain(parseCode(code));
      io.stdout.write(json === true ? toJsonLine(explanation) : `${explanation.text}\n`);
    });
}

function parseCode(code: string): number {
  const number = /^\d{1,3}$/.test(code) ? Number(code) : Number.NaN;
  if (number <= 255) return number;
  throw new ConsumerError("usage", `"${printable(code)}" is no exit code: give a number from 0 to 255.`);
}

interface Explanation {
  readonly code: number;
  readonly kind: Verdict["kind"] | "halt" | "reserved";
  readonly reason?: string;
  readonly range?: ReservedRange;
  readonly text: string;
}

function explain(code: number): Explanation {
  const meaning = parseExitCode(code);
  if (meaning.kind === "reason" && meaning.reason !== ShutdownReason.Unknown)
    return explainHalt(meaning.reason);
  if (meaning.kind === "reserved") return explainReserved(code, meaning.range);
  const { kind, why } = classify(evidenceFromExitCode(code));
  const action = kind === "crashed" ? "left to the supervisor's restarts" : "left alone";
  return { code, kind, text: `${code} announces no halt. ${why} By default: ${action}.` };
}

function explainHalt(reason: HaltReason): Explanation {
  const { happened, action } = MEANINGS[reason];
  const token = reasonToken(reason);
  const code = exitCode(reason);
  return {
    code,
    kind: "halt",
    reason: token,
    text: `${code} is ${token}: ${happened} By default: ${action}`,
  };
}

function explainReserved(code: number, range: ReservedRange): Explanation {
  const { first, last } = ReservedRange[range];
  const text = `${code} is reserved (${first}-${last}, ${range} halts): a newer node halted for something that this program does not know. By default: hold, and page a person.`;
  return { code, kind: "reserved", range, text };
}
