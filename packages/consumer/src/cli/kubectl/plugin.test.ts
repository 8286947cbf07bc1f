import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CliRun, runPlugin } from "../../testing/cli.ts";

const HALT = {
  metadata: { name: "sei-0-0-x", namespace: "sei", uid: "u-1" },
  spec: {
    podName: "sei-0-0",
    container: "seid",
    policyName: "sei",
    reason: "upgrade_required",
    planName: "v6.7",
    height: 30,
    image: "sei:v6.6",
    sources: ["exit-code", "plan-line"],
    verdict: "It halted for upgrade_required.",
    detectedAt: "2026-08-21T18:00:00.123Z",
  },
  status: {
    phase: "Held",
    reason: "ImageMappingMissing",
    message: "No image is listed.",
    seen: { chainId: "mock-1" },
  },
};
const POLICY = {
  metadata: { name: "sei", namespace: "sei", uid: "u-2" },
  spec: { container: "seid", chainId: "mock-1", upgrades: [] as object[] },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-kubectl-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A kubectl that answers this, writes down what it was asked, and ends so. */
async function standIn({ halts = [HALT], policy = POLICY, says = "", code = 0 } = {}): Promise<void> {
  await writeFile(join(folder, "nodehalts"), JSON.stringify({ items: halts }));
  await writeFile(join(folder, "haltpolicies"), JSON.stringify(policy));
  await writeFile(join(folder, "says"), says);
  const script = `#!/bin/sh
PATH=/usr/bin:/bin
for word in "$@"; do printf '%s\\n' "$word" >> ${folder}/asked; done
cat ${folder}/says >&2
[ ${code} = 0 ] || exit ${code}
if [ "$1" = patch ]; then echo '{}'; else cat "${folder}/$2"; fi
`;
  await writeFile(join(folder, "kubectl"), script);
  await chmod(join(folder, "kubectl"), 0o755);
}

const plugin = (...args: string[]): Promise<CliRun> => runPlugin(args, { env: { PATH: folder } });
/** What kubectl was asked to write. */
async function patches(): Promise<readonly unknown[]> {
  const asked = (await readFile(join(folder, "asked"), "utf8")).split("\n");
  return asked
    .filter((word) => word.startsWith("--patch="))
    .map((word) => JSON.parse(word.slice("--patch=".length)));
}

test("without kubectl it says that there is none", async () => {
  expect(await plugin("list")).toEqual({
    code: 1,
    stdout: "",
    stderr: "kubectl upgrade-halt: kubectl is not on this PATH.\n",
  });
});

test("the cluster is named to kubectl as kubectl names it", async () => {
  await standIn();
  await plugin("list", "-n", "sei", "--context", "prod", "--kubeconfig", "/k");
  expect((await readFile(join(folder, "asked"), "utf8")).trim().split("\n")).toEqual([
    ...["get", "nodehalts", "--namespace=sei", "--context=prod", "--kubeconfig=/k", "--output=json"],
  ]);
});

test.each([
  [
    'error: the server doesn\'t have a resource type "nodehalts"',
    "CustomResourceDefinitions are not installed",
  ],
  [
    'Error from server (Forbidden): nodehalts.upgrade-halt.dev is forbidden: User "x" cannot list resource "nodehalts"',
    "Ask whoever runs the cluster for that right",
  ],
  [
    "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?",
    "was refused",
  ],
  ["something else", "it ended with 1"],
])("%s: what kubectl refuses with is the one sentence, with what to do", async (says, expected) => {
  await standIn({ says: `${says}\n`, code: 1 });
  const { code, stdout, stderr } = await plugin("list");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("kubectl upgrade-halt: kubectl get nodehalts failed: ");
  expect(stderr).toContain(expected);
});

test("what kubectl says while it logs in is passed on, and cannot act on the terminal", async () => {
  await standIn({ says: "To sign in, open https://login.example.com\u001b[2J\n" });
  const { code, stderr } = await plugin("list");
  expect(code).toBe(0);
  expect(stderr).toBe("To sign in, open https://login.example.com\\u{1b}[2J\n");
});

test("an approval keeps what else the policy lists, and what it knows of it that this program does not", async () => {
  const other = { planName: "v6.6", height: 20, image: "sei:v6.6", note: "of a newer schema" };
  await standIn({ policy: { ...POLICY, spec: { ...POLICY.spec, upgrades: [other] } } });
  const { code, stdout } = await plugin("approve", "sei-0-0", "--image", "sei:v6.7", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    object: "haltpolicies/sei",
    changed: true,
    undo: "kubectl upgrade-halt approve sei-0-0-x --undo --namespace=sei",
  });
  expect(await patches()).toEqual([
    [
      { op: "test", path: "/metadata/uid", value: "u-2" },
      { op: "test", path: "/spec/upgrades", value: [other] },
      {
        op: "add",
        path: "/spec/upgrades",
        value: [other, { planName: "v6.7", height: 30, image: "sei:v6.7" }],
      },
      {
        op: "add",
        path: "/metadata/annotations",
        value: {
          "upgrade-halt.dev/approved": JSON.stringify([{ planName: "v6.7", height: 30, image: "sei:v6.7" }]),
        },
      },
    ],
  ]);
});

