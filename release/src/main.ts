/** `node release/src/main.ts COMMAND`: what the scripts `release:*` of the root run. `--help` lists the commands. */
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { checkChangesets, checkedPlan } from "./check-changesets.ts";
import { renderPlan } from "./plan.ts";
import { ReleaseError } from "./release-error.ts";

const ROOT = dirname(dirname(import.meta.dirname));
const USAGE = `Usage: node release/src/main.ts COMMAND

  plan [--json]        what would be released, and why; changes nothing
  check [--since REF]  each published package that changed since REF (default origin/main) has a changeset
`;
const EXIT_USAGE = 64;

async function run(argv: readonly string[]): Promise<number> {
  const [command, ...args] = argv;
  switch (command) {
    case "plan": {
      const { values } = parseArgs({ args, options: { json: { type: "boolean", default: false } } });
      const plan = await checkedPlan(ROOT);
      process.stdout.write(
        values.json ? `${JSON.stringify({ releases: plan }, null, 2)}\n` : renderPlan(plan),
      );
      return 0;
    }
    case "check": {
      const { values } = parseArgs({ args, options: { since: { type: "string", default: "origin/main" } } });
      await checkChangesets(ROOT, values.since);
      process.stdout.write(`Each published package that changed since ${values.since} has a changeset.\n`);
      return 0;
    }
    case "--help":
      process.stdout.write(USAGE);
      return 0;
    default:
      process.stderr.write(
        `release: ${command === undefined ? "a command is missing" : `unknown command '${command}'`}\n${USAGE}`,
      );
      return EXIT_USAGE;
  }
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const usage = error instanceof TypeError && "code" in error;
  if (!(error instanceof ReleaseError) && !usage) throw error;
  process.stderr.write(`release: ${(error as Error).message}\n`);
  process.exitCode = usage ? EXIT_USAGE : 1;
}
