import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, until } from "@upgrade-halt/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { evidenceFromContainerStatus } from "../../adapters/kubernetes.ts";
import { classify } from "../../classify.ts";
import { readStatus } from "../../status/read-status.ts";
import { runCommand, startCommand } from "../../testing/command.ts";

let folder: string;
let port: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-announce-"));
  port = await freePort();
  await writeFile(
    join(folder, "policy.json"),
    JSON.stringify({
      chainId: "test-1",
      upgrades: [{ planName: "v6.7", height: 30, image: "sei:v6.7" }],
    }),
  );
});
afterEach(() => rm(folder, { recursive: true }));

const LINE = 'UPGRADE "v6.7" NEEDED at height: 30: ';

interface Legacy {
  readonly height?: number;
  readonly chain?: string;
  /** The code that it ends with after its third answer; it lives on without. */
  readonly code?: number;
  readonly line?: string;
  readonly intent?: string;
  /** What it has begun to say on standard output, before its line, and never ends. */
  readonly begun?: string;
  readonly host?: string;
  /** What the policy says from its halt line on. */
  readonly policy?: string;
  /** It breaks the connections of these questions, by their numbers, and ends with 9 where it was asked many more. */
  readonly broken?: readonly number[];
}

/** A node of before the contract, in few words: it tells its height three times, prints its line and ends, or lives on. */
function legacyNode(legacy: Legacy): string[] {
  const {
    height = 29,
    chain = "test-1",
    code,
    line = LINE,
    intent = "",
    begun = "",
    host = "127.0.0.1",
    policy,
    broken = [],
  } = legacy;
  const body = `{"jsonrpc":"2.0","id":-1,"result":{"node_info":{"network":"${chain}"},"sync_info":{"latest_block_height":"${height}"}${intent}}}`;
  const script = `
let asked = 0;
let came = 0;
const server = require("node:http").createServer((request, response) => {
  came += 1;
  if (${JSON.stringify(broken)}.includes(came)) return request.socket.resetAndDestroy();
  if (${broken.length} > 0 && came > 30) process.exit(9);
  response.end(${JSON.stringify(body)}, () => {
    if (++asked === 2) process.stdout.write(${JSON.stringify(begun)});
    if (asked !== 3) return;
    ${policy === undefined ? "" : `require("node:fs").writeFileSync(${JSON.stringify(join(folder, "policy.json"))}, ${JSON.stringify(policy)});`}
    console.error(${JSON.stringify(line)});
    ${code === undefined ? "" : `process.exit(${code});`}
  });
}).listen(${port}, "${host}");
process.on("SIGTERM", () => {
  console.error("7:48AM INF exiting...");
  process.exit(0);
});`;
  return ["--", process.execPath, "-e", script];
}

const announce = (...flags: string[]) => [
  "exec",
  "--announce",
  "--rpc",
  `tcp://127.0.0.1:${port}`,
  "--policy",
  join(folder, "policy.json"),
  ...flags,
];

test.each([2, 1])("a node that ended by %i at the plan's height is announced with 70", async (code) => {
  const end = await runCommand([...announce(), ...legacyNode({ code })]);
  expect(end.stderr).toContain("upgrade-halt: announced for the node, with exit code 70.");
  expect(end.code).toBe(70);
});

test("a halt line counts although a line of the other stream has not ended", async () => {
  const legacy = { code: 2, begun: "syncing 29/30 ", line: `panic: ${LINE}` };
  const end = await runCommand([...announce(), ...legacyNode(legacy)]);
  expect(end.code, end.stderr).toBe(70);
});

const listing = (...upgrades: readonly object[]) => JSON.stringify({ chainId: "test-1", upgrades });

