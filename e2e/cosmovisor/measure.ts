/**
 * How long cosmovisor takes from a node's halt line to the start of the plan's binary: `node cosmovisor/measure.ts
 * [RUNS]`. Prints milliseconds for a node that exits with 70 and for one that stays alive.
 */
import { until } from "../harness/wait.ts";
import { SupervisedNode } from "./supervised-node.ts";

const runs = Number(process.argv[2] ?? 10);

async function haltToStart(flags: readonly string[]): Promise<number> {
  await using node = new SupervisedNode();
  const supervisor = await node.start({ genesis: "v6.5", upgrades: ["v6.6"], flags });
  const said = (words: string) => until(() => supervisor.output().includes(words), { what: words });
  await until(() => supervisor.output().includes("NEEDED at height"), { what: "the halt line" });
  const haltedAt = performance.now();
  await said("release v6.6 starts");
  const took = performance.now() - haltedAt;
  return took;
}

for (const [name, flags] of Object.entries({ "exits with 70": [], "stays alive": ["--halt-stay-alive"] })) {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) times.push(await haltToStart(flags));
  times.sort((a, b) => a - b);
  const [fastest = 0, median = 0, slowest = 0] = [0, runs >> 1, runs - 1].map((i) =>
    Math.round(times[i] ?? 0),
  );
  process.stdout.write(
    `${name}: ${fastest} to ${slowest} ms, median ${median} ms (${runs} runs, looked at every 50 ms)\n`,
  );
}
