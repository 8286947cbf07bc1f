import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Verdict } from "../../verdict.ts";
import type { Io } from "../output/io.ts";
import { react } from "./reactions.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-reactions-"));
});
afterEach(() => rm(folder, { recursive: true }));

const CRASHED = { kind: "crashed", why: "It ended with exit code 2." } as Verdict;

/** Runs commands for a crash, each of which may take so long; what was said on standard error. */
async function reactWith(commands: readonly string[], mostMs: number): Promise<string> {
  let said = "";
  const stderr = { write: (text: string) => (said += text) };
  const io = { env: process.env, stderr, onSignal: () => () => {} } as unknown as Io;
  const reactions = commands.map((command) => ({ event: "crashed", command }));
  await react(reactions, CRASHED, io, { mostMs, graceMs: 100 });
  return said;
}

function isGone(pid: string): boolean {
  try {
    return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return true;
  }
}

test.each([
  ["waits for what it started", "sleep 600 & echo $! > PIDS; wait"],
  ["ignores SIGTERM, as what it started does", "trap '' TERM; sleep 600 & echo $! > PIDS; wait; sleep 600"],
  [
    "ends itself at SIGTERM, and left something that ignores it",
    "(trap '' TERM; echo $(exec sh -c 'echo $PPID') > PIDS; sleep 600; sleep 600) & wait",
  ],
])(
  "a command that never ends is ended with all it started, and the next one is run: it %s",
  async (_, command) => {
    const pids = join(folder, "pids");
    const next = join(folder, "next");
    const said = await reactWith([command.replaceAll("PIDS", pids), `echo run > ${next}`], 1_000);
    expect(said).toBe("upgrade-halt: the command for crashed took more than 1 seconds, and was ended.\n");
    expect(await readFile(next, "utf8")).toBe("run\n");
    const pid = (await readFile(pids, "utf8")).trim();
    await until("the end of what it started", () => isGone(pid));
  },
);

test("a command that ends in time is not waited for any longer, and its failure is named", async () => {
  const said = await reactWith(["true", "exit 9", "kill -KILL $$"], 600_000);
  expect(said).toBe(
    "upgrade-halt: the command for crashed ended with exit code 9.\n" +
      "upgrade-halt: the command for crashed ended with SIGKILL.\n",
  );
});
