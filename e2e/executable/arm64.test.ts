import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundledIn } from "@upgrade-halt/executable";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { proof } from "../harness/proof.ts";
import { ARM64_NODE_PATH, emulated, whyNoEmulator } from "./arm64.ts";
import { buildInto, debianIn, executableIn, OUT } from "./built.ts";

/** Where an ELF file says its machine, in two bytes, and what it says of arm64 (`EM_AARCH64`). */
const MACHINE_AT = 18;
const ARM64_MACHINE = 183;

let folder: string;
let bytes: Buffer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "upgrade-halt-arm64-"));
  await buildInto(folder, "--arch", "arm64", "--node", ARM64_NODE_PATH);
  bytes = readFileSync(executableIn(folder, "arm64"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

proof("for arm64 the one file is a program of arm64, with the same command in it", ["ONE-FILE"], () => {
  expect(bytes.readUInt16LE(MACHINE_AT)).toBe(ARM64_MACHINE);
  const packages = bundledIn(bytes);
  expect(packages).toContainEqual(expect.stringMatching(/^@upgrade-halt\/consumer@/));
  expect(packages).toEqual(bundledIn(readFileSync(executableIn(OUT))));
});

proof("the Debian package for arm64 says so, and has that file", ["DEBIAN"], () => {
  const deb = debianIn(folder);
  expect(deb).toMatch(/_arm64\.deb$/);
  const field = execFileSync("dpkg-deb", ["--field", deb, "Architecture"], { encoding: "utf8" });
  expect(field).toBe("arm64\n");
  const unpacked = join(folder, "unpacked");
  execFileSync("dpkg-deb", ["--extract", deb, unpacked]);
  expect(readFileSync(join(unpacked, "usr/bin/upgrade-halt")).equals(bytes)).toBe(true);
});

const reason = whyNoEmulator();
describe.skipIf(reason !== undefined)(`under an emulator of arm64${reason ? ` (${reason})` : ""}`, () => {
  proof("it says what the one file of this machine says", ["ONE-FILE"], async () => {
    const asked = [["explain", "70"], ["--version"], ["chekc"], ["status", "http://127.0.0.1:1"]];
    for (const args of asked)
      expect(await run(...emulated(executableIn(folder, "arm64"), args)), args.join(" ")).toEqual(
        await run(executableIn(OUT), args),
      );
  });
});

function run(program: string, args: readonly string[]): Promise<object> {
  return new Promise((resolve) => {
    execFile(program, args, { env: {} }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}
