import { expect, test } from "vitest";
import { type CpuProfile, callTree } from "./cpu-profile.ts";

const frame = (functionName: string, line = 0) => ({
  callFrame: { functionName, url: "node:net", lineNumber: line, columnNumber: 0 },
});
const PROFILE: CpuProfile = {
  nodes: [
    { id: 1, ...frame("(root)"), children: [2, 3, 4] },
    { id: 2, ...frame("main", 9), children: [5] },
    { id: 3, ...frame("(idle)") },
    { id: 4, ...frame("", 19) },
    { id: 5, ...frame("read", 29) },
  ],
  samples: [2, 5, 3, 5, 4],
  timeDeltas: [50, 100, 300, 400, 200, 100],
};

test("a sample lasts until the next one, and idle time is left out", () => {
  const tree = callTree(PROFILE, ({ url, lineNumber }) => `${url}:${lineNumber + 1}`);
  const read = { name: "read", place: "node:net:30", self: 500, total: 500, calls: [] };
  expect(tree).toEqual({
    ...{ name: "(root)", place: "node:net:1", self: 0, total: 700 },
    calls: [
      { name: "main", place: "node:net:10", self: 100, total: 600, calls: [read] },
      { name: "(anonymous)", place: "node:net:20", self: 100, total: 100, calls: [] },
    ],
  });
});
