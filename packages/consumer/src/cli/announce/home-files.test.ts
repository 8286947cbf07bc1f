import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { announceTest, LINE, restarted } from "../../testing/announce-place.ts";
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

test.for([
  ["that is a link", "ln -s elsewhere", "it is a link"],
  ["that is a folder", "mkdir", "it is no file"],
  ["that was not written to its end", `printf '{"name":"v6.7","hei' >`, "it is not whole, or names no plan"],
] as const)("an upgrade-info.json %s proves nothing, and that is told", async ([, make, why], { place }) => {
  const { folder } = place;
  await mkdir(join(folder, "config"));
  await mkdir(join(folder, "data"));
  await writeFile(join(folder, "config", "genesis.json"), '{"genesis_time":"x","chain_id":"test-1"}');
  await writeFile(join(folder, "data", "elsewhere"), '{"name":"v6.7","height":30}');
  const script = `${make} "${folder}/data/upgrade-info.json"; echo '${LINE}' >&2; exit 2`;
  const end = await runCommand([...place.announce("--home", folder), "--", "sh", "-c", script]);
  expect(end.stderr).toContain(`upgrade-info.json counts for nothing: ${why}.`);
  expect(end.code, end.stderr).toBe(2);
});
