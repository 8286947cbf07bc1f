import { constants } from "node:os";
import { guardExitCode, listenForStop, printLine } from "@upgrade-halt/producer";
import { GO_PANIC_EXIT, QUIT_DUMP } from "./faults.ts";
import { claimHome } from "./home.ts";
import { createLogger } from "./logger.ts";
import { MockNode } from "./node.ts";
import type { NodeOptions } from "./options.ts";
import { readPlansFile } from "./upgrade/plans-file.ts";

const STDERR = 2;

/** Runs a node in this process, which ends with it. Resolves once it listens; rejects when it can't start. */
export async function runNode(options: NodeOptions): Promise<void> {
  const exit = (code: number): void => process.exit(code);
  const stopRequested = listenForStop(process, (signal) => exit(128 + constants.signals[signal]));
  process.on("SIGQUIT", () => {
    printLine(STDERR, QUIT_DUMP);
    exit(GO_PANIC_EXIT);
  });
  const plans = options.plansFile === undefined ? [] : readPlansFile(options.plansFile);
  const node = new MockNode(options, plans, await claimHome(options.home), {
    log: createLogger(options.logFormat),
    stopRequested,
    kill: (signal) => process.kill(process.pid, signal),
    exit,
  });
  process.on("SIGUSR2", () => node.goOn());
  guardExitCode(process, node.holder);
  await node.run();
}
