import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { startProgram } from "./program.ts";

const node = (script: string, options?: Parameters<typeof startProgram>[3]) =>
  startProgram("script", process.execPath, ["-e", script], options);
const WAITS = "setInterval(() => {}, 1000);";

test("a program is ready when its condition holds, and stop ends it", async () => {
  const program = await node(`console.log("up"); ${WAITS}`, { ready: ({ lines }) => lines().includes("up") });

  expect(await program.stop()).toEqual({ code: null, signal: "SIGTERM" });
  expect(existsSync(`/proc/${program.pid}`)).toBe(false);
});

test("a program that ends before it is ready is an error with its output", async () => {
  const started = node('console.error("no such file"); process.exit(3)', { ready: () => false });

  await expect(started).rejects.toThrow(/did not get ready.*no such file/s);
});

test("a program that is never ready is stopped at the deadline", async () => {
  let pid = 0;
  const started = node(WAITS, {
    within: 300,
    ready: (program) => {
      pid = program.pid;
      return false;
    },
  });

  await expect(started).rejects.toThrow(/did not get ready/);
  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
});

test("a program that can't be started is an error that names it", async () => {
  const started = startProgram("nothing", "/nonexistent/program", [], { ready: () => true });

  await expect(started).rejects.toThrow(/nothing/);
});
