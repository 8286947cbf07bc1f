import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";

const PROGRAM = join(import.meta.dirname, "..", "main.ts");

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function sandbox(...args: string[]): Promise<Result> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

describe("bad input", () => {
  it.each([
    [[], "a command is missing"],
    [["sing"], "unknown command 'sing'"],
    [["demo", "--nonsense"], "unknown option '--nonsense'"],
    [["demo", "extra"], "too many arguments for 'demo'"],
    [["cluster", "--port", "eighty"], "a port is a whole number from 0 to 65535"],
    [["kubelet"], "required option '--kubeconfig <file>' not specified"],
  ])("%j is one sentence and exit code 64", async (args, sentence) => {
    const { code, stdout, stderr } = await sandbox(...args);
    expect([code, stdout]).toEqual([64, ""]);
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  it("names the port that is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    closing.push(() => server.close());
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, stderr } = await sandbox("cluster", "--port", String(port));
    expect([code, stderr]).toEqual([
      1,
      `sandbox: the API server can't start: port ${port} is taken; leave --port out for a free one\n`,
    ]);
  });

  it("names a kubeconfig that can't be read, and a file that can't be written", async () => {
    const unread = await sandbox("kubelet", "--kubeconfig", "/nowhere/kubeconfig");
    expect([unread.code, unread.stderr]).toEqual([
      1,
      expect.stringContaining("kubeconfig /nowhere/kubeconfig can't be read"),
    ]);
    const unwritten = await sandbox("cluster", "--kubeconfig-out", "/nowhere/kubeconfig");
    expect([unwritten.code, unwritten.stderr]).toEqual([
      1,
      expect.stringContaining("can't write the kubeconfig /nowhere/kubeconfig"),
    ]);
    expect(unwritten.stderr.trim().split("\n")).toHaveLength(1);
  });
});

it("explains itself", async () => {
  const { code, stdout } = await sandbox("--help");
  expect(code).toBe(0);
  for (const command of ["demo", "cluster", "kubelet"]) expect(stdout).toContain(command);
});
