import { type SeededRun, type SeededRunUsage, seededRunOf } from "./seeded-run-options.ts";

/**
 * Runs a script as this process's command line says, with any seed where it gives none, and sets the exit
 * code that `play` resolves to. `--help` and a wrong option are answered instead.
 */
export async function runSeeded(
  usage: SeededRunUsage,
  play: (run: SeededRun) => Promise<number>,
): Promise<void> {
  const told = seededRunOf(process.argv.slice(2), usage, () => Math.floor(Math.random() * 2 ** 31));
  if (told.kind === "run") {
    process.exitCode = await play(told);
    return;
  }
  console[told.kind === "help" ? "log" : "error"](told.text);
  process.exitCode = told.exitCode;
}
