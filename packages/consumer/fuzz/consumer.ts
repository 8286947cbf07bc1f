/**
 * The long round of the fuzzer. Half of the runs are evidences and half are bodies; one body in 500 goes over HTTP too, to
 * see the deadline kept. Prints the seed, and the memory it needed.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { runSeeded, type SeededRun, seededRandom } from "@upgrade-halt/testing";
import { readStatus } from "../src/status/read-status.ts";
import { fuzzBodies, fuzzEvidence } from "../src/testing/fuzz-round.ts";

const ROUND = 50_000;
/** What the whole run may need, in MB, however long it is: nothing that was judged is kept. */
const MEMORY_LIMIT_MB = 512;
const DEADLINE_MS = 200;
/** What a deadline may be late by on a busy machine, in ms. */
const SLACK_MS = 1_000;

await runSeeded(
  {
    command: "fuzz:consumer",
    does: "judges mutated evidences and bodies, and holds that none throws or corroborates falsely",
    size: "runs",
    defaultSize: 1_000_000,
  },
  fuzz,
);

async function fuzz({ seed, size: runs }: SeededRun): Promise<number> {
  process.stdout.write(`fuzz:consumer --seed ${seed} --runs ${runs}\n`);
  const started = performance.now();
  let rss = 0;
  for (let done = 0; done < runs; done += 2 * ROUND) {
    const half = Math.ceil(Math.min(2 * ROUND, runs - done) / 2);
    fuzzEvidence(seed + done, half);
    fuzzBodies(seed + done, half);
    rss = Math.max(rss, process.memoryUsage.rss());
  }
  if (rss > MEMORY_LIMIT_MB * 2 ** 20)
    throw new Error(`it needed ${(rss / 2 ** 20).toFixed(0)} MB of ${MEMORY_LIMIT_MB}`);
  const overHttp = Math.ceil(runs / 500);
  const slowest = await fuzzOverHttp(seed, overHttp);
  const seconds = (performance.now() - started) / 1_000;
  process.stdout.write(
    `${runs} evidences and bodies in ${seconds.toFixed(0)} s, ${(rss / 2 ** 20).toFixed(0)} MB RSS of ${MEMORY_LIMIT_MB} at most; ` +
      `${overHttp} over HTTP, the slowest after ${slowest.toFixed(0)} ms of ${DEADLINE_MS}\n`,
  );
  return 0;
}

/** Reads answers of random bytes, lengths, encodings and pauses; gives the longest reading in ms. */
async function fuzzOverHttp(seed: number, readings: number): Promise<number> {
  const random = seededRandom(seed);
  const server = createServer((_, response) => {
    const body = Buffer.from(
      Array.from({ length: Math.floor(random() * 400) }, () => Math.floor(random() * 256)),
    );
    if (random() < 0.2) response.setHeader("content-length", Math.floor(random() * 1e6));
    if (random() < 0.1) response.setHeader("content-encoding", "gzip");
    response.statusCode = 200 + Math.floor(random() * 400);
    response.write(body);
    if (random() < 0.1) response.destroy();
    else if (random() < 0.95) response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let longest = 0;
  for (let i = 0; i < readings; i += 1) {
    const from = performance.now();
    const { kind } = await readStatus(url, { timeoutMs: DEADLINE_MS, maxBytes: 65_536 });
    if (kind === "ok") throw new Error("random bytes were a status");
    longest = Math.max(longest, performance.now() - from);
  }
  server.closeAllConnections();
  server.close();
  if (longest > DEADLINE_MS + SLACK_MS) throw new Error(`a reading took ${longest.toFixed(0)} ms`);
  return longest;
}