test.each([
  ["that ends", { code: 2 }],
  ["that lives on", { height: 30 }],
])("an upgrade that was listed while the node ran is announced of one %s", async (_, legacy) => {
  await writeFile(join(folder, "policy.json"), listing({ planName: "v6.6", height: 20, image: "sei:v6.6" }));
  const policy = listing({ planName: "v6.7", height: 30, image: "sei:v6.7" });
  const end = await runCommand([...announce("--standstill", "500"), ...legacyNode({ ...legacy, policy })]);
  expect(end.code, end.stderr).toBe(70);
});

test("of a policy that can't be read any more, what it said before counts, and that is told", async () => {
  const end = await runCommand([...announce(), ...legacyNode({ code: 2, policy: "{" })]);
  expect(end.code, end.stderr).toBe(70);
  expect(end.stderr.match(/What the policy said before still counts\./g)).toHaveLength(1);
});

test("a node is started although its policy does not fit, and what it is mended to counts", async () => {
  const typo = listing({ planName: "v6.7", height: "30", image: "sei:v6.7" });
  await writeFile(join(folder, "policy.json"), typo);
  const policy = listing({ planName: "v6.7", height: 30, image: "sei:v6.7" });
  const end = await runCommand([...announce(), ...legacyNode({ code: 2, policy })]);
  expect(end.stderr).toContain("No upgrade is announced before it can be.");
  expect(end.code, end.stderr).toBe(70);
});

test("a missing handler that a node panicked with is announced with 72", async () => {
  const line = "panic: Wrong app version 0, upgrade handler is missing for v6.6 upgrade plan";
  expect((await runCommand([...announce(), ...legacyNode({ code: 2, line })])).code).toBe(72);
});

/** More than the 2048 bytes and the 80 lines that Kubernetes keeps of a log. */
const TRACE = Array.from({ length: 100 }, (_, i) => `main.apply(0x${i})\n\t/src/app.go:${i} +0x1d`).join(
  "\n",
);

test.each([
  [70, LINE, { plan: "v6.7", height: 30 }],
  [
    71,
    'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v6.7" - in binary but not executed on chain',
    { plan: "v6.7" },
  ],
  [72, "Wrong app version 0, upgrade handler is missing for v6.6 upgrade plan", { plan: "v6.6" }],
])(
  "the end of the output tells a %i that was announced, however long the trace is",
  async (code, line, said) => {
    const traced = `panic: ${line}\n\ngoroutine 1 [running]:\n${TRACE}`;
    const end = await runCommand([...announce(), ...legacyNode({ code: 2, line: traced })]);
    expect(end.code, end.stderr).toBe(code);
    const terminated = { exitCode: code, message: end.stderr.slice(-2048) };
    expect(classify(evidenceFromContainerStatus({ name: "seid", state: { terminated } }))).toMatchObject({
      ...said,
      corroborated: true,
      sources: ["exit-code", "plan-line"],
    });
  },
);

test("the end of the output tells a 70 that was announced of a node that lived on and logged more", async () => {
  const end = await runCommand([...announce("--standstill", "500"), ...legacyNode({ height: 30 })]);
  expect(end.code, end.stderr).toBe(70);
  const message = end.stderr.slice(end.stderr.indexOf("7:48AM INF exiting..."));
  const terminated = { exitCode: 70, message };
  expect(classify(evidenceFromContainerStatus({ name: "seid", state: { terminated } }))).toMatchObject({
    plan: "v6.7",
    height: 30,
    sources: ["exit-code", "plan-line"],
  });
});

test.each<[string, Legacy]>([
  ["seen too far below", { height: 20, code: 2 }],
  ["seen past the height", { height: 31, code: 2 }],
  ["of another chain", { chain: "other-1", code: 2 }],
  ["without a line", { line: "panic: out of luck", code: 2 }],
  ["that quotes its line", { line: `I[x] said: "${LINE}"`, code: 2 }],
  ["whose plan is not listed", { line: 'UPGRADE "v6.8" NEEDED at height: 30: ', code: 2 }],
])("a node %s keeps its exit code", async (_, legacy) => {
  const { code, stderr } = await runCommand([...announce(), ...legacyNode(legacy)]);
  expect(stderr).not.toContain("announced for the node");
  expect(code).toBe(2);
});

