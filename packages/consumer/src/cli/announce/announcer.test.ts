import { join } from "node:path";
import { expect } from "vitest";
import { evidenceFromContainerStatus } from "../../adapters/kubernetes.ts";
import { classify } from "../../classify.ts";
import { announceTest, type Legacy, LINE } from "../../testing/announce-place.ts";
import { runCommand } from "../../testing/command.ts";

const test = announceTest.concurrent;

test.for([2, 1])(
  "a node that ended by %i at the plan's height is announced with 70",
  async (code, { place }) => {
    const end = await runCommand([...place.announce(), ...place.legacyNode({ code })]);
    expect(end.stderr).toContain("upgrade-halt: announced for the node, with exit code 70.");
    expect(end.code).toBe(70);
  },
);

test("a halt line counts although a line of the other stream has not ended", async ({ place }) => {
  const legacy = { code: 2, begun: "syncing 29/30 ", line: `panic: ${LINE}` };
  const end = await runCommand([...place.announce(), ...place.legacyNode(legacy)]);
  expect(end.code, end.stderr).toBe(70);
});

test("a missing handler that a node panicked with is announced with 72", async ({ place }) => {
  const line = "panic: Wrong app version 0, upgrade handler is missing for v6.6 upgrade plan";
  expect((await runCommand([...place.announce(), ...place.legacyNode({ code: 2, line })])).code).toBe(72);
});

/** More than the 2048 bytes and the 80 lines that Kubernetes keeps of a log. */
const TRACE = Array.from({ length: 100 }, (_, i) => `main.apply(0x${i})\n\t/src/app.go:${i} +0x1d`).join(
  "\n",
);

test.for<[number, string, object]>([
  [70, LINE, { plan: "v6.7", height: 30 }],
  [
    71,
    'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v6.7" - in binary but not executed on chain',
    { plan: "v6.7" },
  ],
  [72, "Wrong app version 0, upgrade handler is missing for v6.6 upgrade plan", { plan: "v6.6" }],
])(
  "the end of the output tells a %i that was announced, however long the trace is",
  async ([code, line, said], { place }) => {
    const traced = `panic: ${line}\n\ngoroutine 1 [running]:\n${TRACE}`;
    const end = await runCommand([...place.announce(), ...place.legacyNode({ code: 2, line: traced })]);
    expect(end.code, end.stderr).toBe(code);
    const terminated = { exitCode: code, message: end.stderr.slice(-2048) };
    expect(classify(evidenceFromContainerStatus({ name: "seid", state: { terminated } }))).toMatchObject({
      ...said,
      corroborated: true,
      sources: ["exit-code", "plan-line"],
    });
  },
);

test.for<[string, Legacy]>([
  ["seen too far below", { height: 20, code: 2 }],
  ["seen past the height", { height: 31, code: 2 }],
  ["of another chain", { chain: "other-1", code: 2 }],
  ["without a line", { line: "panic: out of luck", code: 2 }],
  ["that quotes its line", { line: `I[x] said: "${LINE}"`, code: 2 }],
  ["whose plan is not listed", { line: 'UPGRADE "v6.8" NEEDED at height: 30: ', code: 2 }],
])("a node %s keeps its exit code", async ([, legacy], { place }) => {
  const { code, stderr } = await runCommand([...place.announce(), ...place.legacyNode(legacy)]);
  expect(stderr).not.toContain("announced for the node");
  expect(code).toBe(2);
});

test("an end of its own is kept by a node that came at once for one that panicked with a missing handler", async ({
  place,
}) => {
  const body = `{"jsonrpc":"2.0","id":-1,"result":{"node_info":{"network":"test-1"},"sync_info":{"latest_block_height":"50"}}}`;
  const next = `require("node:http").createServer((_, response) => response.end('${body}')).listen(${place.port}, "127.0.0.1"); setTimeout(() => process.exit(1), 6000);`;
  const script = `echo 'panic: Wrong app version 0, upgrade handler is missing for v6.6 upgrade plan' >&2; exec "$0" -e "$1"`;
  const { code, stderr } = await runCommand([
    ...place.announce("--", "sh", "-c", script, process.execPath, next),
  ]);
  expect(stderr).not.toContain("announced for the node");
  expect(code).toBe(1);
});

test("without a policy nothing is announced, and it says so", async ({ place }) => {
  const args = [
    "exec",
    "--announce",
    "--rpc",
    `http://127.0.0.1:${place.port}`,
    ...place.legacyNode({ code: 2 }),
  ];
  const { code, stderr } = await runCommand(args);
  expect(stderr).toContain("no upgrade is announced");
  expect(code).toBe(2);
});

test("a halt that was announced is not announced again", async ({ place }) => {
  const inner = [process.execPath, join(import.meta.dirname, "..", "..", "main.ts"), ...place.announce()];
  const { code, stderr } = await runCommand([
    ...place.announce(),
    "--",
    ...inner,
    ...place.legacyNode({ code: 2 }),
  ]);
  expect(code).toBe(70);
  expect(stderr.match(/announced for the node/g)).toHaveLength(1);
});

test("flags of --announce without it do not fit", async () => {
  const { code, stderr } = await runCommand(["exec", "--stay-alive", "--", "true"]);
  expect(code).toBe(64);
  expect(stderr).toMatch(/go with --announce\.\n$/);
});
