import { describe, expect, it } from "vitest";
import { judge } from "./condition.ts";
import { readScenario } from "./read-scenario.ts";
import type { HaltView, NodeView, Situation } from "./situation.ts";

const { expect: EXPECTATIONS } = await readScenario("demo");

function halt(node: string, reason: string, more: Partial<HaltView> = {}): HaltView {
  return {
    name: `${node}-${reason}`,
    node,
    podUid: "u",
    reason,
    plan: "v6.7",
    sources: ["exit-code", "plan-line", "listed-plan"],
    exitCode: 70,
    phase: "Recovered",
    why: "",
    action: "SwapImage",
    recoveredHeight: 31,
    detectedAt: 0,
    steps: [],
    ...more,
  };
}

function nodeView(node: string, more: Partial<NodeView> = {}): NodeView {
  const image = "upgrade-halt.dev/mock-node:v6.7";
  return {
    node,
    wantedImage: image,
    podImage: image,
    podUid: "u",
    isReady: true,
    isRunning: true,
    exitCode: undefined,
    restartCount: 0,
    pid: 1,
    podIp: "",
    height: 0,
    generation: 2,
    ...more,
  };
}

const ALL_WELL: Situation = {
  halts: [
    halt("sei-0", "upgrade_required"),
    halt("sei-1", "upgrade_required"),
    halt("sei-2", "upgrade_required", { sources: ["live-intent", "listed-plan"], exitCode: undefined }),
    halt("sei-0", "binary_too_new", { plan: "v6.8", action: "RollBack" }),
    halt("sei-1", "downgrade_detected", { phase: "Paged", podUid: "d" }),
  ],
  nodes: [
    nodeView("sei-0", { generation: 4 }),
    nodeView("sei-1", {
      wantedImage: "upgrade-halt.dev/mock-node:v6.6",
      podImage: "upgrade-halt.dev/mock-node:v6.6",
      exitCode: 72,
      isRunning: false,
      podUid: "d",
    }),
    nodeView("sei-2", { restartCount: 1 }),
  ],
  pages: [page("a"), page("b")],
  records: new Map(),
  held: [],
};

function page(key: string) {
  return { key, reason: "" };
}

function broken(change: Partial<Situation>): readonly string[] {
  const situation = { ...ALL_WELL, ...change };
  return EXPECTATIONS.filter((condition) => !judge(condition, situation).held).map(({ text }) => text);
}

/** All well, but for the upgrade's halt of one node. */
function withHalt(name: string, more: Partial<HaltView>): readonly HaltView[] {
  const isIts = ({ node, reason }: HaltView): boolean => node === name && reason === "upgrade_required";
  return ALL_WELL.halts.map((one) => (isIts(one) ? { ...one, ...more } : one));
}

function withNode(name: string, more: Partial<NodeView>): readonly NodeView[] {
  return ALL_WELL.nodes.map((node) => (node.node === name ? { ...node, ...more } : node));
}

describe("the demo", () => {
  it("holds when all went well", () => {
    expect(broken({})).toEqual([]);
  });

  it.each([
    [
      "a halt recorded twice",
      { halts: [...ALL_WELL.halts, halt("sei-0", "upgrade_required")] },
      /sei-0 halted once/,
    ],
    ["a node that never recovered", { halts: withHalt("sei-0", { phase: "Failed" }) }, /sei-0 halted once/],
    ["a node that was killed", { halts: withHalt("sei-1", { exitCode: 137 }) }, /sei-1 .* ended by itself/],
    ["a node without its line", { halts: withHalt("sei-1", { sources: ["exit-code"] }) }, /upstream line/],
    ["a node that did not stay alive", { halts: withHalt("sei-2", { exitCode: 70 }) }, /stayed alive/],
    ["an intent that nobody saw", { halts: withHalt("sei-2", { sources: ["exit-code"] }) }, /halt_intent/],
    [
      "a recovery before the height",
      { halts: withHalt("sei-0", { recoveredHeight: 30 }) },
      /sei-0 halted once/,
    ],
    [
      "no rollback",
      { nodes: withNode("sei-0", { wantedImage: "upgrade-halt.dev/mock-node:v6.8" }) },
      /rolled back/,
    ],
    ["a doubled swap", { nodes: withNode("sei-0", { generation: 5 }) }, /exactly three changes/],
    [
      "a downgraded node that was replaced",
      { nodes: withNode("sei-1", { podUid: "other" }) },
      /left exactly as it was/,
    ],
    [
      "a crash that was not restarted",
      { nodes: withNode("sei-2", { restartCount: 0 }) },
      /left to the kubelet/,
    ],
    ["a page too many", { pages: ["a", "b", "c"].map(page) }, /two pages/],
  ])("breaks on %s", (_, change, text) => {
    const found = broken(change);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(text);
  });
});
