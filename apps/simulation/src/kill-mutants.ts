import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { MUTANTS } from "./mutants.ts";

/** What `simulate` ends with when it found something. */
const FOUND = 1;

/** Plays each mutant for `steps` steps at most, and says which of them nobody noticed. Resolves to the exit code. */
export async function killMutants(seed: number, steps: number): Promise<number> {
  let survivors = 0;
  for (const { name } of MUTANTS) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        "--import",
        new URL("./mutate.ts", import.meta.url).href,
        join(import.meta.dirname, "main.ts"),
        "--seed",
        String(seed),
        "--steps",
        String(steps),
      ],
      { encoding: "utf8", env: { ...process.env, UPGRADE_HALT_MUTANT: name }, maxBuffer: 64 * 1024 * 1024 },
    );
    const [, found = ""] = /^(seed \d+ broke .*?);? looking/m.exec(stdout) ?? [];
    const isKilled = status === FOUND && found !== "";
    if (!isKilled) survivors += 1;
    console.log(
      `${isKilled ? "found" : "NOT FOUND"}: ${name}${isKilled ? `: ${found}` : `\n${stderr}${stdout.slice(-500)}`}`,
    );
  }
  console.log(
    `${MUTANTS.length - survivors} of ${MUTANTS.length} mutants found, ${steps} steps each at most`,
  );
  return survivors === 0 ? 0 : 1;
}
