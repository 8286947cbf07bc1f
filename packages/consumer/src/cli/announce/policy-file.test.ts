import { writeFile } from "node:fs/promises";
import { expect } from "vitest";
import { announceTest, type Legacy, listing } from "../../testing/announce-place.ts";
import { runCommand } from "../../testing/command.ts";

const test = announceTest.concurrent;

test.for<[string, Legacy]>([
  ["that ends", { code: 2 }],
  ["that lives on", { height: 30 }],
])("an upgrade that was listed while the node ran is announced of one %s", async ([, legacy], { place }) => {
  await writeFile(place.policy, listing({ planName: "v6.6", height: 20, image: "sei:v6.6" }));
  const policy = listing({ planName: "v6.7", height: 30, image: "sei:v6.7" });
  const end = await runCommand([
    ...place.announce("--standstill", "500"),
    ...place.legacyNode({ ...legacy, policy }),
  ]);
  expect(end.code, end.stderr).toBe(70);
});

test("of a policy that can't be read any more, what it said before counts, and that is told", async ({
  place,
}) => {
  const end = await runCommand([...place.announce(), ...place.legacyNode({ code: 2, policy: "{" })]);
  expect(end.code, end.stderr).toBe(70);
  expect(end.stderr.match(/What the policy said before still counts\./g)).toHaveLength(1);
});

test("a node is started although its policy does not fit, and what it is mended to counts", async ({
  place,
}) => {
  const typo = listing({ planName: "v6.7", height: "30", image: "sei:v6.7" });
  await writeFile(place.policy, typo);
  const policy = listing({ planName: "v6.7", height: 30, image: "sei:v6.7" });
  const end = await runCommand([...place.announce(), ...place.legacyNode({ code: 2, policy })]);
  expect(end.stderr).toContain("No upgrade is announced before it can be.");
  expect(end.code, end.stderr).toBe(70);
});