test("without a policy nothing is announced, and it says so", async () => {
  const args = ["exec", "--announce", "--rpc", `http://127.0.0.1:${port}`, ...legacyNode({ code: 2 })];
  const { code, stderr } = await runCommand(args);
  expect(stderr).toContain("no upgrade is announced");
  expect(code).toBe(2);
});

test("a node that lives on after its halt is ended and announced", async () => {
  const args = [...announce("--standstill", "500"), ...legacyNode({ height: 30 })];
  const { code, stderr } = await runCommand(args);
  expect(stderr).toContain("it lives on after its halt, and is ended");
  expect(code).toBe(70);
});

/** A command behind an entry point that waits for it, in place of becoming it. */
const behindShell = ([, ...words]: string[]) => [
  ...["--", "sh", "-c", `"$@" & echo $! > "$0"; wait; exit`, join(folder, "pid")],
  ...words,
];

/** Ends what a test had run that wrote down its number, where it still runs. */
async function endWrittenDown(): Promise<void> {
  try {
    process.kill(Number(await readFile(join(folder, "pid"), "utf8")), "SIGKILL");
  } catch {
    // It has ended.
  }
}

test.skipIf(process.platform !== "linux")(
  "a node behind a shell that lives on after its halt is ended and announced",
  async () => {
    try {
      const node = behindShell(legacyNode({ height: 30 }));
      const { code, stderr } = await runCommand([...announce("--standstill", "500"), ...node]);
      expect(code, stderr).toBe(70);
      expect(stderr).toContain("7:48AM INF exiting...");
      expect(await readStatus(`http://127.0.0.1:${port}`)).toMatchObject({ kind: "unreachable" });
    } finally {
      await endWrittenDown();
    }
  },
);

test("a node that lives on after its halt is announced although one connection to it broke since", async () => {
  const args = [...announce("--standstill", "500"), ...legacyNode({ height: 30, broken: [4] })];
  const { code, stderr } = await runCommand(args);
  expect(code, stderr).toBe(70);
});

test("nothing is announced of a node whose connections broke twice in a row since its halt line: another may answer", async () => {
  const args = [...announce("--standstill", "500"), ...legacyNode({ height: 30, broken: [4, 5] })];
  expect((await runCommand(args)).code).toBe(9);
});

/** As a wrapper does: the node that says the line is replaced by one that says nothing, stands at the height, and ends in order. */
function replacedNode(): string[] {
  const body = `{"jsonrpc":"2.0","id":-1,"result":{"node_info":{"network":"test-1"},"sync_info":{"latest_block_height":"30"}}}`;
  const script = `
let asked = 0, began = Infinity;
const { createServer } = require("node:http");
const first = createServer((_, response) => {
  response.setHeader("connection", "close");
  response.end(${JSON.stringify(body)}, () => {
    if (++asked !== 3) return;
    console.error(${JSON.stringify(LINE)});
    first.close();
    first.closeAllConnections();
    setTimeout(() => {
      began = Date.now();
      createServer((_, response) => {
        response.end(${JSON.stringify(body)});
        if (++asked > 12 && Date.now() - began > 2000) process.exit(0);
      }).listen(${port}, "127.0.0.1");
    }, 3000);
  });
}).listen(${port}, "127.0.0.1");
process.on("SIGTERM", () => process.exit(9));`;
  return ["--", process.execPath, "-e", script];
}

test("a node that came in the place of the one that halted is not ended, and its end is its own", async () => {
  const { code, stderr } = await runCommand([...announce("--standstill", "500"), ...replacedNode()]);
  expect(stderr).not.toContain("announced for the node");
  expect(code).toBe(0);
});

