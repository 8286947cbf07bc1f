import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeDurably } from "./durable-file.ts";
import type { HaltStep } from "./halt-steps.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const bytes = Buffer.from('{"name":"v6.7","height":5}');
const ignore = (): void => {};

describe("writeDurably", () => {
  it("writes exactly the bytes, readable by the owner alone, and leaves nothing beside them", () => {
    const folder = temporaryFolder();
    const path = join(folder, "upgrade-info.json");
    writeDurably({ path, bytes, mode: 0o600 }, ignore);
    expect(readFileSync(path)).toEqual(bytes);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["upgrade-info.json"]);
  });

  it("goes through its steps in order", () => {
    const steps: HaltStep[] = [];
    writeDurably({ path: join(temporaryFolder(), "f"), bytes, mode: 0o600 }, (step) => steps.push(step));
    expect(steps).toEqual(["artifact-written", "artifact-synced", "artifact-renamed", "artifact-listed"]);
  });

  it("does not write again what is there already", () => {
    const path = join(temporaryFolder(), "f");
    writeDurably({ path, bytes, mode: 0o600 }, ignore);
    const before = statSync(path);
    writeDurably({ path, bytes, mode: 0o600 }, ignore);
    expect(statSync(path)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  });

  it("replaces other content", () => {
    const path = join(temporaryFolder(), "f");
    writeFileSync(path, "older");
    writeDurably({ path, bytes, mode: 0o600 }, ignore);
    expect(readFileSync(path)).toEqual(bytes);
  });

  it("overwrites what a killed attempt left, whatever its mode", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, ".f.tmp"), "half of someth");
    chmodSync(join(folder, ".f.tmp"), 0o644);
    writeDurably({ path: join(folder, "f"), bytes, mode: 0o600 }, ignore);
    expect(readdirSync(folder)).toEqual(["f"]);
    expect(statSync(join(folder, "f")).mode & 0o777).toBe(0o600);
  });

  it.each([".f.tmp", ".f.0123456789abcdef.tmp"])("follows no link at %s, and takes it away", (name) => {
    const folder = temporaryFolder();
    const victim = join(temporaryFolder(), "victim");
    writeFileSync(victim, "KEEP", { mode: 0o600 });
    symlinkSync(victim, join(folder, name));
    writeDurably({ path: join(folder, "f"), bytes, mode: 0o644 }, ignore);
    expect(readFileSync(victim, "utf8")).toBe("KEEP");
    expect(statSync(victim).mode & 0o777).toBe(0o600);
    expect(lstatSync(join(folder, "f")).isFile()).toBe(true);
    expect(readdirSync(folder)).toEqual(["f"]);
  });

  it("replaces a link at the file's own name, even one to the same bytes", () => {
    const folder = temporaryFolder();
    const elsewhere = join(temporaryFolder(), "elsewhere");
    writeFileSync(elsewhere, bytes);
    symlinkSync(elsewhere, join(folder, "f"));
    writeDurably({ path: join(folder, "f"), bytes, mode: 0o600 }, ignore);
    expect(lstatSync(join(folder, "f")).isFile()).toBe(true);
    expect(readFileSync(elsewhere)).toEqual(bytes);
  });

  it("leaves other files alone, and writes beside a left-over that cannot be removed", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, ".f.bak.tmp"), "somebody's");
    mkdirSync(join(folder, ".f.tmp"));
    writeDurably({ path: join(folder, "f"), bytes, mode: 0o600 }, ignore);
    expect(readdirSync(folder).sort()).toEqual([".f.bak.tmp", ".f.tmp", "f"]);
  });

  it("is written although another process takes its temporary file for a left-over", () => {
    const folder = temporaryFolder();
    const path = join(folder, "f");
    let taken = 0;
    const taking = (step: HaltStep): void => {
      if (step !== "artifact-synced" || taken === 3) return;
      taken += 1;
      writeDurably({ path, bytes: Buffer.from(`of another ${taken}`), mode: 0o600 }, ignore);
    };
    writeDurably({ path, bytes, mode: 0o600 }, taking);
    expect(taken).toBe(3);
    expect(readFileSync(path)).toEqual(bytes);
    expect(readdirSync(folder)).toEqual(["f"]);
  });

  it("throws what the file system threw, and cleans up", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "f"));
    expect(() => writeDurably({ path: join(folder, "f"), bytes, mode: 0o600 }, ignore)).toThrow(/EISDIR/);
    expect(readdirSync(folder)).toEqual(["f"]);
    expect(() => writeDurably({ path: join(folder, "no/f"), bytes, mode: 0o600 }, ignore)).toThrow(/ENOENT/);
  });
});
