import type { ClusterEvent } from "@upgrade-halt/sandbox";
import { describe, expect } from "vitest";
import { startDemo } from "./harness/demo.ts";
import { proof } from "./harness/proof.ts";

const CLEAN = { processes: [], files: [] };
/** Points of the demo at which Ctrl-C is tried. */
const INTERRUPTIONS: readonly (readonly [point: string, reached?: (event: ClusterEvent) => boolean])[] = [
  ["as soon as it is started"],
  ["when the cluster is ready", ({ kind }) => kind === "cluster-ready"],
  ["when the controller is started", ({ kind }) => kind === "controller-started"],
  ["when a node is started", ({ kind }) => kind === "node-started"],
  ["in the middle of a swap", (event) => event.kind === "halt-step" && event.phase === "Swapping"],
  ["when a page went out", ({ kind }) => kind === "paged"],
];

/** Points of the demo at which the controller is killed. */
const KILLS: readonly (readonly [point: string, reached: (event: ClusterEvent) => boolean])[] = [
  ["before a swap", (event) => event.kind === "halt-step" && event.phase === "Swapping"],
  ["before a pod is replaced", (event) => event.kind === "halt-step" && event.phase === "Recreating"],
  ["when a page went out", ({ kind }) => kind === "paged"],
];

function ofKind<K extends ClusterEvent["kind"]>(events: readonly ClusterEvent[], kind: K) {
  return events.filter((event): event is Extract<ClusterEvent, { kind: K }> => event.kind === kind);
}

/** The node, reason and end of every line of the table, sorted. */
function table(events: readonly ClusterEvent[]): string[] {
  return ofKind(events, "outcome")
    .map(({ node, reason, end }) => `${node} ${reason} ${end}`)
    .sort();
}

const TABLE = [
  "sei-0 binary_too_new Recovered",
  "sei-0 upgrade_required Recovered",
  "sei-1 downgrade_detected Paged",
  "sei-1 upgrade_required Recovered",
  "sei-2 - Restarted",
  "sei-2 upgrade_required Recovered",
];

function expectWholeDemo(events: readonly ClusterEvent[]): void {
  expect(table(events)).toEqual(TABLE);
  expect(ofKind(events, "expectation").filter(({ held }) => !held)).toEqual([]);
  expect(events.at(-1)).toMatchObject({ kind: "the-end", broken: 0 });
  const swaps = ofKind(events, "image-changed").filter(({ from }) => from.endsWith(":v6.6"));
  expect(swaps.map(({ node, to }) => `${node} ${to}`).sort()).toEqual(
    ["sei-0", "sei-1", "sei-2"].map((node) => `${node} upgrade-halt.dev/mock-node:v6.7`),
  );
  expect(new Set(ofKind(events, "paged").map(({ key }) => key)).size).toBe(2);
}

describe("sandbox demo", () => {
  proof(
    "tells the whole run as JSON lines, ends with 0 and leaves nothing",
    ["DEMO-WHOLE", "DEMO-CLEAN"],
    async () => {
      const demo = await startDemo("--json");
      const { end, ...left } = await demo.end();

      expect(end, demo.program.output()).toEqual({ code: 0, signal: null });
      expect(left).toEqual(CLEAN);
      expectWholeDemo(demo.events());
      const ends = ofKind(demo.events(), "node-ended").map(({ node, exitCode }) => `${node} ${exitCode}`);
      expect(ends).toEqual(
        expect.arrayContaining(["sei-0 70", "sei-1 70", "sei-0 71", "sei-1 72", "sei-2 2"]),
      );
      expect(ends).not.toContain("sei-2 70");
      expect(ofKind(demo.events(), "node-halted").map(({ node }) => node)).toEqual(["sei-2"]);
    },
  );

  for (const [point, reached] of KILLS) {
    proof(
      `ends in the same table when its controller is killed ${point}`,
      ["DEMO-WHOLE", "CONTROLLER-KILLED", "EXACTLY-ONCE"],
      async () => {
        const demo = await startDemo("--json");
        await demo.told(point, reached);
        const [controller] = ofKind(demo.events(), "controller-started");
        if (!controller) throw new Error("no controller was started");
        process.kill(controller.pid, "SIGKILL");
        const { end, ...left } = await demo.end();

        expect(end, demo.program.output()).toEqual({ code: 0, signal: null });
        expect(left).toEqual(CLEAN);
        expectWholeDemo(demo.events());
        expect(ofKind(demo.events(), "controller-started")).toHaveLength(2);
        expect(ofKind(demo.events(), "controller-ended").map(({ exit }) => exit)).toEqual(["SIGKILL"]);
      },
    );
  }

  for (const [point, reached] of INTERRUPTIONS) {
    proof(`leaves nothing behind when it is interrupted ${point}`, ["DEMO-CLEAN"], async () => {
      const demo = await startDemo("--json");
      if (reached) await demo.told(point, reached);
      demo.program.signal("SIGINT");
      const { end, ...left } = await demo.end();

      expect(left).toEqual(CLEAN);
      // Before it listens for signals, Node itself ends by the signal; a shell shows 130 for both.
      expect(end.signal ?? end.code).toBe(end.signal && !reached ? "SIGINT" : 130);
    });
  }
});
