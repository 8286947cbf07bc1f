import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import type { ProcessFacts } from "../process.ts";
import { readAnnouncer } from "./announcer.ts";
import { idsOf } from "./process-table.ts";
import type { Reader } from "./readable-for.ts";

const NOBODY: Reader = { uid: 65534, gid: 65534, groups: [] };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-doctor-"));
  await chmod(folder, 0o755);
  await mkdir(join(folder, "home/data/application.db"), { recursive: true });
  await writeFile(join(folder, "policy.json"), "{}");
});
afterEach(() => rm(folder, { recursive: true }));

async function announcerOf({
  home = "home",
  reader = idsOf(process.pid) as Reader,
  node = undefined as ProcessFacts | undefined,
  root = "",
} = {}) {
  const wrapper = { kind: "exec", pid: 1, announce: true, hold: false, stayAlive: false } as const;
  const exec = { ...wrapper, home: join(folder, home), policy: join(folder, "policy.json") };
  return await readAnnouncer(exec, { root, reader, node }, process.env);
}

const nodeWith = (...args: readonly string[]): ProcessFacts => ({
  pid: 0,
  name: "seid",
  args: ["seid", "start", ...args],
  cwd: folder,
});

test("has nothing against an announcer that reads its policy and has the node's home", async () => {
  const node = nodeWith("--home", "elsewhere", "--home=home/");
  expect(await announcerOf({ node })).toEqual({ unread: [], nodeHome: undefined });
});

test("tells of a home of exec that is none", async () => {
  const path = join(folder, "nowhere/data");
  expect((await announcerOf({ home: "nowhere" })).unread).toEqual([{ path, refused: "it is not there" }]);
});

test("tells of a node that says another home", async () => {
  const { nodeHome } = await announcerOf({ node: nodeWith("--home", "home", "--home", "/srv/sei") });
  expect(nodeHome).toBe("/srv/sei");
});

test.runIf(process.platform === "linux")(
  "tells of a node that has another home's databases open",
  async () => {
    const data = join(folder, "other/data/application.db");
    await mkdir(data, { recursive: true });
    const script = `exec 3> '${data}/LOCK'; echo; exec sleep 60`;
    const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    const node = { ...nodeWith(), pid: child.pid ?? 0 };
    expect((await announcerOf({ node })).nodeHome).toBe(join(folder, "other"));
  },
);

test.runIf(process.platform === "linux" && process.getuid?.() === 0).each([
  ["policy.json", 0o600],
  ["home/data", 0o700],
  ["home", 0o700],
])("tries as exec's user whether it may read: not %s of %o", async (path, mode) => {
  await chmod(join(folder, path), mode);
  const { unread } = await announcerOf({ reader: NOBODY });
  expect(unread).toMatchObject([{ refused: "the user 65534 may not read it, or it is not there" }]);
  await chmod(join(folder, path), 0o755);
  expect((await announcerOf({ reader: NOBODY })).unread).toEqual([]);
});

test.runIf(process.platform === "linux" && process.getuid?.() === 0)(
  "blames no file for a container that the kernel lets no other process of exec's user into",
  async () => {
    // Nobody else is let into the root of a process of root, as into that of one with another user namespace.
    const { unread } = await announcerOf({ reader: NOBODY, root: `/proc/${process.pid}/root` });
    expect(unread).toMatchObject(
      ["policy.json", "home/data"].map((path) => ({ path: join(folder, path), isUntried: true })),
    );
  },
);

test.runIf(process.platform === "linux" && process.getuid?.() === 0).each([
  [["daemon"], 0],
  [["nogroup", "daemon"], 0],
  [["nogroup"], 1],
])("tries as a unit's user with the unit's groups %j", async (groups, refused) => {
  await chown(join(folder, "policy.json"), 0, 1);
  await chmod(join(folder, "policy.json"), 0o640);
  const { unread } = await announcerOf({ reader: { user: "nobody", groups } });
  expect(unread).toHaveLength(refused);
});
