import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { RunMark } from "./run-mark.ts";

const onLinux = test.skipIf(process.platform !== "linux");

/** Starts a shell in a session of its own, by a second fork whose parent has ended; gives its number. */
async function detached(env: NodeJS.ProcessEnv): Promise<number> {
  const script = `setsid sh -c 'echo $$; exec sleep 600 >/dev/null' & exit`;
  const child = spawn("sh", ["-c", script], { env, stdio: ["ignore", "pipe", "ignore"] });
  const [[line]] = await Promise.all([
    once(createInterface({ input: child.stdout }), "line"),
    once(child, "exit"),
  ]);
  onTestFinished(() => void process.kill(Number(line), "SIGKILL"));
  return Number(line);
}

const PLAIN = { PATH: process.env.PATH };

onLinux("a process in a session of its own, by a second fork, is of its run and of no other", async () => {
  const [one, other] = [new RunMark(), new RunMark()];
  const pid = await detached(one.environment(PLAIN));
  expect(one.processes()).toEqual([pid]);
  expect(other.processes()).toEqual([]);
});

onLinux("a run within a run is part of both, and the outer one is no part of the inner", async () => {
  const [outer, inner] = [new RunMark(), new RunMark()];
  const below = outer.environment(PLAIN);
  const ofOuter = await detached(below);
  const ofInner = await detached(inner.environment(below));
  expect(new Set(outer.processes())).toEqual(new Set([ofOuter, ofInner]));
  expect(inner.processes()).toEqual([ofInner]);
});

test.each(["", "junk", `${"a".repeat(32)};x`, "A".repeat(32)])(
  "%j in the environment is the mark of no run, and not handed on",
  (UPGRADE_HALT_RUNS) => {
    const run = new RunMark();
    expect(run.environment({ UPGRADE_HALT_RUNS })).toEqual({ UPGRADE_HALT_RUNS: run.mark });
  },
);
