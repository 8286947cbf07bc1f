import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { HALT_STEPS } from "./halt-steps.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const PROGRAM = join(import.meta.dirname, "testing/halting-process.ts");

interface Run {
  readonly child: ChildProcess;
  readonly stderr: () => string;
  readonly published: Promise<unknown>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

function run(scenario: string, folder: string, ...more: readonly string[]): Run {
  const child = spawn(process.execPath, [PROGRAM, scenario, folder, ...more], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal }));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { child, stderr: () => stderr, published: once(child.stdout, "data"), ended };
}

describe("a process that halts ends with its reason's code", () => {
  it.each([
    "plain",
    "before any server listens",
    "an empty event loop",
    "during another shutdown",
    "uncaught error",
    "unhandled rejection",
    "twice",
  ])("%s", async (scenario) => {
    const { ended } = run(scenario, temporaryFolder());
    expect(await ended).toEqual({ code: 70, signal: null });
  });

  it("on SIGTERM in stay-alive mode, and not before, though nothing else keeps it running", async () => {
    const { child, published, ended } = run("stay alive, nothing keeps it running", temporaryFolder());
    await published;
    child.kill("SIGTERM");
    expect(await ended).toEqual({ code: 70, signal: null });
  });

  it("when its event loop is empty and signals rain on it", async () => {
    const { child, published, ended } = run("an empty event loop", temporaryFolder());
    await published;
    const again = setInterval(() => child.kill("SIGINT"), 1);
    onTestFinished(() => clearInterval(again));
    expect(await ended).toEqual({ code: 70, signal: null });
  });

  it("at the deadline, when a hook hangs, and names the hook", async () => {
    const { ended, stderr } = run("hung hook", temporaryFolder());
    expect(await ended).toEqual({ code: 70, signal: null });
    expect(stderr()).toContain("hung hook did not stop in time");
  });

  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "in stay-alive mode only on a stop signal: %s",
    async (signal) => {
      const { child, published, ended } = run("stay alive", temporaryFolder());
      await published;
      child.kill(signal);
      expect(await ended).toEqual({ code: 70, signal: null });
    },
  );

  it("on a second signal, without waiting for what hangs", async () => {
    const { child, published, ended } = run("hung hook, no end in sight", temporaryFolder());
    await published;
    const again = setInterval(() => child.kill("SIGINT"), 10);
    onTestFinished(() => clearInterval(again));
    expect(await ended).toEqual({ code: 70, signal: null });
  });

  it("when nobody reads its standard error any more", async () => {
    const { child, ended } = run("plain", temporaryFolder());
    child.stderr?.destroy();
    expect(await ended).toEqual({ code: 70, signal: null });
  });
});

describe("a process that can't write its artifact", () => {
  it("ends with 1, publishes nothing and says why in one line", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "upgrade-info.json"));
    const { ended, stderr, child } = run("plain", folder);
    let stdout = "";
    child.stdout?.on("data", (chunk) => {
      stdout += chunk;
    });
    expect(await ended).toEqual({ code: 1, signal: null });
    expect(stdout).toBe("");
    expect(stderr()).toMatch(/^no graceful halt for 70: .*upgrade-info\.json could not be written: .*\n$/);
  });
});

describe("a process on a full disk", () => {
  it("ends with 1 and leaves neither a file nor a part of one", async () => {
    const folder = temporaryFolder();
    // A file size limit of 0 refuses every byte, as a full disk does.
    const shell = `trap '' XFSZ; ulimit -f 0; exec "$0" "$@"`;
    const child = spawn("sh", ["-c", shell, process.execPath, PROGRAM, "plain", folder]);
    expect((await once(child, "close"))[0]).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a process killed after a step of its halt", () => {
  it.each(HALT_STEPS)("%s: the file is whole or absent, and there before anything was said", async (step) => {
    const folder = temporaryFolder();
    const { ended, stderr } = run("killed at", folder, step);
    expect(await ended).toEqual({ code: null, signal: "SIGKILL" });
    const path = join(folder, "upgrade-info.json");
    const isThere = existsSync(path);
    expect(isThere).toBe(HALT_STEPS.indexOf(step) >= HALT_STEPS.indexOf("artifact-renamed"));
    if (isThere) expect(readFileSync(path, "utf8")).toBe("{}");
    expect(stderr()).toBe(HALT_STEPS.indexOf(step) >= HALT_STEPS.indexOf("printed") ? "the raw line\n" : "");
  });
});
