import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const PRERM = readFileSync(join(import.meta.dirname, "../../apps/executable/debian/prerm"), "utf8");

/** A program in the place of the package's, and what the package says to its removal. */
function installed() {
  const folder = mkdtempSync(join(tmpdir(), "prerm-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, "upgrade-halt");
  copyFileSync("/bin/sh", program);
  chmodSync(program, 0o755);
  const script = PRERM.replaceAll("/usr/bin/upgrade-halt", program);
  const remove = () => spawnSync("sh", ["-c", script, "prerm", "remove"], { encoding: "utf8" });
  /** Runs it with this word, as any supervisor or script does. */
  const run = async (word: string) => {
    const child = spawn(program, ["-c", "echo; read end", word], { stdio: ["pipe", "pipe", "ignore"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    return child.pid;
  };
  return { program, remove, run };
}

const onLinux = test.skipIf(process.platform !== "linux");

onLinux("is not removed while it runs before a node, whatever started it", async () => {
  const { program, remove, run } = installed();
  expect(remove()).toMatchObject({ status: 0 });
  const pid = await run("exec");
  const refused = { status: 1, stderr: expect.stringContaining(`runs before a node, as process ${pid}.`) };
  expect(remove()).toMatchObject(refused);
  // An upgrade has put another file in its place.
  unlinkSync(program);
  expect(remove()).toMatchObject(refused);
});

onLinux("is removed while it only looks", async () => {
  const { remove, run } = installed();
  await run("watch");
  expect(remove()).toMatchObject({ status: 0 });
});
