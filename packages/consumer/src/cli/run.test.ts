import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../testing/cli.ts";
import { nodeAnswering } from "../testing/http-node.ts";

const HALTED = {
  node_info: { network: "pacific-1" },
  sync_info: { latest_block_height: "30" },
  halt_intent: {
    reason: 70,
    reason_string: "upgrade_required",
    plan_name: "v6.7",
    height: 30,
    announced_at: "2026-08-21T17:59:41.12Z",
  },
};

test("explain says what a code means", async () => {
  const { code, stdout } = await runCli(["explain", "71"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^71 is binary_too_new: /);
});

test("status shows the halt that a node announces", async () => {
  await using node = await nodeAnswering(HALTED);
  const { code, stdout } = await runCli(["status", node.url]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^halted: upgrade_required \(plan v6\.7 at height 30\), not corroborated\n/);
});

test("classify reads evidence from standard input", async () => {
  const evidence = { process: { kind: "ended", end: { kind: "exited", code: 2 } } };
  const { code, stdout } = await runCli(["classify", "--json"], { stdin: JSON.stringify(evidence) });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).verdict).toMatchObject({ kind: "crashed", cause: { kind: "panic", code: 2 } });
});

test.each([
  [["explain", "x"], 64],
  [["bogus"], 64],
  [["status"], 64],
  [["status", "http://127.0.0.1:1"], 1],
  [["status", "file:///etc/passwd"], 64],
  [["status", "http://me@127.0.0.1"], 64],
  [["check", "127.0.0.1:26657", "--expect-halted"], 64],
  [["check", "http://127.0.0.1:1", "--expect-halted"], 1],
  [["watch", "file:///etc/passwd"], 64],
  [["classify"], 64],
])("%j fails with one sentence and exit code %i", async (args, expected) => {
  const { code, stdout, stderr } = await runCli(args);
  expect(code).toBe(expected);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^upgrade-halt: [^\n]+\.\n$/);
});

test.each([["--version"], ["-V"], ["version"]])(
  "%s says its version, the contract's and that a source tree knows no commit",
  async (word) => {
    const { code, stdout } = await runCli([word]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^upgrade-halt \d+\.\d+\.\d+ \(contract \d+\.\d+\.\d+, commit unknown\)\n$/);
  },
);

test("help of a command is its --help", async () => {
  const { code, stdout } = await runCli(["help", "check"]);
  expect(code).toBe(0);
  expect(stdout).toContain("Usage: upgrade-halt check");
});

test.each([
  [["chekc"], "unknown command 'chekc': did you mean check. See --help."],
  [["help", "chekc"], "unknown command 'chekc': did you mean check. See --help."],
  [["chekc", "--help"], "unknown command 'chekc': did you mean check. See --help."],
  [["status", "--jsno", "x"], "unknown option '--jsno': did you mean --json. See --help."],
  [["exec", "sh", "-c", "exit 72"], "unknown option '-c'. Put -- before the command to run. See --help."],
])("%j is told what was meant", async (args, words) => {
  const { code, stderr } = await runCli(args);
  expect(code).toBe(64);
  expect(stderr).toBe(`upgrade-halt: ${words}\n`);
});

test.each([
  [
    "two.json",
    JSON.stringify({ kind: "List", items: [{}, {}] }),
    "is a list of 2 objects: give one HaltPolicy",
  ],
  [
    "policy.yaml",
    "apiVersion: upgrade-halt.dev/v1alpha1\nkind: HaltPolicy\n",
    "is YAML: give it as JSON, as kubectl get",
  ],
  ["comment.yaml", "# of sei\nkind: HaltPolicy\n", "is YAML"],
  ["text.txt", "v6.7 30", "is no JSON: it begins"],
])("the policy %s says what it should be", async (name, text, expected) => {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-policy-"));
  await writeFile(join(folder, name), text);
  const { code, stderr } = await runCli(["classify", "--policy", join(folder, name)], { stdin: "{}" });
  await rm(folder, { recursive: true });
  expect(code).toBe(1);
  expect(stderr).toContain(name);
  expect(stderr).toContain(expected);
});

test("a HaltPolicy or its spec is a policy", async () => {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-run-"));
  const spec = {
    selector: { matchLabels: { app: "sei" } },
    container: "seid",
    chainId: "pacific-1",
    inferredHalts: "Page",
    upgrades: [{ planName: "v6.7", height: 30, image: "sei@sha256:1" }],
    actions: { upgradeRequired: "SwapImage", binaryTooNew: "Page" },
  };
  const verdicts = [];
  const whole = { apiVersion: "upgrade-halt.dev/v1alpha1", kind: "HaltPolicy", spec };
  const { selector: _, ...unselective } = spec;
  const { chainId, upgrades, actions } = spec;
  const words = { chainId, upgrades, actions };
  for (const document of [
    whole,
    spec,
    unselective,
    words,
    { apiVersion: "v1", kind: "List", items: [whole] },
  ]) {
    await writeFile(join(folder, "policy.json"), JSON.stringify(document));
    const evidence = {
      process: {
        kind: "ended",
        end: { kind: "exited", code: 70 },
        log: 'UPGRADE "v6.7" NEEDED at height: 30: ',
      },
      lastSeen: { chainId: "pacific-1", height: 29 },
    };
    const args = ["classify", "--json", "--policy", join(folder, "policy.json")];
    const { stdout } = await runCli(args, { stdin: JSON.stringify(evidence) });
    verdicts.push(JSON.parse(stdout).recommendation.action);
  }
  await rm(folder, { recursive: true });
  expect(verdicts).toEqual(Array.from({ length: 5 }, () => "swap-to-image"));
});

test.each([["status"], ["check", "--expect-halted"]])(
  "%s takes CometBFT's own form of an address",
  async (...args) => {
    await using node = await nodeAnswering(HALTED);
    const { code } = await runCli([...args, node.url.replace("http:", "tcp:")]);
    expect(code).toBe(0);
  },
);
