import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { quantile } from "./quantile.ts";

/** For both sides, as one would start a process that only watches: V8 keeps up to 64 MB for short-lived objects by itself. */
export const FLAGS: readonly string[] = ["--max-semi-space-size=8"];

/** What polling cost one process. */
export interface Cost {
  /** Of one core. */
  readonly cpuShare: number;
  readonly rssMb: number;
  readonly perSecond: number;
}

export interface PollingResult extends Cost {
  /** How long after its halt a node was seen halted, in ms. */
  readonly seenP50Ms: number;
  readonly seenP99Ms: number;
  readonly seenLastMs: number;
  readonly unseen: number;
}

/** Polls `count` nodes of another process once a second for `seconds`, as `mode` does it. */
export async function benchPolling(
  mode: "watch" | "bare",
  count: number,
  seconds: number,
): Promise<PollingResult> {
  const nodes = forkScript("nodes.ts", [count, 3 * count, seconds]);
  try {
    const haltedAt = new Map<string, number>();
    const [{ port }] = (await once(nodes, "message")) as [{ port: number }];
    nodes.on("message", ({ address, at }: Sighting) => haltedAt.set(address, at));
    const { cost, seenAt } = await runPoller(mode, count, port, seconds);
    const waits = [...seenAt].map(([address, at]) => at - (haltedAt.get(address) ?? Number.NaN));
    const seen = {
      seenP50Ms: quantile(waits, 0.5),
      seenP99Ms: quantile(waits, 0.99),
      seenLastMs: quantile(waits, 1),
    };
    return { ...cost, ...seen, unseen: haltedAt.size - seenAt.size };
  } finally {
    nodes.kill();
    await once(nodes, "exit");
  }
}

interface Sighting {
  readonly address: string;
  readonly at: number;
}

interface Report {
  readonly cost: Cost;
  readonly sightings: readonly Sighting[];
}

async function runPoller(mode: string, count: number, port: number, seconds: number) {
  const poller = forkScript("poller.js", [mode, count, port, seconds]);
  let seen: Report | undefined;
  poller.on("message", (message: Report) => {
    seen = message;
  });
  // Its last message may arrive after its end: the channel is read out before it disconnects.
  const [[code]] = await Promise.all([once(poller, "exit"), once(poller, "disconnect")]);
  if (code !== 0 || seen === undefined) throw new Error(`the poller ended with ${code} and no figures`);
  const seenAt = new Map<string, number>();
  for (const { address, at } of seen.sightings) if (!seenAt.has(address)) seenAt.set(address, at);
  return { cost: seen.cost, seenAt };
}

function forkScript(script: string, args: readonly (string | number)[]): ChildProcess {
  return fork(join(import.meta.dirname, script), args.map(String), {
    stdio: "inherit",
    execArgv: [...FLAGS],
  });
}