test("kept alive, it serves the node's last status with the halt at the node's own address", async () => {
  const args = announce("--standstill", "500", "--stay-alive");
  const command = startCommand([...args, ...legacyNode({ height: 30 })]);
  const status = await until("the intent", async () => {
    const read = await readStatus(`http://127.0.0.1:${port}`);
    return read.kind === "ok" && read.node.haltIntent.kind !== "absent" && read;
  });
  command.child.kill("SIGTERM");
  expect((await command.ended).code).toBe(70);
  expect(status).toMatchObject({
    envelope: "json-rpc",
    node: {
      chainId: "test-1",
      height: 30,
      haltIntent: { kind: "intent", intent: { reason: 70, plan_name: "v6.7", height: 30 } },
    },
  });
});

test.skipIf(process.platform !== "linux").each([
  ["on all addresses where the node did", "0.0.0.0", {}, true],
  ["on loopback alone where the node did", "127.0.0.1", {}, false],
  ["on all addresses in a pod", "127.0.0.1", { KUBERNETES_SERVICE_HOST: "10.96.0.1" }, true],
])("kept alive, it serves %s", async (_, host, env, isEverywhere) => {
  const args = announce("--standstill", "500", "--stay-alive");
  const command = startCommand([...args, ...legacyNode({ height: 30, host })], env);
  const reads = (address: string) => readStatus(`http://${address}:${port}`);
  await until("the intent", async () => {
    const read = await reads("127.0.0.1");
    return read.kind === "ok" && read.node.haltIntent.kind === "intent";
  });
  const elsewhere = await reads("127.0.0.2");
  command.child.kill("SIGTERM");
  const { stderr } = await command.ended;
  expect(elsewhere.kind).toBe(isEverywhere ? "ok" : "unreachable");
  expect(stderr.includes("alone: the node was not seen to serve elsewhere")).toBe(!isEverywhere);
});

test("a halt that was announced is not announced again", async () => {
  const inner = [process.execPath, join(import.meta.dirname, "..", "..", "main.ts"), ...announce()];
  const { code, stderr } = await runCommand([...announce(), "--", ...inner, ...legacyNode({ code: 2 })]);
  expect(code).toBe(70);
  expect(stderr.match(/announced for the node/g)).toHaveLength(1);
});

test("where something else answers already, nothing is announced", async () => {
  const [, , , other = ""] = legacyNode({ height: 30 }).slice(-4);
  const first = startCommand(["exec", "--", process.execPath, "-e", `${other}; console.log("up")`]);
  await first.said("up");
  await until("its address", async () => (await readStatus(`http://127.0.0.1:${port}`)).kind === "ok");
  const script = `console.error(${JSON.stringify(LINE)}); process.exit(2)`;
  const { code, stderr } = await runCommand([...announce(), "--", process.execPath, "-e", script]);
  first.child.kill("SIGTERM");
  await first.ended;
  expect(stderr).toContain("something else answers");
  expect(code).toBe(2);
});

/** A node that is started again at its height: it panics before it serves. */
const restarted = (home: string): string[] => [
  ...["--home", home, "--", "sh", "-c"],
  `printf '{"name":"v6.7","height":30}' > "${home}/data/upgrade-info.json"; echo '${LINE}' >&2; exit 2`,
];

/** Writes down that the node is of the listed chain, so that its home alone tells of the halt. */
async function homeOfListedChain(): Promise<string> {
  await mkdir(join(folder, "config"));
  await mkdir(join(folder, "data"));
  await writeFile(join(folder, "config", "genesis.json"), '{"genesis_time":"x","chain_id":"test-1"}');
  return folder;
}

const BODY = `{"jsonrpc":"2.0","id":-1,"result":{"node_info":{"network":"test-1"},"sync_info":{"latest_block_height":"30"}}}`;

/** Answers at the node's address; the second as a process of its own, which says in a file that it does. */
const other = () => createServer((_, response) => response.end(BODY)).listen(port, "127.0.0.1");
const otherProcess = () =>
  `require("node:http").createServer((_, response) => response.end('${BODY}')).listen(${port}, "127.0.0.1", () => require("node:fs").writeFileSync("${folder}/up", ""))`;

