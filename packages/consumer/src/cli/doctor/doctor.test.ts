import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, until } from "@upgrade-halt/testing";
import { expect, test } from "vitest";
import type { Finding } from "../../doctor/finding.ts";
import { readStatus } from "../../status/read-status.ts";
import { runCli } from "../../testing/cli.ts";
import { nodeAnswering } from "../../testing/http-node.ts";
import { startRegistry } from "../../testing/registry.ts";

const STATUS = { node_info: { network: "pacific-1" }, sync_info: { latest_block_height: "31" } };

test("looks at a node, says what it sees and what it cannot, and ends with 1", async () => {
  await using node = await nodeAnswering(STATUS);
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-doctor-"));
  const policy = join(folder, "policy.json");
  const upgrades = [{ planName: "v6.7", height: 40, image: "sei:v6.7" }];
  await writeFile(policy, JSON.stringify({ chainId: "pacific-1", upgrades }));
  const { code, stdout, stderr } = await runCli(["doctor", "--rpc", node.url, "--policy", policy]);
  await rm(folder, { recursive: true });
  expect([code, stderr]).toEqual([1, ""]);
  expect(stdout).toContain(`ok    status: ${node.url} answers at height 31 on pacific-1.\n`);
  expect(stdout).toContain("ok    upgrade: v6.7 is listed at 40, 9 blocks ahead.\n");
  expect(stdout).toContain("?     image: Whether sei:v6.7 can be pulled was not checked. ");
  expect(stdout).toMatch(/TO DO contract: .* Put upgrade-halt exec --announce before its command/);
  expect(stdout).toMatch(/\nTo do: \d+ of \d+\.\n$/);
});

test("--registry asks the registry of each listed image, beside a node and of a cluster", async () => {
  await using registry = await startRegistry();
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-doctor-"));
  const [policy, objects] = [join(folder, "policy.json"), join(folder, "objects.json")];
  const upgrades = [
    { planName: "v6.7", height: 40, image: `${registry.host}/sei:v1` },
    { planName: "v6.8", height: 50, image: `${registry.host}/sei:v2` },
  ];
  await writeFile(policy, JSON.stringify({ chainId: "pacific-1", upgrades }));
  const spec = { selector: { matchLabels: {} }, container: "seid", chainId: "pacific-1", upgrades };
  const items = [{ kind: "HaltPolicy", metadata: { name: "sei" }, spec }];
  await writeFile(objects, JSON.stringify({ kind: "List", items }));
  const beside = await runCli(["doctor", "--rpc", "http://127.0.0.1:1", "--policy", policy, "--registry"]);
  const ofCluster = await runCli(["doctor", "--objects", objects, "--registry"]);
  await rm(folder, { recursive: true });
  for (const { stdout } of [beside, ofCluster]) {
    expect(stdout).toMatch(new RegExp(`ok +image.*: ${registry.host} has ${registry.host}/sei:v1\\.`));
    expect(stdout).toMatch(new RegExp(`TO DO image.*: ${registry.host} has no ${registry.host}/sei:v2\\. `));
  }
  expect(registry.asked).toHaveLength(4);
});

test("--json tells the same on one line", async () => {
  const { code, stdout } = await runCli(["doctor", "--rpc", "http://127.0.0.1:1", "--json"]);
  expect([code, stdout.split("\n").length]).toEqual([1, 2]);
  const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: Finding[] };
  expect(ok).toBe(false);
  expect(findings).toContainEqual(expect.objectContaining({ check: "process", state: "todo" }));
  expect(findings).toContainEqual(expect.objectContaining({ check: "status", state: "todo" }));
});

test.each([["--pid", "1", "--unit", "seid"], ["--pid", "0"], ["--pid", "seid"], ["--bogus"]])(
  "%s %s does not fit",
  async (...args) => {
    const { code, stderr } = await runCli(["doctor", ...args]);
    expect(code).toBe(64);
    expect(stderr).toMatch(/^upgrade-halt: [^\n]+\.\n$/);
  },
);

