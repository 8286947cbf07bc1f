/**
 * The consumer's figures in one run: `node bench/consumer.ts [--seconds 60] [--nodes 1000] [--many 10000]`. Prints both
 * sides of every comparison, and exits with 1 where a target is missed.
 */
import { parseArgs } from "node:util";
import { benchClassify, benchDecode, benchLog } from "./judgement.ts";
import { benchPolling, FLAGS, type PollingResult } from "./polling.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    nodes: { type: "string", default: "1000" },
    many: { type: "string", default: "10000" },
  },
});
const [seconds, nodes, many] = [Number(values.seconds), Number(values.nodes), Number(values.many)];
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

const judged = benchClassify();
say(`classify: ${judged.perSecond.toLocaleString("en")} a second of a core, p99 ${judged.p99Us} µs`);
say(`  ${target("at least 1,000,000 classifications a second", judged.perSecond >= 1_000_000)}`);

const decoded = benchDecode();
say(
  `decode of a ${decoded.bytes}-byte Sei /status with an intent: ${decoded.decodeUs} µs; JSON.parse alone: ${decoded.parseUs} µs; ${decoded.ratio}x`,
);

const log = benchLog();
say(`halt lines of a log of 1 MiB in JSON: ${log.readMs} ms; JSON.parse alone: ${log.parseMs} ms`);
say(`  ${target(`at most 1.5x of JSON.parse (${log.ratio}x)`, log.ratio <= 1.5)}`);

say(`pollers run as node ${FLAGS.join(" ")}`);
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

const watched = await comparePolling(nodes, seconds);
say(`  ${target("at most 10 % of a core", watched.cpuShare <= 0.1)}`);
say(`  ${target("at most 150 MB RSS", watched.rssMb <= 150)}`);

const crowd = await comparePolling(many, Math.min(seconds, 30));
say(`  ${target("at most 60 % of a core", crowd.cpuShare <= 0.6)}`);
say(`  ${target("at most 400 MB RSS", crowd.rssMb <= 400)}`);
const kept = crowd.perSecond / many / (watched.perSecond / nodes);
say(`  ${target(`each of ${many} nodes read as often (${kept.toFixed(2)}x)`, kept >= 0.9)}`);
/** With cost ~ n^k. */
const exponent = (of: (result: PollingResult) => number) =>
  Math.log(of(crowd) / of(watched)) / Math.log(many / nodes);
const [cpuK, rssK] = [exponent(({ cpuShare }) => cpuShare), exponent(({ rssMb }) => rssMb)];
say(
  `  ${target(`CPU ~ nodes^k from ${nodes} to ${many}: k = ${cpuK.toFixed(2)}, at most 1.05`, cpuK <= 1.05)}`,
);
say(
  `  ${target(`RSS ~ nodes^k from ${nodes} to ${many}: k = ${rssK.toFixed(2)}, at most 1.05`, rssK <= 1.05)}`,
);

process.exitCode = missed.length === 0 ? 0 : 1;
