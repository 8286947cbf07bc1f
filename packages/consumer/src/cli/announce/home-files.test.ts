import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { announceTest, restarted } from "../../testing/announce-place.ts";
import { runCommand } from "../../testing/command.ts";

const test = announceTest.concurrent;

test.for<[string, string, number]>([
  [
    "of the listed chain",
    '{\n "app_name": "sei", "genesis_time": "2022-05-22T00:00:00Z",\n "chain_id": "test-1", "app_state": {}}',
    70,
  ],
  ["of another chain", '{"genesis_time":"2022-05-22T00:00:00Z","chain_id":"other-1"}', 2],
  [
    "that names the chain inside a text",
    '{"app_name":"\\"chain_id\\":\\"test-1\\"","chain_id":"other-1"}',
    2,
  ],
  ["that names a chain only deeper down", '{"app_state":{"chain_id":"test-1"},"chain_id":"test-1"}', 2],
  ["that is cut short", '{"chain_id":"test-1', 2],
])(
  "a node that never served, with a genesis %s, ends with what fits",
  async ([, genesis, code], { place }) => {
    await mkdir(join(place.folder, "config"));
    await mkdir(join(place.folder, "data"));
    await writeFile(join(place.folder, "config", "genesis.json"), genesis);
    const end = await runCommand([...place.announce(), ...restarted(place.folder)]);
    expect(end.code, end.stderr).toBe(code);
  },
);

test("a node that never served, without a genesis, keeps its exit code", async ({ place }) => {
  await mkdir(join(place.folder, "data"));
  expect((await runCommand([...place.announce(), ...restarted(place.folder)])).code).toBe(2);
});

test("a link in the place of upgrade-info.json is not read", async ({ place }) => {
  const { readUpgradeInfo } = await import("../../upgrade-info-file.ts");
  await mkdir(join(place.folder, "data"));
  const path = join(place.folder, "data", "upgrade-info.json");
  await writeFile(join(place.folder, "elsewhere"), '{"name":"v6.7","height":30}');
  await symlink(join(place.folder, "elsewhere"), path);
  expect(await readUpgradeInfo(place.folder)).toBeUndefined();
  await rm(path);
  await writeFile(path, '{"name":"v6.7","hei');
  expect(await readUpgradeInfo(place.folder)).toBeUndefined();
  await writeFile(path, '{"name":"v6.7","height":30}');
  expect(await readUpgradeInfo(place.folder)).toMatchObject({ name: "v6.7", height: 30 });
});