test("a height that was left out is added, and nothing else of the entry is changed", async () => {
  const upgrades = [{ planName: "v6.7", image: "sei:v6.7" }];
  await standIn({ policy: { ...POLICY, spec: { ...POLICY.spec, upgrades } } });
  await plugin("approve", "sei-0-0", "--image", "sei:v6.7");
  expect(await patches()).toEqual([
    expect.arrayContaining([
      { op: "add", path: "/spec/upgrades", value: [{ planName: "v6.7", height: 30, image: "sei:v6.7" }] },
    ]),
  ]);
});

test.each([
  ["the image that halted", {}, {}, "sei:v6.6", "sei:v6.6 is the image that halted"],
  [
    "another image for the plan",
    {},
    { upgrades: [{ planName: "v6.7", height: 30, image: "sei:other" }] },
    "sei:v6.7",
    "lists sei:other for plan v6.7 at height 30, and this halt is at height 30",
  ],
  [
    "another height for the plan",
    {},
    { upgrades: [{ planName: "v6.7", height: 31, image: "sei:v6.7" }] },
    "sei:v6.7",
    "at height 31, and this halt is at height 30",
  ],
  [
    "a halt of another container",
    { container: "heimdalld" },
    {},
    "sei:v6.7",
    "is of container heimdalld, and HaltPolicy sei is about seid",
  ],
  ["a node of another chain", {}, { chainId: "atlantic-2" }, "sei:v6.7", "is on chain mock-1"],
  ["no plan", { planName: undefined }, {}, "sei:v6.7", "named no plan"],
  ["no height", { height: undefined }, {}, "sei:v6.7", "named no height"],
  ["a plan's name that had to be changed", { planName: "v6\\u{7}" }, {}, "sei:v6.7", "not recorded as it is"],
  [
    "a halt that no image ends",
    { reason: "downgrade_detected" },
    {},
    "sei:v6.7",
    "is for downgrade_detected",
  ],
])("%s is not approved, and nothing is written", async (_, spec, policy, image, expected) => {
  await standIn({
    halts: [{ ...HALT, spec: { ...HALT.spec, ...spec } as typeof HALT.spec }],
    policy: { ...POLICY, spec: { ...POLICY.spec, ...policy } },
  });
  const { code, stdout, stderr } = await plugin("approve", "sei-0-0", "--image", image);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(expected);
  expect(await patches()).toEqual([]);
});

test("which of two open halts of a pod is meant has to be said", async () => {
  const second = { ...HALT, metadata: { ...HALT.metadata, name: "sei-0-0-y" } };
  await standIn({ halts: [HALT, second] });
  const { code, stderr } = await plugin("abort", "sei-0-0");
  expect(code).toBe(1);
  expect(stderr).toContain("that pod has several: sei-0-0-x, sei-0-0-y");
  expect(await plugin("abort", "sei-0-0-y")).toMatchObject({ code: 0 });
  expect(await patches()).toEqual([
    { metadata: { uid: "u-1", annotations: { "upgrade-halt.dev/abort": "true" } } },
  ]);
});

test.each([["--server=http://127.0.0.1:1"], ["-f/etc/passwd"], ["A"], ["a/b"], ["a b"], [""]])(
  "a policy that a NodeHalt calls %o is not asked for, nor said to be paused",
  async (policyName) => {
    const spec = { ...HALT.spec, policyName };
    await standIn({ halts: [{ ...HALT, spec, status: { ...HALT.status, reason: "Paused" } }] });
    const { code, stderr } = await plugin("approve", "sei-0-0", "--image", "sei:v6.7");
    expect(code).toBe(1);
    expect(stderr).toContain("no HaltPolicy can be called so");
    expect((await plugin("why", "sei-0-0")).stdout).not.toContain("pause ");
    const asked = (await readFile(join(folder, "asked"), "utf8")).split("\n");
    expect(asked.filter((word) => word === "haltpolicies")).toEqual([]);
  },
);

