/**
 * The consumer's figures in one run: `node bench/consumer.ts [--seconds 60] [--nodes 1000] [--many 5000]`. Prints both
 * sides of every comparison, and exits with 1 where a target is missed.
 */
import { parseArgs } from "node:util";
import { benchClassify, benchDecode } from "./judgement.ts";
import { benchPolling, FLAGS, type PollingResult } from "./polling.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    nodes: { type: "string", default: "1000" },
    many: { type: "string", default: "5000" },
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

say(`pollers run as node ${FLAGS.join(" ")}`);
const bare = await benchPolling("bare", nodes, seconds);
const watched = await benchPolling("watch", nodes, seconds);
say(`${nodes} nodes at 1 Hz for ${seconds} s, bare undici loop: ${describe(bare)}`);
say(`${nodes} nodes at 1 Hz for ${seconds} s, watchNode:        ${describe(watched)}`);
say(`  halt seen after p50 ${watched.seenP50Ms} ms, p99 ${watched.seenP99Ms} ms; ${watched.unseen} not seen`);
const ratio = costOf(watched) / costOf(bare);
say(`  ${target("at most 10 % of a core", watched.cpuShare <= 0.1)}`);
say(`  ${target(`at most 1.3x the bare loop for a request (${ratio.toFixed(2)}x)`, ratio <= 1.3)}`);
say(
  `  ${target("every halt seen, p99 within 1.2x the interval", watched.seenP99Ms <= 1_200 && watched.unseen === 0)}`,
);
say(`  ${target("at most 150 MB RSS", watched.rssMb <= 150)}`);

const crowd = await benchPolling("watch", many, Math.min(seconds, 30));
say(
  `${many} nodes at 1 Hz, watchNode: ${describe(crowd)}; halt seen p99 ${crowd.seenP99Ms} ms; ${crowd.unseen} not seen`,
);
const growth = costOf(crowd) / costOf(watched);
say(
  `  ${target(`linear from ${nodes} to ${many} nodes (${growth.toFixed(2)}x the CPU of a reading)`, growth <= 1.25)}`,
);
const kept = crowd.perSecond / many / (watched.perSecond / nodes);
say(`  ${target(`each of ${many} nodes read as often (${kept.toFixed(2)}x)`, kept >= 0.9)}`);

process.exitCode = missed.length === 0 ? 0 : 1;
