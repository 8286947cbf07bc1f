import { describe, expect, test } from "vitest";
import { SHAPES } from "./marks.ts";
import { standing } from "./standing.ts";
import type { Halt, Node } from "./types.ts";

const node: Node = {
  ...{ node: "sei-0", wantedImage: "", podImage: "", podUid: "", podIp: "", statusFault: "" },
  ...{ isReady: true, isRunning: true, restartCount: 0, pid: 1, height: 1, generation: 1 },
};
const haltIn = (phase: string): Halt => ({ name: "h", node: "sei-0", spec: {}, status: { phase } });
/** Everything that a node may stand in. */
const all = [
  standing(node, undefined),
  standing({ ...node, isReady: false }, undefined),
  standing({ ...node, isReady: false, isRunning: false }, undefined),
  standing({ ...node, isReady: false, isRunning: false, exitCode: 70 }, undefined),
  ...["Detected", "Recorded", "Swapping", "Replacing", "Recovering", "RollingBack"].map((phase) =>
    standing(node, haltIn(phase)),
  ),
  ...["Held", "Paged", "Failed"].map((phase) => standing(node, haltIn(phase))),
];

describe("without any colour", () => {
  test("each state of a node is told by its word", () => {
    const words = all.map(({ word }) => word);
    expect(words.every((word) => word !== "")).toBe(true);
    expect(new Set(words).size).toBe(words.length);
  });

  test("what is well, what goes on and what is wrong have other shapes", () => {
    const shapesOf = (tone: string) =>
      new Set(all.filter((one) => one.tone === tone).map(({ shape }) => shape));
    const [good, busy, bad] = [shapesOf("good"), shapesOf("busy"), shapesOf("bad")];
    expect([...good, ...busy, ...bad].length).toBe(new Set([...good, ...busy, ...bad]).size);
    expect(all.filter(({ shape }) => shape.trim() === "")).toEqual([]);
  });

  test("each kind of event on a node's line has a shape of its own", () => {
    const shapes = Object.values(SHAPES);
    expect(new Set(shapes).size).toBe(shapes.length);
  });
});
