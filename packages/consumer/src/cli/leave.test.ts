import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCommand } from "../testing/command.ts";

const MAIN = join(import.meta.dirname, "..", "main.ts");

let folder: string;
let policy: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-leave-"));
  policy = join(folder, "policy.json");
  await writeFile(policy, '{"chainId":"c","upgrades":[{"planName":"v6.7","height":5,"image":"x"}]}');
});
afterEach(() => rm(folder, { recursive: true }));

const announce = () => ["exec", "--announce", "--rpc", "http://127.0.0.1:1", "--policy", policy];
const shell = (script: string) => ["--", "sh", "-c", script];

test("the code of a crash comes through although the policy can no longer be read to its end", async () => {
  const script = `rm ${policy}; mkfifo ${policy}; exit 2`;
  const { code, signal, stderr } = await runCommand([...announce(), ...shell(script)]);
  expect({ code, signal }).toEqual({ code: 2, signal: null });
  expect(stderr).toContain("policy.json cannot be read (no answer within 3 seconds). What the policy said");
});

test("a node is started although the policy cannot be read to its end", async () => {
  await rm(policy);
  spawnSync("mkfifo", [policy]);
  const { code, stdout, stderr } = await runCommand([...announce(), ...shell("echo started; exit 2")]);
  expect(stderr).toContain("(no answer within 3 seconds). No upgrade is announced before it can be.");
  expect([stdout, code]).toEqual(["started\n", 2]);
});

/** Runs words in a mount namespace where the first is a folder that nobody answers for, as a share whose server is gone. */
const HUNG = `exec 5<>/dev/fuse && mount -i -t fuse -o fd=5,rootmode=40000,user_id=0,group_id=0 hung "$1" && shift && "$@" 5<&-`;
const hung = (args: readonly string[]) => ["unshare", "-m", "sh", "-c", HUNG, "sh", ...args];
const canHang = () => {
  const [file = "", ...args] = hung([tmpdir(), "true"]);
  return process.platform === "linux" && spawnSync(file, args).status === 0;
};

test.skipIf(!canHang()).each([
  ["a home", (home: string) => [...announce(), "--home", home, ...shell("exit 2")], 2],
  ["a log", (home: string) => ["systemd-hook", "--log", join(home, "seid.log")], 0],
])("the code comes through although the disk of %s hangs", async (_, words, expected) => {
  const home = join(folder, "home");
  await mkdir(home);
  const [file = "", ...args] = hung([home, process.execPath, MAIN, ...words(home)]);
  const env = { PATH: process.env.PATH, SERVICE_RESULT: "exit-code", EXIT_CODE: "exited", EXIT_STATUS: "2" };
  const child = spawn(file, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (bytes) => {
    said += bytes;
  });
  expect(await once(child, "close"), said).toEqual([expected, null]);
  expect(
    said.match(/cannot be read \(no answer within 3 seconds\), so it is judged without it\./g),
  ).toHaveLength(1);
});

test("a halt comes through although nobody reads what is said, and what was not read is judged", async () => {
  const plan = join(folder, "plan");
  const on = ["--on", "upgrade_required", `echo "$UPGRADE_HALT_PLAN" > ${plan}`];
  const words = `head -c 4000000 /dev/zero; echo; echo 'UPGRADE "v6.7" NEEDED at height: 5: '`;
  const args = [MAIN, "exec", ...on, ...shell(`(${words}) >&2 & exit 70`)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  child.stderr.pause();
  expect(await once(child, "exit")).toEqual([70, null]);
  expect(await readFile(plan, "utf8")).toBe("v6.7\n");
  child.stderr.destroy();
});
