import { describe, expect, it } from "vitest";
import type { ClusterEvent } from "../events/cluster-event.ts";
import { type Entry, History, isClusterEvent } from "./history.ts";
import { Recorder } from "./recorder.ts";
import { parseRecording } from "./recording.ts";
import type { NodeState, RunState } from "./run-state.ts";
import { spliceOf } from "./view-change.ts";
import { NOTHING_AROUND, Views } from "./views.ts";
import { ViewsOfEvents } from "./views-of-events.ts";

const at = (second: number): string => new Date(1_800_000_000_000 + second * 1000).toISOString();
const chapter = (second: number): ClusterEvent => ({ kind: "chapter", at: at(second), title: `${second}` });
const node = (height: number): NodeState => ({
  node: "sei-0",
  wantedImage: "a:v6.6",
  podImage: "a:v6.6",
  podUid: "u",
  podIp: "127.0.0.2",
  isReady: true,
  isRunning: true,
  restartCount: 0,
  pid: 7,
  height,
  generation: 1,
  statusFault: "",
});
const shown = (second: number, height: number, more: Partial<RunState> = {}): RunState => ({
  ...NOTHING_AROUND,
  run: 1,
  now: at(second),
  nodes: [node(height)],
  halts: [],
  writes: [],
  noChanges: "",
  ...more,
});
const OF = { run: 1, now: "", noChanges: "" };

/** A run of as many seconds, in each of which a block is made and something happens. */
function recorded(seconds: number, mostCharacters?: number): History {
  const history = new History(mostCharacters);
  const recorder = new Recorder();
  for (let second = 1; second <= seconds; second += 1) {
    const body = JSON.stringify({ node: "a", height: second, rest: "x".repeat(200) });
    for (const change of recorder.changes(shown(second, second), () => ({ status: body, fault: "" })))
      history.add(change);
    history.add({ kind: "view-log", at: at(second), node: "sei-0", more: `block ${second}\n` });
    history.add(chapter(second));
  }
  return history;
}

describe("a moment", () => {
  it("is shown as it was: node, log, wire and height", () => {
    const { views, event } = recorded(100).at(70) ?? {};
    expect(event).toEqual(chapter(70));
    expect(views?.state(OF).nodes).toEqual([node(70)]);
    const details = views?.details("sei-0");
    expect(details?.log.split("\n").at(-1)).toBe("block 70");
    expect(details?.log.split("\n")).toHaveLength(60);
    expect(JSON.parse(details?.status ?? "")).toMatchObject({ height: 70 });
  });

  it("has what was written in the log until then, though it was read later", () => {
    const history = new History();
    history.add({ kind: "view-node", at: at(0), node: "sei-0", is: node(1) });
    history.add(chapter(5));
    history.add({ kind: "view-log", at: at(4), node: "sei-0", more: "before\n" });
    history.add({ kind: "view-log", at: at(6), node: "sei-0", more: "after\n" });
    expect(history.at(1)?.views.details("sei-0").log).toBe("before");
  });

  it("that was not, or is no longer kept, is not made up", () => {
    const history = recorded(100, 20_000);
    for (const number of [0, -1, 1.5, 101, Number.NaN, 1]) expect(history.at(number)).toBeUndefined();
    expect(history.at(100)?.views.state(OF).nodes).toEqual([node(100)]);
  });

  it("is as it was wherever in a long run it is", () => {
    const history = recorded(100, 40_000);
    const kept = Array.from({ length: 100 }, (_, index) => index + 1).filter((number) => history.at(number));
    expect(kept.length).toBeGreaterThan(40);
    for (const number of kept) {
      const { views, event } = history.at(number) ?? {};
      expect(event).toEqual(chapter(number));
      expect(views?.state(OF).nodes).toEqual([node(number)]);
      expect(views?.details("sei-0").log).toMatch(new RegExp(`block ${number}$`));
    }
  });

  it("is recorded with what it began with, also when no event is gone", () => {
    const history = new History(4_000);
    for (let height = 1; height < 40; height += 1)
      history.add({ kind: "view-node", at: at(height), node: `sei-${height}`, is: node(height) });
    history.add(chapter(40));
    const again = new Views();
    for (const entry of parseRecording([...history.lines()].join(""), "r"))
      if (!isClusterEvent(entry)) again.apply(entry);
    expect(again.state(OF).nodes).toHaveLength(39);
  });

  it("is the same from a recording as it was, also when its beginning is gone", () => {
    for (const most of [undefined, 20_000]) {
      const history = recorded(100, most);
      const entries = parseRecording([...history.lines()].join(""), "r");
      const again = new History();
      for (const entry of entries) again.add(entry);
      const numbered = entries.filter(isClusterEvent).length;
      const [was, is] = [history.at(100), again.at(numbered)];
      expect(is?.views.changes("")).toEqual(was?.views.changes(""));
    }
  });
});

