import { lutimes, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { beginOfRun, unitFolders } from "./begin-of-run.ts";

const ID = "0123456789abcdef0123456789abcdef";

async function units(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-units-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test("is when systemd wrote down the invocation, whichever unit it is of", async () => {
  const folder = await units();
  await writeFile(join(folder, "log-level-max:other.service"), "");
  await writeFile(join(folder, "invocation:no-link.service"), "");
  await symlink("f".repeat(32), join(folder, "invocation:other.service"));
  await symlink(ID, join(folder, "invocation:seid@1.service"));
  await lutimes(join(folder, "invocation:seid@1.service"), 1_000, 1_000);
  expect(await beginOfRun(ID, [join(folder, "none"), await units(), folder])).toBe(1_000_000);
});

test("is looked for among the units of the system and those of the user", () => {
  const ofUser = `/run/user/${process.getuid?.()}/systemd/units`;
  expect(unitFolders({ XDG_RUNTIME_DIR: "/run/own" })).toEqual([
    "/run/systemd/units",
    "/run/own/systemd/units",
  ]);
  expect(unitFolders({})).toEqual(["/run/systemd/units", ofUser]);
});

test("is not known where no unit is in this invocation, and where systemd writes down none", async () => {
  const folder = await units();
  await symlink("f".repeat(32), join(folder, "invocation:seid.service"));
  expect(await beginOfRun(ID, [folder])).toBeUndefined();
  expect(await beginOfRun(ID, [join(folder, "none")])).toBeUndefined();
});
