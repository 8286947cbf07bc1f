import { type Command, InvalidArgumentError } from "commander";
import type { ListedPlan } from "../../evidence.ts";
import { printable } from "../../printable.ts";
import { watchNode } from "../../watch/watch-node.ts";
import type { NodeChange } from "../../watch/watch-options.ts";
import { readPolicy } from "../input/documents.ts";
import { parseMillis } from "../input/millis.ts";
import type { Io } from "../output/io.ts";
import { toJsonLine } from "../output/json.ts";
import { headline } from "../output/render.ts";
import { givenUrl } from "../output/shown-url.ts";
import { LiveTable } from "./live-table.ts";

interface WatchFlags {
  readonly json?: boolean;
  readonly interval: number;
  readonly policy?: string;
  readonly for?: number;
}

/** From so many nodes on, connections are not made all at once, but one in so many ms. */
const CROWD = 50;
const CONNECT_EVERY_MS = 3;

/** `upgrade-halt watch URL...` */
export function addWatch(program: Command, io: Io): void {
  program
    .command("watch")
    .summary("watch nodes and show each change of verdict")
    .description(
      "Reads the /status of nodes again and again: a live table on a terminal, a line for each change in a pipe.",
    )
    .argument("<url...>", "the nodes' RPC addresses")
    .option("--json", "print a line of JSON for each change")
    .option("--interval <ms>", "usual time between two readings of a node", parseMillis, 1_000)
    .option(
      "--policy <file>",
      "listed upgrades as JSON: they corroborate, and near one nodes are read more often",
    )
    .option("--for <seconds>", "stop after this time", parseSeconds)
    .addHelpText(
      "after",
      "\nExamples:\n  $ upgrade-halt watch http://10.0.0.1:26657 http://10.0.0.2:26657\n  $ upgrade-halt watch --json http://127.0.0.1:26657 | jq .verdict.kind",
    )
    .action((urls: string[], flags: WatchFlags) => watchAll(urls, flags, io));
}

async function watchAll(given: readonly string[], flags: WatchFlags, io: Io): Promise<void> {
  const urls = given.map(givenUrl);
  const listed = flags.policy === undefined ? [] : (await readPolicy(flags.policy)).upgrades;
  const stop = new AbortController();
  const forget = io.onSignal(["SIGINT", "SIGTERM"], () => stop.abort());
  io.stdout.once("error", () => stop.abort());
  const timer = flags.for === undefined ? undefined : setTimeout(() => stop.abort(), flags.for * 1_000);
  const live = io.stdout.isTTY === true && io.env.TERM !== "dumb" && flags.json !== true;
  const table = live ? new LiveTable(urls, io) : undefined;
  const show = (change: NodeChange) =>
    table ? table.show(change) : void io.stdout.write(lineOf(change, flags));
  try {
    const startWithinMs = urls.length < CROWD ? 0 : urls.length * CONNECT_EVERY_MS;
    const paced = { ...flags, startWithinMs };
    await Promise.all(urls.map((url) => follow(url, listed, live, paced, stop.signal, show)));
  } finally {
    clearTimeout(timer);
    table?.finish();
    forget();
  }
}

async function follow(
  url: string,
  listed: readonly ListedPlan[],
  heights: boolean,
  { interval: intervalMs, startWithinMs }: WatchFlags & { readonly startWithinMs: number },
  signal: AbortSignal,
  show: (change: NodeChange) => void,
): Promise<void> {
  for await (const change of watchNode(url, { listed, heights, intervalMs, startWithinMs, signal }))
    show(change);
}

function lineOf(change: NodeChange, { json }: WatchFlags): string {
  const at = new Date(change.at).toISOString();
  if (json === true) return toJsonLine({ ...change, at });
  return `${at} ${printable(change.url)} ${headline(change.verdict)}. ${change.verdict.why}\n`;
}

function parseSeconds(text: string): number {
  const seconds = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (seconds > 0) return seconds;
  throw new InvalidArgumentError("Give a number of seconds above 0.");
}
