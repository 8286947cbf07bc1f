import { CommanderError } from "commander";
import { commandLine, usageError } from "./cli/cli.ts";
import { MockNodeError, reasonOf } from "./mock-node-error.ts";
import { runNode } from "./run-node.ts";

const USAGE_EXIT = 64;

try {
  await commandLine(runNode).parseAsync();
} catch (thrown) {
  const error = thrown instanceof CommanderError ? usageError(thrown) : thrown;
  if (error !== undefined) {
    process.stderr.write(`mock-node: ${reasonOf(error)}\n`);
    process.exit(error instanceof MockNodeError && error.code === "usage" ? USAGE_EXIT : 1);
  }
}
