import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nodeBelow } from "./find-node.ts";
import { readProcess } from "./process-table.ts";
import { describeSupervised } from "./supervised.ts";

const MAIN = join(import.meta.dirname, "../../main.ts");
const ENV = { PATH: "/nowhere" };

let folder: string;
let child: ChildProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-doctor-"));
});
afterEach(async () => {
  if (child !== undefined) {
    process.kill(-(child.pid ?? 0), "SIGTERM");
    await once(child, "close");
    child = undefined;
  }
  await rm(folder, { recursive: true });
});

/** What is before a process that a shell starts by this script, itself under `upgrade-halt exec`. */
async function underExec(script: string) {
  const args = [MAIN, "exec", "--", "sh", "-c", script];
  child = spawn(process.execPath, args, { argv0: "upgrade-halt", detached: true, stdio: "pipe" });
  const node = await until("the node to run", () => {
    const top = readProcess(child?.pid ?? 0);
    const below = top && nodeBelow(top);
    return below?.args[0] === "tail" ? below : undefined;
  });
  const running = { kind: "running", pid: node.pid, command: "tail", foundBy: "--pid" } as const;
  return await describeSupervised({ node: running, process: node }, ENV);
}

describe.runIf(process.platform === "linux")("of a node under exec", () => {
  test("tells the file that its shell sent its output to", async () => {
    const log = join(folder, "seid.log");
    const supervised = await underExec(`exec tail -f /dev/null >> '${log}' 2>&1`);
    expect(supervised?.between).toContainEqual(expect.objectContaining({ kind: "exec" }));
    expect(supervised?.past).toBe(log);
  });

  test("tells the file of its standard error alone", async () => {
    expect((await underExec("exec tail -f /dev/null 2>/dev/null"))?.past).toBe("/dev/null");
  });

  test("takes exec's own pipe for no file", async () => {
    const supervised = await underExec("exec tail -f /dev/null 2>&1");
    expect(supervised?.between).toContainEqual(expect.objectContaining({ kind: "exec" }));
    expect(supervised?.past).toBeUndefined();
  });

  test("tells the logger that its shell pipes its output to", async () => {
    const logger = join(folder, "rotatelogs");
    await writeFile(logger, "#!/bin/sh\nexec cat > /dev/null\n", { mode: 0o755 });
    expect((await underExec(`tail -f /dev/null 2>&1 | '${logger}'; true`))?.past).toBe("rotatelogs");
  });
});

/** What is between systemd and the node that a unit which is down would start. */
async function betweenOf(...command: readonly string[]) {
  const evidence = { kind: "output", goesTo: { kind: "pipe" } } as const;
  const unit = { name: "seid.service", mainPid: 0, command, rules: { kind: "never" }, evidence } as const;
  return (await describeSupervised({ node: { kind: "not-running", name: unit.name }, unit }, ENV))?.between;
}

describe("of a unit that is down", () => {
  test("a script in a file is not known", async () => {
    expect(await betweenOf("/opt/start-node.sh")).toEqual([{ kind: "unknown", name: "start-node.sh" }]);
  });

  test("a script of another user's shell is read", async () => {
    const [shell] = (await betweenOf("su", "sei", "-c", "/usr/bin/seid start || true")) ?? [];
    expect(shell).toEqual({ kind: "shell", name: "sh", hides: "code" });
  });

  test("nothing is before a node that is started as the guides have it", async () => {
    expect(await betweenOf("/usr/bin/seid", "start", "--home", "/var/lib/seid")).toEqual([]);
    const announced = ["/usr/bin/upgrade-halt", "exec", "--announce", "--home", "/h", "--"];
    expect(await betweenOf(...announced, "/usr/bin/seid", "start")).toMatchObject([{ kind: "exec" }]);
  });
});
