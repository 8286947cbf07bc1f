import { expect, test } from "vitest";
import { flameGraph } from "./flame-graph.ts";

const call = (
  name: string,
  place: string,
  total: number,
  calls: readonly ReturnType<typeof leaf>[] = [],
) => ({
  ...{ name, place, total, calls },
  self: calls.reduce((own, inner) => own - inner.total, total),
});
const leaf = (name: string, place: string, total: number) => ({ name, place, self: total, total, calls: [] });
const tree = {
  ...{ name: "(root)", place: "", self: 0, total: 12_000 },
  calls: [call("main", "a.ts:1", 9_000, [leaf("<read>", "b.ts:2", 6_000)]), leaf("other", "a.ts:3", 3_000)],
};

test("each call is as wide as its time and lies below its caller", () => {
  const svg = flameGraph(tree, "a block");
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 1200 84"/);
  const boxes = [...svg.matchAll(/<g><title>(\S+) .*?<rect x="([\d.]+)" y="(\d+)" width="([\d.]+)"/gs)];
  expect(boxes.map((box) => box.slice(1))).toEqual([
    ["(root)", "0.0", "30", "1200.0"],
    ["main", "0.0", "48", "900.0"],
    ["&lt;read&gt;", "0.0", "66", "600.0"],
    ["other", "900.0", "48", "300.0"],
  ]);
});

test("pointing at one tells its place, its time, its share and its own time", () => {
  expect(flameGraph(tree, "a block")).toContain("<title>main a.ts:1\n9.0 ms, 75.0 %; itself 3.0 ms</title>");
});

test("what is too narrow to be seen is left out, and no text is markup", () => {
  const svg = flameGraph(
    { ...tree, calls: [leaf("rare", "c.ts:1", 4), leaf("a & b", "c.ts:2", 11_996)] },
    "<b>",
  );
  expect(svg).not.toContain("rare");
  expect(svg).toContain(">a &amp; b</text>");
  expect(svg).toContain(">&lt;b&gt;</text>");
});
