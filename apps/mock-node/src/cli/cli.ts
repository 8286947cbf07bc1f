import { hostname } from "node:os";
import { HALT_STEPS } from "@upgrade-halt/producer";
import { Command, Option } from "commander";
import { LEGACY } from "../legacy-halt.ts";
import { MockNodeError } from "../mock-node-error.ts";
import type { NodeOptions } from "../options.ts";
import { FLAVORS, INTENT_INTEGERS } from "../rpc/node-view.ts";
import { duration, folder, height, heights, names, planAtHeight, rpcAddress } from "./cli-values.ts";
import { versionLine } from "./version.ts";

/** The options as commander hands them over: named by their flags, values parsed. */
type Flags = Omit<NodeOptions, "rpc" | "blockTimeMs" | "shutdownTimeoutMs" | "skipHeights" | "plansFile"> & {
  readonly "rpc.laddr": NodeOptions["rpc"];
  readonly blockTime: number;
  readonly shutdownTimeout: number;
  readonly plans: string | undefined;
  readonly unsafeSkipUpgrades: readonly number[];
};

/** The program's command line. `start` is called with checked options, and its promise waited for. */
export function commandLine(start: (options: NodeOptions) => Promise<void>): Command {
  const program = new Command("mock-node")
    .description("A stand-in for seid: blocks, upgrade plans, x/upgrade decisions and Sei-faithful RPC.")
    .version(versionLine(), "-V, --version", "print its version, the contract's and its commit")
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  const command = program
    .command("start")
    .description("Run a node. It halts, with the reason's exit code, as x/upgrade decides.");
  program.command("version", { hidden: true }).action(() => void process.stdout.write(`${versionLine()}\n`));
  addNode(command);
  addChain(command);
  addFaults(command);
  command.action(async (flags: Flags) => start(nodeOptions(flags)));
  return program;
}

/** A commander error as one sentence; `undefined` for what is no failure, such as `--help`. */
export function usageError(thrown: {
  readonly exitCode: number;
  readonly message: string;
}): MockNodeError | undefined {
  if (thrown.exitCode === 0) return undefined;
  const sentence =
    thrown.message === "(outputHelp)" ? "a command is missing" : thrown.message.replace(/^error: /, "");
  return new MockNodeError("usage", `${sentence.replaceAll("\n", " ")} (see mock-node start --help)`);
}

function addNode(start: Command): void {
  start
    .optionsGroup("Node:")
    .requiredOption("--home <dir>", "folder that the node's state lives in", folder)
    .addOption(
      new Option("--image <reference>", "release that this node is; its tag decides the upgrade handlers")
        .env("MOCK_NODE_IMAGE")
        .default("v0"),
    )
    .option("--handlers <names>", "upgrade handlers of this release, instead of what its tag says", names)
    .option("--halt-stay-alive", "after a halt, keep serving RPC until a stop signal", false)
    .addOption(
      new Option(
        "--legacy <end>",
        "know of no contract: end with a panic (2), or live on with consensus stopped",
      )
        .choices(LEGACY)
        .conflicts("haltStayAlive"),
    )
    .addOption(
      new Option("--shutdown-timeout <duration>", "how long a halt waits for what does not stop")
        .default(5_000, "5s")
        .argParser(duration),
    )
    .option("--moniker <name>", "name of the node", hostname())
    .addOption(
      new Option("--log-format <format>", "format of the log").choices(["json", "plain"]).default("plain"),
    )
    .optionsGroup("RPC:")
    .addOption(
      new Option("--rpc.laddr <address>", "where RPC listens; port 0 takes a free one")
        .default({ host: "127.0.0.1", port: 26657 }, "tcp://127.0.0.1:26657")
        .argParser(rpcAddress),
    )
    .option("--port-file <file>", "file to write the RPC port to")
    .addOption(new Option("--flavor <kind>", "whose RPC to speak").choices(FLAVORS).default("sei"))
    .addOption(
      new Option("--intent-integers <form>", "how /status writes reason and height of the intent")
        .choices(INTENT_INTEGERS)
        .default("numbers"),
    )
    .option("--peer-height <height>", "height that peers claim to be at", height);
}

function addChain(start: Command): void {
  start
    .optionsGroup("Chain:")
    .option("--chain-id <id>", "name of the chain", "mock-1")
    .addOption(
      new Option("--block-time <duration>", "time from block to block")
        .default(400, "400ms")
        .argParser(duration),
    )
    .option("--initial-height <height>", "height of a new chain's first block", height, 1)
    .option("--plans <file>", 'the chain\'s plans, in order: [{"name","height","info","cancelled_at"}]')
    .option("--unsafe-skip-upgrades <heights>", "heights at which a due plan is cleared", heights, [])
    .option("--halt-height <height>", "stop with exit code 0 after this block", height)
    .addOption(
      new Option("--freeze-height <height>", "stop making blocks before this one, keep serving")
        .argParser(height)
        .conflicts("haltHeight"),
    )
    .option(
      "--hold-heights <heights>",
      "wait before each of these blocks for a SIGUSR2, keep serving",
      heights,
      [],
    );
}

function addFaults(start: Command): void {
  start
    .optionsGroup("Faults, for tests of a supervisor:")
    .option(
      "--fault-panic-at <height>",
      "end like a Go panic, with 2, at the beginning of this block",
      height,
    )
    .option("--fault-error-at <height>", "end with 1 at the beginning of this block", height)
    .option(
      "--fault-oom-at <height>",
      "be killed, as for want of memory, at the beginning of this block",
      height,
    )
    .option(
      "--fault-hang-at <height>",
      "hang, deaf to all but SIGKILL, at the beginning of this block",
      height,
    )
    .addOption(
      new Option("--fault-kill-after <step>", "be killed right after this step of the halt").choices(
        HALT_STEPS,
      ),
    )
    .option("--fault-slow-status <duration>", "answer GET /status after this time", duration)
    .option("--fault-endless-status", "never end the answer of GET /status")
    .option("--fault-populate", "fail to populate the halt intent of /status")
    .option(
      "--fault-forged-halt <plan@height>",
      "make blocks, and claim on /status to have halted for this plan",
      planAtHeight,
    )
    .option("--fault-hang-shutdown", "never stop serving by itself");
}

function nodeOptions(flags: Flags): NodeOptions {
  const { "rpc.laddr": rpc, blockTime, shutdownTimeout, unsafeSkipUpgrades, plans, ...same } = flags;
  return {
    ...same,
    rpc,
    blockTimeMs: blockTime,
    shutdownTimeoutMs: shutdownTimeout,
    skipHeights: unsafeSkipUpgrades,
    plansFile: plans,
  };
}
