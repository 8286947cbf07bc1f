import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

const MAIN = join(import.meta.dirname, "..", "..", "main.ts");

/** Runs a shell's script under `exec`, whose standard output is a disk without room. */
async function runOnFullDisk(script: string) {
  const onFullDisk = 'exec "$0" "$@" > /dev/full';
  const child = spawn("sh", ["-c", onFullDisk, process.execPath, MAIN, "exec", "--", "sh", "-c", script], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [[code], stderr] = await Promise.all([once(child, "close"), text(child.stderr)]);
  return { code, stderr };
}

/** More than a pipe holds: of a pipe that nobody reads the writer is told before it has ended. */
const MUCH = "head -c 1000000 /dev/zero || exit 99";

test.skipIf(process.platform !== "linux")(
  "a command goes on where the disk of its log is full, and that is told once",
  async () => {
    const { code, stderr } = await runOnFullDisk(`${MUCH}; echo healthy to the end >&2`);
    expect(stderr).toContain("healthy to the end");
    expect(stderr.match(/standard output cannot be written \(ENOSPC\)/g)).toHaveLength(1);
    expect(code).toBe(0);
  },
);

test.skipIf(process.platform !== "linux")(
  "a halt line counts that the full disk of a log has no room for",
  async () => {
    const line = 'UPGRADE "v6.7" NEEDED at height: 30: ';
    const { code, stderr } = await runOnFullDisk(`${MUCH}; echo; echo '${line}'; exit 70`);
    expect(stderr).toContain("as exit-code, plan-line agree");
    expect(code).toBe(70);
  },
);
