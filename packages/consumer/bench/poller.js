/**
 * One process that polls many nodes once a second: `poller.js watch|bare COUNT PORT SECONDS`. Tells its parent at the end
 * what it cost, and which node it saw halted when (`watch` alone looks). Plain JavaScript and the built package, so that
 * no memory goes to reading TypeScript.
 */
import { setTimeout as pause } from "node:timers/promises";
import { watchNode } from "@upgrade-halt/consumer";

const [mode = "", ...rest] = process.argv.slice(2);
const [count = 0, port = 0, seconds = 0] = rest.map(Number);
const INTERVAL_MS = 1_000;
/** Connections are made over this time; what is measured is the steady state after it. */
const START_WITHIN_MS = 3 * count;
const urls = Array.from(
  { length: count },
  (_, i) => `http://127.1.${Math.floor(i / 250) + 1}.${(i % 250) + 1}:${port}/status`,
);
/** The watchers' process does without it. */
const undici = mode === "bare" ? await import("undici") : undefined;
const stop = new AbortController();
let requests = 0;
/** @type {{ address: string, at: number }[]} */
const sightings = [];
/** Called once for each reading. */
const now = () => {
  requests += 1;
  return Date.now();
};

/** @param {string} url */
async function watch(url) {
  const limits = { now };
  for await (const { verdict, at } of watchNode(url, {
    intervalMs: INTERVAL_MS,
    startWithinMs: START_WITHIN_MS,
    signal: stop.signal,
    limits,
  })) {
    if (verdict.kind === "halted") sightings.push({ address: new URL(url).hostname, at });
  }
}

/**
 * The least that any client does: ask, read, parse, wait.
 * @param {typeof import("undici")} undici
 * @param {string} url
 */
async function bare({ request }, url) {
  let wait = INTERVAL_MS * Math.random();
  await pause(START_WITHIN_MS * Math.random());
  while (!stop.signal.aborted) {
    const { body } = await request(url);
    await body.json();
    now();
    await pause(wait);
    wait = INTERVAL_MS * (0.9 + 0.2 * Math.random());
  }
}

let rss = 0;
const sampling = setInterval(() => {
  rss = Math.max(rss, process.memoryUsage.rss());
}, 1_000);
const running = urls.map((url) => (undici === undefined ? watch(url) : bare(undici, url)));
await pause(START_WITHIN_MS + INTERVAL_MS);
const before = process.cpuUsage();
const asked = requests;
const from = performance.now();
await pause(seconds * 1_000);
const { user, system } = process.cpuUsage(before);
const elapsedMs = performance.now() - from;
const perSecond = ((requests - asked) * 1_000) / elapsedMs;
clearInterval(sampling);
const cost = { cpuShare: (user + system) / 1_000 / elapsedMs, rssMb: rss / 2 ** 20, perSecond };
await new Promise((resolve) => process.send?.({ cost, sightings }, resolve));
stop.abort();
await Promise.all(running);
await undici?.getGlobalDispatcher().close();
process.disconnect?.();