test("of a node it says that another process listens at the address", async () => {
  await using node = await nodeAnswering(STATUS);
  const { stdout } = await runCli(["doctor", "--pid", String(process.ppid), "--rpc", node.url]);
  expect(stdout).toMatch(
    new RegExp(
      `TO DO status: At ${node.url} listens process ${process.pid} \\([\\w-]+\\), and not the node\\.`,
    ),
  );
});

test.runIf(process.platform === "linux")(
  "of a node whose announcer asks another address it says that no upgrade is announced",
  async () => {
    const port = await freePort();
    const node = `require("node:http").createServer((_, response) => response.end(${JSON.stringify(JSON.stringify(STATUS))})).listen(${port}, "127.0.0.1")`;
    const main = join(import.meta.dirname, "..", "..", "main.ts");
    const args = [
      main,
      "exec",
      "--announce",
      "--rpc",
      "http://127.0.0.1:1",
      "--",
      process.execPath,
      "-e",
      node,
    ];
    const exec = spawn(process.execPath, args, { argv0: "upgrade-halt", stdio: "ignore" });
    try {
      const url = `http://127.0.0.1:${port}`;
      await until("the node to answer", async () => (await readStatus(url)).kind === "ok");
      const { stdout } = await runCli(["doctor", "--rpc", url]);
      expect(stdout).toContain(
        `TO DO contract: upgrade-halt exec --announce asks for the node's height at http://127.0.0.1:1, and the node answers at ${url}: it announces no upgrade. Give it --rpc ${url}.\n`,
      );
    } finally {
      exec.kill();
      await once(exec, "close");
    }
  },
);

test("a process, a unit or a container that is not there is told, and is no failure", async () => {
  for (const target of [
    ["--pid", "4194305"],
    ["--unit", "no-such"],
    ["--container", "no-such"],
  ]) {
    const { stdout } = await runCli(["doctor", ...target, "--rpc", "http://127.0.0.1:1"], {
      env: { PATH: "/nowhere" },
    });
    expect(stdout).toMatch(/^TO DO process: The node was not found: /);
  }
});

const POD = {
  kind: "Pod",
  metadata: { name: "sei-0" },
  spec: { containers: [{ name: "seid", command: ["seid", "start"], restartPolicy: "Never" }] },
};

test("of a cluster it judges what kubectl printed", async () => {
  const { code, stdout } = await runCli(["doctor", "--objects", "-"], { stdin: JSON.stringify(POD) });
  expect(code).toBe(1);
  expect(stdout).toContain(
    "ok    halt Pod sei-0: After 70, 71 and 72 its container would not be started again.\n",
  );
  expect(stdout).toContain("TO DO policy: No HaltPolicy was given, ");
});

test("of a cluster it asks kubectl, and says what kubectl said", async () => {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-doctor-"));
  const asked = `echo '${JSON.stringify(POD)}'; echo "$@" > '${folder}/asked'`;
  const refused = `echo "error: the server doesn't have a resource type \\"haltpolicies\\"" >&2; exit 1`;
  const outcomes = [];
  for (const script of [asked, refused]) {
    await writeFile(join(folder, "kubectl"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    outcomes.push(
      await runCli(["doctor", "--namespace", "sei", "--kubeconfig", "k"], { env: { PATH: folder } }),
    );
  }
  const words = await readFile(join(folder, "asked"), "utf8");
  await rm(folder, { recursive: true });
  expect(words).toMatch(/^--kubeconfig=k --namespace=sei get pods,\S+ --output=json\n$/);
  expect(outcomes[0]?.stdout).toContain("halt Pod sei-0");
  expect(outcomes[1]).toMatchObject({ code: 1, stdout: "" });
  expect(outcomes[1]?.stderr).toMatch(
    /^upgrade-halt: kubectl ended with 1: .* Install the CRDs of the controller first\.\n$/,
  );
});

test.each([
  ["--objects", "-", "--pid", "1"],
  ["--objects", "-", "--namespace", "sei"],
])("%s %s %s %s does not fit", async (...args) => {
  expect((await runCli(["doctor", ...args])).code).toBe(64);
});
