import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { printLine } from "./print-line.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

function pipe(): { readonly reader: number; readonly writer: number } {
  const path = join(temporaryFolder(), "pipe");
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(writer));
  return { reader, writer };
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
    expect(() => {
      for (;;) writeSync(writer, Buffer.alloc(4096));
    }).toThrow(/EAGAIN/);
    expect(printLine(writer, "line", 20)).toBe(false);
  });
});
