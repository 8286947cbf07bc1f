/**
 * How long cosmovisor takes from a node's last line to what it does about it: `node cosmovisor/measure.ts [RUNS]`. Prints
 * milliseconds until the plan's binary starts, or until cosmovisor has ended, for each way in which a node can end.
 */
import { until } from "@upgrade-halt/testing";
import { type Layout, SupervisedNode } from "./supervised-node.ts";

const runs = Number(process.argv[2] ?? 10);

interface Case {
  readonly layout: Layout;
  /** What the node says as it halts or crashes. */
  readonly last: string;
  /** Run first, to its plan's height, so that the data is of a later release. */
  readonly before?: Layout;
}

const young = ["--initial-height=3"];
const CASES: Readonly<Record<string, Case>> = {
  "exits with 70": { layout: { genesis: "v6.5", upgrades: ["v6.6"] }, last: "NEEDED at height" },
  "stays alive": {
    layout: { genesis: "v6.5", upgrades: ["v6.6"], flags: ["--halt-stay-alive"] },
    last: "NEEDED at height",
  },
  "exits with 70, no such binary": { layout: { genesis: "v6.5" }, last: "NEEDED at height" },
  "exits with 71": { layout: { genesis: "v6.7", flags: young }, last: "BINARY UPDATED BEFORE TRIGGER!" },
  "exits with 72": {
    layout: { genesis: "v6.5" },
    last: "upgrade handler is missing",
    before: { genesis: "v6.6", flags: young },
  },
  "crashes with 2": {
    layout: { genesis: "v6.6", flags: [...young, "--fault-panic-at=5"] },
    last: "panic: ",
  },
};

async function lastLineToAction({ layout, last, before }: Case): Promise<number> {
  await using node = new SupervisedNode();
  if (before !== undefined) {
    const first = await node.start(before);
    await until("the plan to be applied", async () => ((await node.height()) ?? 0) > 3);
    await node.stop(first);
  }
  const supervisor = await node.start(layout);
  let ended = false;
  void supervisor.ended.then(() => {
    ended = true;
  });
  await until(last, () => supervisor.output().includes(last));
  const haltedAt = performance.now();
  await until(
    "cosmovisor to act",
    () => ended || supervisor.output().includes("release v6.6 starts", startOf(supervisor)),
  );
  return performance.now() - haltedAt;
}

/** The first binary says that it starts, too: only what comes after that counts. */
function startOf({ output }: { readonly output: () => string }): number {
  return output().indexOf("starts") + 1;
}

for (const [name, described] of Object.entries(CASES)) {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) times.push(await lastLineToAction(described));
  times.sort((a, b) => a - b);
  const [fastest = 0, median = 0, slowest = 0] = [0, runs >> 1, runs - 1].map((i) =>
    Math.round(times[i] ?? 0),
  );
  process.stdout.write(
    `${name}: ${fastest} to ${slowest} ms, median ${median} ms (${runs} runs, looked at every 50 ms)\n`,
  );
}