test("a NodeHalt that is called as a pod is not taken for the halt of that pod, nor the other way round", async () => {
  const forged = { ...HALT, metadata: { ...HALT.metadata, name: "sei-0-0", uid: "u-9" } };
  await standIn({ halts: [forged, HALT] });
  const { code, stderr } = await plugin("abort", "sei-0-0");
  expect(code).toBe(1);
  expect(stderr).toContain("a NodeHalt and a pod that halted are called so");
  expect(await patches()).toEqual([]);
});

test("a NodeHalt that the controller never saw stands for no pod that it did see, and nothing is approved for it", async () => {
  const { seen: _, ...unseen } = HALT.status;
  const forged = { ...HALT, metadata: { ...HALT.metadata, name: "forged", uid: "u-9" }, status: unseen };
  await standIn({ halts: [forged, HALT] as (typeof HALT)[] });
  expect(JSON.parse((await plugin("abort", "sei-0-0", "--json")).stdout).object).toBe("nodehalts/sei-0-0-x");
  const { code, stderr } = await plugin("approve", "forged", "--image", "sei:v6.7");
  expect(code).toBe(1);
  expect(stderr).toContain("The controller never saw what NodeHalt forged tells");
});

test("only what approve listed is taken out again", async () => {
  const upgrade = { planName: "v6.7", height: 30, image: "sei:v6.7" };
  const listing = { ...POLICY, spec: { ...POLICY.spec, upgrades: [upgrade] } };
  await standIn({ policy: listing });
  const { code, stderr } = await plugin("approve", "sei-0-0-x", "--undo");
  expect(code).toBe(1);
  expect(stderr).toContain("approve did not list that");
  expect(await patches()).toEqual([]);
  const annotations = { "upgrade-halt.dev/approved": JSON.stringify([upgrade]) };
  await standIn({ policy: { ...listing, metadata: { ...POLICY.metadata, annotations } } as typeof POLICY });
  expect(await plugin("approve", "sei-0-0-x", "--undo")).toMatchObject({ code: 0 });
  expect((await patches()).flat()).toContainEqual({ op: "add", path: "/spec/upgrades", value: [] });
});

test.each([
  ["Recovering", "changes nothing more, and watches"],
  ["Recovered", "there is nothing to abort"],
  ["Swapping", "aborted in the middle of its swap (Swapping): it ends as Failed"],
])("of a halt that is %s, abort says %s", async (phase, expected) => {
  await standIn({ halts: [{ ...HALT, status: { ...HALT.status, phase } }] });
  const { stdout, stderr } = await plugin("abort", "sei-0-0-x");
  expect(stdout + stderr).toContain(expected);
});

test.each([
  ["yes", "abort", "is already aborted", 0],
  ["", "abort", "is already aborted", 0],
  ["false", "abort", "is aborted", 1],
  ["yes", "abort --undo", "is no longer aborted", 1],
  ["false", "abort --undo", "is already no longer aborted", 0],
])(
  "the annotation with the value %j is read as the controller reads it: %s",
  async (value, words, said, writes) => {
    const annotations = { "upgrade-halt.dev/abort": value };
    await standIn({
      halts: [{ ...HALT, metadata: { ...HALT.metadata, annotations } as typeof HALT.metadata }],
    });
    const [command = "", ...flags] = words.split(" ");
    expect((await plugin(command, "sei-0-0-x", ...flags)).stdout).toContain(said);
    expect(await patches()).toHaveLength(writes);
  },
);

test("hostile text in a journal does nothing on a terminal", async () => {
  const [hostile, shown] = ["v6.7\u001b]0;x\u0007\n\u202e", "\\u{1b}]0;x\\u{7}\\u{a}\\u{202e}"];
  const spec = { ...HALT.spec, planName: hostile, verdict: hostile };
  await standIn({ halts: [{ ...HALT, spec, status: { ...HALT.status, message: hostile } }] });
  for (const args of [["list"], ["why", "sei-0-0"]]) {
    const { stdout } = await plugin(...args);
    expect(stdout).toContain(shown);
    expect(stdout).not.toMatch(/[\u001b\u0007\u202e]/);
  }
});