/** What the command starts first, and writes down; and what answers before it starts. */
const NOT_ENDED = [
  ["something answered before it started", () => "", () => other()],
  ["something that it started holds its output", () => `sleep 600 & echo $! > "${folder}/pid"`, undefined],
  [
    "something answers after it ended",
    () =>
      `"$0" -e "$1" >/dev/null 2>&1 & echo $! > "${folder}/pid"; until [ -e "${folder}/up" ]; do sleep 0.1; done`,
    undefined,
  ],
] as const;

test.each(NOT_ENDED)(
  "an upgrade halt that is not announced as %s is to nobody more than the end of the command",
  async (_, first, before) => {
    const home = await homeOfListedChain();
    const server = before?.();
    const on = ["--json", "--on", "upgrade_required", "echo upgraded", "--on", "crashed", "echo crashed"];
    const [, , , , , halts = ""] = restarted(home);
    const script = `${first()}\n${halts}`;
    try {
      const { code, stdout, stderr } = await runCommand([
        ...announce("--home", home, ...on),
        ...["--", "sh", "-c", script, process.execPath, otherProcess()],
      ]);
      expect([code, stdout], stderr).toEqual([2, "crashed\n"]);
      expect(JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
        announced: false,
        verdict: {
          kind: "crashed",
          contradictions: [
            expect.stringMatching(/^Something /),
            "Its log has a halt line of upgrade_required (plan v6.7 at height 30).",
          ],
        },
      });
    } finally {
      server?.close();
      await endWrittenDown();
    }
  },
);

test("a downgrade that is not announced as something else answers is disputed, and told to a person", async () => {
  const server = other();
  const line = "panic: Wrong app version 0, upgrade handler is missing for v6.6 upgrade plan";
  const on = ["--json", "--on", "downgrade_detected", 'echo "$UPGRADE_HALT_CORROBORATED"'];
  try {
    const script = `echo '${line}' >&2; exit 2`;
    const { code, stdout, stderr } = await runCommand([...announce(...on), "--", "sh", "-c", script]);
    expect([code, stdout], stderr).toEqual([2, "false\n"]);
    const { verdict } = JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "");
    expect(verdict).toMatchObject({ kind: "halted", reason: 72, corroborated: false, disputed: true });
  } finally {
    server.close();
  }
});

test.each([
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
])("a node that never served, with a genesis %s, ends with what fits", async (_, genesis, code) => {
  await mkdir(join(folder, "config"));
  await mkdir(join(folder, "data"));
  await writeFile(join(folder, "config", "genesis.json"), genesis);
  const end = await runCommand([...announce(), ...restarted(folder)]);
  expect(end.code, end.stderr).toBe(code);
});

test("a node that never served, without a genesis, keeps its exit code", async () => {
  await mkdir(join(folder, "data"));
  expect((await runCommand([...announce(), ...restarted(folder)])).code).toBe(2);
});

test("a link in the place of upgrade-info.json is not read", async () => {
  const { readUpgradeInfo } = await import("../../upgrade-info-file.ts");
  await mkdir(join(folder, "data"));
  const path = join(folder, "data", "upgrade-info.json");
  await writeFile(join(folder, "elsewhere"), '{"name":"v6.7","height":30}');
  await symlink(join(folder, "elsewhere"), path);
  expect(await readUpgradeInfo(folder)).toBeUndefined();
  await rm(path);
  await writeFile(path, '{"name":"v6.7","hei');
  expect(await readUpgradeInfo(folder)).toBeUndefined();
  await writeFile(path, '{"name":"v6.7","height":30}');
  expect(await readUpgradeInfo(folder)).toMatchObject({ name: "v6.7", height: 30 });
});

test("flags of --announce without it do not fit", async () => {
  const { code, stderr } = await runCommand(["exec", "--stay-alive", "--", "true"]);
  expect(code).toBe(64);
  expect(stderr).toMatch(/go with --announce\.\n$/);
});
