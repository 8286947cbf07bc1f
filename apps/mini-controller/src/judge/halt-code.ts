import { parseExitCode, ShutdownReason } from "@upgrade-halt/contract";

/** Whether an exit code stands for a halt, also for one whose reason nobody here knows. */
export function isHaltCode(code: number | undefined): boolean {
  const meaning = parseExitCode(code);
  if (meaning.kind === "reason") return meaning.reason !== ShutdownReason.Unknown;
  return meaning.kind === "reserved";
}
