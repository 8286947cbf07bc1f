import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { startProgram, until } from "@upgrade-halt/testing";
import { cosmovisorPath } from "../../cosmovisor/program.ts";
import type { BenchCluster } from "./bench-cluster.ts";
import { giveTheWord, haltFilesOf, timeIn } from "./halting-sets.ts";
import { HEIGHT, PLAN, PLAN_LINE } from "./phantom-sets.ts";

/** How often cosmovisor looks for a plan unless told otherwise. */
const POLL_MS = 300;

/**
 * How long it takes under the real cosmovisor from the halt, at which the node exits with 70 or stays, until the plan's binary
 * starts, in ms by the nodes' own clocks. The nodes are shell scripts and no backup is made: cosmovisor at its fastest.
 */
export async function underCosmovisor(
  { folder, cleanup, signal, progress }: Pick<BenchCluster, "folder" | "cleanup" | "signal" | "progress">,
  runs: number,
  stays: boolean,
): Promise<readonly number[]> {
  const times: number[] = [];
  while (times.length < runs) {
    signal.throwIfAborted();
    progress(
      `cosmovisor, a node that ${stays ? "stays alive" : "exits with 70"}: ${times.length} of ${runs}`,
    );
    const home = await mkdtemp(join(folder, "cosmovisor-"));
    cleanup.add(() => rm(home, { recursive: true, force: true }));
    // Each halt comes at another moment between two looks.
    const time = await haltOnce(home, stays, POLL_MS + (POLL_MS * times.length) / runs);
    if (time !== undefined) times.push(time);
  }
  return times;
}

/** `undefined` when cosmovisor missed the upgrade, which 1.5.0 can when it polls while the node exits. */
async function haltOnce(home: string, stays: boolean, afterMs: number): Promise<number | undefined> {
  const files = haltFilesOf(home, "seid");
  const startedAt = join(home, "seid.start");
  const pids = join(home, "seid.pids");
  await promisify(execFile)("mkfifo", [files.word]);
  await mkdir(join(home, "data"));
  const info = join(home, "data", "upgrade-info.json");
  await install(home, "genesis", pids, [
    `read -r word < '${files.word}'`,
    `echo '{"name":"${PLAN}","height":${HEIGHT},"info":""}' > '${info}.tmp'`,
    `mv '${info}.tmp' '${info}'`,
    `echo '${PLAN_LINE}' >&2`,
    `date +%s%N > '${files.haltedAt}'`,
    stays ? "exec sleep 86400" : "exit 70",
  ]);
  await install(home, `upgrades/${PLAN}`, pids, [`date +%s%N > '${startedAt}'`, "exec sleep 86400"]);
  const env = { PATH: process.env.PATH, DAEMON_HOME: home, DAEMON_NAME: "seid", UNSAFE_SKIP_BACKUP: "true" };
  const cosmovisor = await startProgram("cosmovisor", cosmovisorPath(), ["run", "start"], { env });
  try {
    await delay(afterMs);
    await giveTheWord(files);
    const started = until("the plan's binary to start", () => readFile(startedAt, "utf8"));
    const missed = cosmovisor.ended.then(() => undefined);
    const at = await Promise.race([started, missed]);
    return at === undefined ? undefined : Number(at) / 1e6 - (await timeIn(files.haltedAt));
  } finally {
    cosmovisor.signal("SIGTERM");
    // It leaves a node running that it started after another, and its end is not seen before the node's.
    for (const pid of (await readFile(pids, "utf8")).trim().split("\n")) end(Number(pid));
    await cosmovisor.ended;
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

/** A `seid` that knows no command but start: cosmovisor asks it for `status` and `pre-upgrade` as well. */
async function install(home: string, release: string, pids: string, start: readonly string[]): Promise<void> {
  const bin = join(home, "cosmovisor", release, "bin");
  await mkdir(bin, { recursive: true });
  await writeFile(
    join(bin, "seid"),
    ["#!/bin/sh", '[ "$1" = start ] || exit 1', `echo $$ >> '${pids}'`, ...start, ""].join("\n"),
  );
  await chmod(join(bin, "seid"), 0o755);
}
