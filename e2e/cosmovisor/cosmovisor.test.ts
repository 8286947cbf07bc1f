import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { filesIn, type Program, until } from "@upgrade-halt/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Layout, SupervisedNode } from "./supervised-node.ts";

const UPGRADE_HALT = [
  process.execPath,
  join(import.meta.dirname, "..", "..", "packages", "consumer", "bin", "upgrade-halt.js"),
];

const GUIDE = readFileSync(join(import.meta.dirname, "../../docs/guides/cosmovisor.md"), "utf8");

describe("cosmovisor 1.5.0 around a node", () => {
  let node: SupervisedNode;
  let supervisor: Program | undefined;

  beforeEach(() => {
    node = new SupervisedNode();
  });

  afterEach(() => node[Symbol.asyncDispose]());

  const passes = (height: number, signal?: AbortSignal) =>
    until(`the node to pass ${height}`, async () => ((await node.height()) ?? 0) > height, {
      ...(signal ? { signal } : {}),
      explain: () => supervisor?.output() ?? "",
    });

  /**
   * Starts it, and again when it ended instead, as a supervisor around it does: cosmovisor 1.5.0 can miss an upgrade
   * that it polls for while the node exits.
   */
  async function passesWhenRestarted(layout: Layout, restarts = 5): Promise<string> {
    const started = await node.start(layout);
    supervisor = started;
    const over = new AbortController();
    const missed = started.ended.then(() => true);
    const passed = passes(3, over.signal).then(() => false);
    passed.catch(() => {});
    if (!(await Promise.race([passed, missed]))) return started.output();
    over.abort();
    expect(await started.ended, started.output()).toEqual({ code: 1, signal: null });
    expect(restarts, started.output()).toBeGreaterThan(0);
    return started.output() + (await passesWhenRestarted(layout, restarts - 1));
  }

  test.each([
    ["that exits with 70", []],
    ["that halts for 70 and stays alive", ["--halt-stay-alive"]],
  ])("%s starts the plan's binary, which passes the height", async (_, flags) => {
    const output = await passesWhenRestarted({ genesis: "v6.5", upgrades: ["v6.6"], flags });
    expect(output).toContain("release v6.6 starts");
    expect(node.planOnDisk).toBe("v6.6");
  });

  test.each([0, 1, 2, 70, 71, 72])("goes on with an upgrade whose pre-upgrade ends with %i", async (code) => {
    const flags = ["--halt-stay-alive"];
    const layout = { genesis: "v6.5", upgrades: ["v6.6"], flags, preUpgrade: code };
    expect(await passesWhenRestarted(layout)).toContain("release v6.6 starts");
    expect(node.preUpgrades).toBe(1);
  });

  test.each([30, 31])(
    "ends with 1 after a pre-upgrade of %i, and upgrades without asking when started again",
    async (code) => {
      const flags = ["--halt-stay-alive"];
      const layout = { genesis: "v6.5", upgrades: ["v6.6"], flags, preUpgrade: code };
      const refused = await node.start(layout);
      expect(await refused.ended, refused.output()).toEqual({ code: 1, signal: null });
      expect(refused.output()).not.toContain("release v6.6 starts");
      expect(node.preUpgrades).toBe(1);
      supervisor = await node.start(layout);
      await passes(3);
      expect(supervisor.output()).toContain("release v6.6 starts");
      expect(node.preUpgrades).toBe(1);
    },
  );

  test("doctor sees it, and which plan's binary is ready", async () => {
    supervisor = await node.start({ genesis: "v6.6", upgrades: ["v6.7"], flags: ["--initial-height=3"] });
    await passes(3);
    const upgrades = [
      { planName: "v6.7", height: 1_000_000, image: "sei:v6.7" },
      { planName: "v6.8", height: 2_000_000, image: "sei:v6.8" },
    ];
    const policy = node.write("policy.json", JSON.stringify({ chainId: "mock-1", upgrades }));
    const [file = "", ...args] = [...UPGRADE_HALT, "doctor", "--rpc", node.address(), "--policy", policy];
    const told = await new Promise<string>((resolve) => execFile(file, args, (_, stdout) => resolve(stdout)));
    expect(told).toMatch(/^ok {4}between: cosmovisor stands between/m);
    expect(told).toMatch(
      /^ok {4}cosmovisor: The binary of v6\.7 is ready: .*\/upgrades\/v6\.7\/bin\/seid\.$/m,
    );
    expect(told).toMatch(
      /^TO DO cosmovisor: There is no .*\/upgrades\/v6\.8\/bin\/seid, so cosmovisor would end/m,
    );
  });

  test("that exits with 70 for a plan without a binary ends with 1", async () => {
    supervisor = await node.start({ genesis: "v6.5" });
    expect(await supervisor.ended).toEqual({ code: 1, signal: null });
    expect(supervisor.output()).not.toContain("release v6.6 starts");
    expect(node.planOnDisk).toBe("v6.6");
  });

  test("that exits with 71 ends with 1, and starts nothing else", async () => {
    supervisor = await node.start({ genesis: "v6.7", upgrades: ["v6.6"], flags: ["--initial-height=3"] });
    expect(await supervisor.ended).toEqual({ code: 1, signal: null });
    expect(supervisor.output()).toContain("BINARY UPDATED BEFORE TRIGGER!");
    expect(supervisor.output()).not.toContain("release v6.6 starts");
  });

  test("that exits with 72 ends with 1, and starts nothing else", async () => {
    supervisor = await node.start({ genesis: "v6.6", flags: ["--initial-height=3"] });
    await passes(3);
    await node.stop(supervisor);
    supervisor = await node.start({ genesis: "v6.5", upgrades: ["v6.6"] });
    expect(await supervisor.ended).toEqual({ code: 1, signal: null });
    expect(supervisor.output()).toContain("upgrade handler is missing for v6.6 upgrade plan");
    expect(supervisor.output()).not.toContain("release v6.6 starts");
  });

  test("that crashes with 2 ends with 1", async () => {
    supervisor = await node.start({ genesis: "v6.6", flags: ["--initial-height=3", "--fault-panic-at=5"] });
    expect(await supervisor.ended).toEqual({ code: 1, signal: null });
  });

  describe("with the guide's script in the place of the binary", () => {
    let wrapper: string;

    beforeEach(() => {
      const page = node.write("page-me", `#!/bin/sh\necho "$UPGRADE_HALT_EVENT" >> "$0.log"\n`, 0o755);
      // The node's address is known only once it runs; it announces its halts itself.
      const upgrades = [{ planName: "v6.6", height: 3, image: "sei:v6.6" }];
      wrapper = (filesIn(GUIDE).get("seid") ?? "")
        .replaceAll("/usr/local/bin/page-me", page)
        .replace("/var/lib/sei", node.home)
        .replace("http://127.0.0.1:26657", "http://127.0.0.1:1")
        .replace(
          "/etc/upgrade-halt/policy.json",
          node.write("policy.json", JSON.stringify({ chainId: "mock-1", upgrades })),
        );
      expect(wrapper).toContain(page);
      node.write(
        "upgrade-halt",
        `#!/bin/sh\necho "$*" >> "$0.log"\nexec ${UPGRADE_HALT.join(" ")} "$@"\n`,
        0o755,
      );
    });

    test("starts the plan's binary, and is asked for the status without upgrade-halt", async () => {
      const flags = ["--halt-stay-alive"];
      const output = await passesWhenRestarted({ genesis: "v6.5", upgrades: ["v6.6"], flags, wrapper });
      expect(output).toContain("release v6.6 starts");
      const supervised = node.lines("upgrade-halt.log");
      expect(supervised.filter((line) => !/\/seid-real start /.test(line))).toEqual([]);
      expect(node.runs).toBeGreaterThan(supervised.length);
      expect(node.lines("page-me.log")).toEqual([]);
    });

    test("a pre-upgrade that ends with 72 pages nobody", async () => {
      const flags = ["--halt-stay-alive"];
      await passesWhenRestarted({ genesis: "v6.5", upgrades: ["v6.6"], flags, preUpgrade: 72, wrapper });
      expect(node.preUpgrades).toBe(1);
      expect(node.lines("page-me.log")).toEqual([]);
    });

    test("pages for a 72, which cosmovisor hides", async () => {
      supervisor = await node.start({ genesis: "v6.6", flags: ["--initial-height=3"] });
      await passes(3);
      await node.stop(supervisor);
      supervisor = await node.start({ genesis: "v6.5", upgrades: ["v6.6"], wrapper });
      expect(await supervisor.ended).toEqual({ code: 1, signal: null });
      expect(node.lines("page-me.log")).toEqual(["downgrade_detected"]);
    });
  });

  test("hides the exit code, but not the halt line, from a supervisor around it", async () => {
    supervisor = await node.start({ genesis: "v6.5" }, [...UPGRADE_HALT, "exec", "--"]);
    expect((await supervisor.ended).code).toBe(1);
    expect(supervisor.output()).toContain("upgrade-halt: crashed: error. It exited with 1");
  });
});
