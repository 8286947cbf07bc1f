import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { printLine } from "./print-line.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

function pipe(): { readonly path: string; readonly reader: number; readonly writer: number } {
  const path = join(temporaryFolder(), "pipe");
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(writer));
  return { path, reader, writer };
}

function fill(writer: number): void {
  expect(() => {
    for (;;) writeSync(writer, Buffer.alloc(4096));
  }).toThrow(/EAGAIN/);
}

describe("printLine", () => {
  it("writes the whole line", () => {
    const path = join(temporaryFolder(), "f");
    const file = openSync(path, "w");
    expect(printLine(file, 'UPGRADE "v6.7"')).toBe(true);
    closeSync(file);
    expect(readFileSync(path, "utf8")).toBe('UPGRADE "v6.7"\n');
  });

  it("answers false when the reader is gone", () => {
    const { reader, writer } = pipe();
    closeSync(reader);
    expect(printLine(writer, "line")).toBe(false);
  });

  it("gives up on a reader that does not read", () => {
    const { reader, writer } = pipe();
    onTestFinished(() => closeSync(reader));
    fill(writer);
    expect(printLine(writer, "line", 20)).toBe(false);
  });

  it("gives up on such a reader of standard error too, whose pipe the process was given in blocking mode", async () => {
    const { path, reader, writer } = pipe();
    onTestFinished(() => closeSync(reader));
    fill(writer);
    const program = `import { printLine } from ${JSON.stringify(join(import.meta.dirname, "print-line.ts"))};
      process.exit(printLine(2, "line", 20) ? 1 : 70);`;
    const shell = `exec "$0" --input-type=module --eval "$1" 2> "$2"`;
    const child = spawn("sh", ["-c", shell, process.execPath, program, path], { stdio: "ignore" });
    onTestFinished(() => void child.kill("SIGKILL"));
    expect(await once(child, "close")).toEqual([70, null]);
  });
});