describe("what is recorded", () => {
  it("is what changed, and nothing else", () => {
    const recorder = new Recorder();
    const answer = { status: "a1b", fault: "" };
    expect(recorder.changes(shown(1, 1), () => answer).map(({ kind }) => kind)).toEqual([
      "view-around",
      "view-node",
      "view-status",
    ]);
    expect(recorder.changes(shown(2, 1), () => answer)).toEqual([]);
    const halt = { name: "h", node: "sei-0", spec: {}, status: { phase: "Held" } };
    const write = { controller: 0, method: "PATCH", path: "/x", status: 200, at: at(3) };
    const more = { halts: [halt], writes: [write], isPagerDown: true };
    expect(recorder.changes(shown(3, 1, more), () => ({ status: "a22b", fault: "late" }))).toEqual([
      { kind: "view-around", at: at(3), is: { ...NOTHING_AROUND, isPagerDown: true } },
      { kind: "view-status", at: at(3), node: "sei-0", from: 1, drop: 1, text: "22", fault: "late" },
      { kind: "view-halt", at: at(3), halt: "h", is: halt },
      { kind: "view-write", at: at(3), is: write },
    ]);
    expect(recorder.changes({ ...shown(4, 1, more), nodes: [], halts: [] }, () => undefined)).toEqual([
      { kind: "view-node", at: at(4), node: "sei-0", is: null },
      { kind: "view-halt", at: at(4), halt: "h", is: null },
    ]);
  });

  it.each([
    ["", ""],
    ["", "abc"],
    ["abc", ""],
    ["aaa", "aa"],
    ["aa", "aaa"],
    ["abcabc", "abcXabc"],
    ["same", "same"],
    ["\u{1F600}a", "\u{1F601}a"],
  ])("a text %j that became %j", (before, after) => {
    const views = new Views();
    const is = node(1);
    views.apply({ kind: "view-node", at: "", node: "sei-0", is });
    const said = { kind: "view-status", at: "", node: "sei-0", fault: "" } as const;
    views.apply({ ...said, ...spliceOf("", before) });
    views.apply({ ...said, ...spliceOf(before, after) });
    expect(views.details("sei-0").status).toBe(after);
  });
});

describe("events without views", () => {
  it("shows its nodes, halts and pages", () => {
    const about = { node: "sei-0", image: "a:v6.6" };
    const step = { node: "sei-0", halt: "h", reason: "upgrade_required", plan: "v6.7", action: "ImageSwap" };
    const events: readonly Entry[] = [
      { kind: "chapter", at: at(0), title: "It begins" },
      { kind: "controller-started", at: at(0), pid: 9 },
      { kind: "node-started", at: at(1), ...about, podUid: "u", restartCount: 0 },
      { kind: "node-ready", at: at(2), ...about },
      { kind: "node-ended", at: at(3), ...about, exitCode: 70, lastLine: "UPGRADE NEEDED" },
      { kind: "halt-step", at: at(4), ...step, phase: "Detected", message: "m" },
      { kind: "halt-step", at: at(5), ...step, phase: "Swapping", message: "n" },
      { kind: "image-changed", at: at(5), node: "sei-0", from: "a:v6.6", to: "a:v6.7" },
      { kind: "paged", at: at(6), node: "sei-0", key: "k", summary: "s" },
    ];
    const of = new ViewsOfEvents();
    const views = new Views();
    for (const change of events.filter(isClusterEvent).flatMap((event) => of.changes(event)))
      views.apply(change);
    const state = views.state(OF);
    expect(state).toMatchObject({
      title: "It begins",
      pages: [{ key: "k" }],
      controllers: [{ pid: 9, leads: true }],
    });
    expect(state.nodes).toMatchObject([
      { node: "sei-0", wantedImage: "a:v6.7", isRunning: false, exitCode: 70 },
    ]);
    expect(state.halts).toMatchObject([
      {
        name: "h",
        spec: { planName: "v6.7" },
        status: { phase: "Swapping", steps: [{ phase: "Detected" }, { phase: "Swapping" }] },
      },
    ]);
    expect(views.details("sei-0").log).toBe("UPGRADE NEEDED");
  });
});
