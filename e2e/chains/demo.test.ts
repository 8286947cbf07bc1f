import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClusterEvent, EVENT_KINDS } from "@upgrade-halt/sandbox";
import { expect, test } from "vitest";

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function demo(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Run> {
  const program = join(import.meta.dirname, "demo.ts");
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });
}

test("demo:chain plays the demo on four real validators, and every expectation of it holds", async () => {
  const { code, stdout, stderr } = await demo(["--json"]);
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ClusterEvent);
  expect(code, `${stderr}${stdout}`).toBe(0);
  expect(events.filter(({ kind }) => !EVENT_KINDS.includes(kind))).toEqual([]);
  expect(events.at(-1)).toMatchObject({ kind: "the-end", broken: 0 });
  const ended = events.filter((event) => event.kind === "node-ended" && event.exitCode === 70);
  expect(ended).toHaveLength(4);
  for (const event of ended)
    expect(event).toMatchObject({
      lastLine: expect.stringMatching(/UPGRADE "v6\.7" NEEDED at height: \d+/),
    });
}, 240_000);

test("demo:chain says what is missing where there is no Go", async () => {
  const cache = await mkdtemp(join(tmpdir(), "upgrade-halt-no-go-"));
  try {
    const { code, stdout, stderr } = await demo([], { PATH: "/nonexistent", XDG_CACHE_HOME: cache });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^demo:chain runs a real chain, .*Install Go .*run demo\n$/);
  } finally {
    await rm(cache, { recursive: true });
  }
});
