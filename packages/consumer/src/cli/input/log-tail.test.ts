import { appendFile, mkdtemp, rename, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readLogTail } from "./log-tail.ts";

let folder = "";
let log = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-log-"));
  log = join(folder, "seid.log");
});
afterEach(() => rm(folder, { recursive: true }));

const line = (number: number) => `1:00PM INF executed block height=${number} module=state\n`;
const lines = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => line(from + index)).join("");

test.each<[string, (round: number) => Promise<void>]>([
  ["truncated", () => truncate(log, 0)],
  ["cut in the middle of a line", () => truncate(log, 100_001)],
  ["rotated", (round) => rename(log, `${log}.${round % 2}`)],
])("a log that is %s while it is read gives whole lines alone", async (_, meddle) => {
  await writeFile(log, lines(0, 6_000));
  let isRead = false;
  const write = async () => {
    for (let round = 1; !isRead; round += 1) {
      await meddle(round);
      await appendFile(log, `\n${lines(round * 10_000, 6_000)}`);
    }
  };
  const read = async () => {
    try {
      for (let reading = 0; reading < 40; reading += 1) {
        // Between a rename and the next write there is none.
        const text = await readLogTail(log).catch(({ code }) =>
          code === "ENOENT" ? "" : Promise.reject(code),
        );
        for (const each of text.split("\n").slice(0, -1))
          expect(each).toMatch(/^(?:|1:00PM INF executed block height=\d+ module=state)$/);
      }
    } finally {
      isRead = true;
    }
  };
  await Promise.all([write(), read()]);
});

test("a log that was written last before a run began has nothing of it", async () => {
  await writeFile(log, lines(0, 3));
  await utimes(log, 1_000, 1_000);
  expect(await readLogTail(log, { startedAt: 1_000_000 })).toBe(lines(0, 3));
  expect(await readLogTail(log, { startedAt: 1_000_001 })).toBe("");
});
