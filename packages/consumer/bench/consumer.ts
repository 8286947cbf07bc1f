/**
 * The consumer's figures in one run: `node bench/consumer.ts [--seconds 60] [--few 100] [--nodes 1000] [--many 10000]
 * [--parts judgement,polling]`. Prints both sides of every comparison, how the cost of polling grows from `few` to `nodes` to `many`,
 * and exits with 1 where a target is missed. `--parts polling` takes five minutes.
 */
import { parseArgs } from "node:util";
import { growthBetween, type SizedCost } from "@upgrade-halt/testing";
import { benchClassify, benchDecode, benchLog } from "./judgement.ts";
import { benchPolling, FLAGS, type PollingResult } from "./polling.ts";

const PARTS = ["judgement", "polling"];
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    few: { type: "string", default: "100" },
    nodes: { type: "string", default: "1000" },
    many: { type: "string", default: "10000" },
    parts: { type: "string", default: PARTS.join(",") },
  },
});
const parts = values.parts.split(",");
const unknown = parts.find((part) => !PARTS.includes(part));
if (unknown !== undefined)
  throw new Error(`--parts ${values.parts}: ${unknown} is none of ${PARTS.join(", ")}`);
const sizes = [values.few, values.nodes, values.many].map(Number);
const [seconds, [few = 0, nodes = 0, many = 0]] = [Number(values.seconds), sizes];
const missed: string[] = [];

function target(what: string, held: boolean): string {
  if (!held) missed.push(what);
  return `${held ? "met" : "MISSED"}: ${what}`;
}

const say = (line: string) => process.stdout.write(`${line}\n`);
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const describe = ({ cpuShare, rssMb, perSecond }: PollingResult) =>
  `${percent(cpuShare)} of a core, ${rssMb.toFixed(0)} MB RSS, ${perSecond.toFixed(0)} requests/s`;

/** CPU time of one reading. */
const costOf = ({ cpuShare, perSecond }: PollingResult) => cpuShare / perSecond;

/** With cost ~ n^k. */
function sayGrowth(what: string, small: SizedCost, large: SizedCost): void {
  const k = growthBetween(small, large);
  say(
    `  ${target(`${what}^k from ${small.size} to ${large.size}: k = ${k.toFixed(2)}, at most 1.05`, k <= 1.05)}`,
  );
}

/** Both sides, one after the other. */
async function comparePolling(count: number, forS: number) {
  const bare = await benchPolling("bare", count, forS);
  say(`${count} nodes at 1 Hz for ${forS} s, bare undici loop: ${describe(bare)}`);
  const watched = await benchPolling("watch", count, forS);
  say(`${count} nodes at 1 Hz for ${forS} s, watchNode:        ${describe(watched)}`);
  say(
    `  halt seen after p50 ${watched.seenP50Ms} ms, p99 ${watched.seenP99Ms} ms, last ${watched.seenLastMs} ms; ${watched.unseen} not seen`,
  );
  const ratio = costOf(watched) / costOf(bare);
  say(`  ${target(`at most 0.6x the bare loop for a reading (${ratio.toFixed(2)}x)`, ratio <= 0.6)}`);
  const isInTime = watched.seenLastMs <= 1_200 && watched.unseen === 0;
  say(`  ${target("every halt seen, none later than 1.2x the interval", isInTime)}`);
  return watched;
}

function judgement(): void {
  const judged = benchClassify();
  say(`classify: ${judged.perSecond.toLocaleString("en")} a second of a core, p99 ${judged.p99Us} µs`);
  say(`  ${target("at least 1,000,000 classifications a second", judged.perSecond >= 1_000_000)}`);

  const decoded = benchDecode();
  say(
    `decode of a ${decoded.bytes}-byte Sei /status with an intent: ${decoded.decodeUs} µs; JSON.parse alone: ${decoded.parseUs} µs; ${decoded.ratio}x`,
  );

  const logs = [0.1, 1, 10].map((mib) => ({ mib, ...benchLog(mib) }));
  for (const [index, { mib, readMs, parseMs, leastMs }] of logs.entries()) {
    const ratio = readMs / parseMs;
    const alone = `JSON.parse alone: ${parseMs.toFixed(2)} ms; ${ratio.toFixed(2)}x`;
    say(`halt lines of a log of ${mib} MiB in JSON: ${readMs.toFixed(2)} ms; ${alone}`);
    const least = `${leastMs.toFixed(2)} ms, ${(leastMs / parseMs).toFixed(2)}x`;
    say(
      `  the least, split and one expression tried on each line: ${least}; ours ${(readMs / leastMs).toFixed(2)}x of it`,
    );
    if (mib === 1) say(`  ${target(`at most 1.5x of JSON.parse (${ratio.toFixed(2)}x)`, ratio <= 1.5)}`);
    const before = logs[index - 1];
    if (before)
      sayGrowth("time ~ MiB", { size: before.mib, cost: before.readMs }, { size: mib, cost: readMs });
  }
}

async function polling(): Promise<void> {
  say(`pollers run as node ${FLAGS.join(" ")}`);
  const handful = await benchPolling("watch", few, Math.min(seconds, 30));
  say(`${few} nodes at 1 Hz for ${Math.min(seconds, 30)} s, watchNode: ${describe(handful)}`);
  const watched = await comparePolling(nodes, seconds);
  say(`  ${target("at most 10 % of a core", watched.cpuShare <= 0.1)}`);
  say(`  ${target("at most 150 MB RSS", watched.rssMb <= 150)}`);

  const crowd = await comparePolling(many, Math.min(seconds, 30));
  say(`  ${target("at most 60 % of a core", crowd.cpuShare <= 0.6)}`);
  say(`  ${target("at most 400 MB RSS", crowd.rssMb <= 400)}`);
  const kept = crowd.perSecond / many / (watched.perSecond / nodes);
  say(`  ${target(`each of ${many} nodes read as often (${kept.toFixed(2)}x)`, kept >= 0.9)}`);
  for (const [[small, before], [large, after]] of [
    [
      [few, handful],
      [nodes, watched],
    ],
    [
      [nodes, watched],
      [many, crowd],
    ],
  ] as const) {
    sayGrowth("CPU ~ nodes", { size: small, cost: before.cpuShare }, { size: large, cost: after.cpuShare });
    sayGrowth("RSS ~ nodes", { size: small, cost: before.rssMb }, { size: large, cost: after.rssMb });
  }
}

if (parts.includes("judgement")) judgement();
if (parts.includes("polling")) await polling();
process.exitCode = missed.length === 0 ? 0 : 1;
