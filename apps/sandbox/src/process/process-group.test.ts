import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Lifeline } from "./lifeline.ts";
import { ProcessGroup } from "./process-group.ts";

let folder: string;
let lifeline: Lifeline;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sandbox-process-"));
  lifeline = new Lifeline();
});
afterEach(async () => {
  await lifeline.stop();
  rmSync(folder, { recursive: true });
});

function run(script: string): ProcessGroup {
  const env = { PATH: process.env.PATH ?? "" };
  return new ProcessGroup(
    { command: ["sh", "-c", script], env, cwd: folder, logFile: join(folder, "log") },
    lifeline,
  );
}

function log(): string {
  return readFileSync(join(folder, "log"), "utf8");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a process group", () => {
  it("tells the exit code, and what was written is in the log by then", async () => {
    expect(await run("echo out; echo err >&2; exit 70").ended).toEqual({ exitCode: 70, startError: "" });
    expect(log()).toBe("out\nerr\n");
  });

  it("tells a signal as 128 and its number", async () => {
    expect((await run("kill -9 $$").ended).exitCode).toBe(137);
  });

  it("tells why it can't start", async () => {
    const spec = { command: ["/nowhere/program"], env: {}, cwd: folder, logFile: join(folder, "log") };
    const end = await new ProcessGroup(spec, lifeline).ended;
    expect(end).toEqual({ exitCode: 128, startError: expect.stringContaining("ENOENT") });
  });

  it("asks with SIGTERM first", async () => {
    const group = run("trap 'exit 7' TERM; echo up; while :; do sleep 0.01; done");
    await until("the trap", () => log() === "up\n");
    await group.stop(10_000);
    expect((await group.ended).exitCode).toBe(7);
  });

  it("ends with SIGKILL what doesn't listen, and its children", async () => {
    const group = run("trap '' TERM; sleep 600 & echo $!; wait");
    const child = Number(await until("the child's pid", () => /^\d+\n/.exec(log())?.[0]));
    await group.stop(50);
    expect((await group.ended).exitCode).toBe(137);
    await until("the child to end", () => !isAlive(child));
  });
});

describe("a lifeline", () => {
  it("ends what it still holds", async () => {
    const group = run("sleep 600");
    await lifeline.stop();
    expect((await group.ended).exitCode).toBe(137);
  });
});
