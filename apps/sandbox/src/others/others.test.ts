import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ClusterEvent } from "../events/cluster-event.ts";
import { KUBELET_BACK_OFF } from "../kubelet/restart-policy.ts";
import { COSMOVISOR, LONGEST_BACK_OFF_MS, RECORDED_BACK_OFF_MS, SLEEP_MS } from "./figures.ts";
import { waysOf } from "./others.ts";
import { type RecordedHalt, recordedHalts } from "./recorded-halt.ts";

const read = (path: string): string => readFileSync(join(import.meta.dirname, "../../../..", path), "utf8");
const at = (ms: number): string => new Date(1_800_000_000_000 + ms).toISOString();
const about = {
  node: "sei-0",
  halt: "sei-0-0-x",
  reason: "upgrade_required",
  plan: "v6.7",
  action: "",
  message: "",
};
const step = (ms: number, phase: string, other: object = {}): ClusterEvent => ({
  kind: "halt-step",
  at: at(ms),
  ...about,
  phase,
  ...other,
});
const ended: ClusterEvent = {
  kind: "node-ended",
  at: at(0),
  node: "sei-0",
  exitCode: 70,
  image: "a:v6.6",
  lastLine: "",
};
const SWAPPED: readonly ClusterEvent[] = [
  ended,
  step(40, "Detected"),
  { kind: "image-changed", at: at(100), node: "sei-0", from: "a:v6.6", to: "a:v6.7" },
  { kind: "node-ready", at: at(900), node: "sei-0", image: "a:v6.7" },
  step(1_000, "Recovered"),
];

function only(events: readonly ClusterEvent[]): RecordedHalt {
  const [halt, ...others] = recordedHalts(events);
  if (halt === undefined || others.length > 0) throw new Error("not one halt");
  return halt;
}

describe("the halts of a run", () => {
  it("begin when the process ended, and last until the node's next halt", () => {
    const again = { halt: "sei-0-0-y", reason: "binary_too_new" };
    const [first, second] = recordedHalts([
      ...SWAPPED,
      { ...ended, at: at(5_000), exitCode: 71 },
      step(5_050, "Detected", again),
    ]);
    expect(first).toMatchObject({ exitCode: 70, haltedAt: Date.parse(at(0)), plan: "v6.7" });
    expect(first?.after.map(({ atMs }) => atMs)).toEqual([40, 100, 900, 1_000, 5_000]);
    expect(second).toMatchObject({ exitCode: 71, haltedAt: Date.parse(at(5_000)), reason: "binary_too_new" });
  });

  it("have no exit code where the process stayed alive", () => {
    const alive: ClusterEvent = {
      kind: "node-halted",
      at: at(0),
      node: "sei-0",
      reason: "upgrade_required",
      plan: "v6.7",
      height: 30,
    };
    expect(only([alive, step(0, "Detected")]).exitCode).toBeUndefined();
  });
});

describe("what the others would do", () => {
  it("puts the recorded times beside each other", () => {
    const [own, kubelet, cosmovisor, person] = waysOf(only(SWAPPED));
    expect(own?.sum).toBe("The image is changed after 0.1 s. The node has recovered after 1.0 s.");
    expect(kubelet?.marks.map(({ fromMs, basis }) => [fromMs / 1000, basis])).toEqual([
      [0, "measured"],
      [10, "measured"],
      [30, "modelled"],
      [70, "modelled"],
      [150, "modelled"],
      [310, "modelled"],
    ]);
    expect(cosmovisor?.marks).toMatchObject([{ fromMs: 310, toMs: 490, shape: "swap", basis: "measured" }]);
    expect(person?.marks.map(({ toMs, basis }) => [toMs, basis])).toEqual([
      [90_000, "modelled"],
      [90_000, "modelled"],
      [90_800, "modelled"],
    ]);
  });

  it("names what nobody measured as modelled, and leaves a living process to a kubelet", () => {
    const legacy = waysOf(only([{ ...ended, exitCode: 2 }, ...SWAPPED.slice(1)]));
    expect(legacy[2]?.marks[0]?.basis).toBe("modelled");
    const alive = waysOf({ ...only(SWAPPED), exitCode: undefined });
    expect(alive[1]?.marks).toEqual([]);
    expect(alive[2]?.marks[0]).toMatchObject(COSMOVISOR.staysAliveWithBinary);
  });

  it("lets cosmovisor end with 1 where no binary, or another reason, is there", () => {
    const held = only([ended, step(40, "Detected"), step(60, "Held")]);
    expect(waysOf(held)[2]?.marks).toMatchObject([{ shape: "end", ...COSMOVISOR.exitsWithoutBinary }]);
    const tooNew = { ...held, reason: "binary_too_new", exitCode: 71 };
    expect(waysOf(tooNew)[2]?.marks).toMatchObject([{ shape: "end", ...COSMOVISOR.endsWithNode }]);
  });

  it("cites files that are there", () => {
    for (const source of waysOf(only(SWAPPED)).flatMap(({ sources }) => sources))
      if (source !== "this run") expect(read(source)).not.toBe("");
  });
});

describe("the figures are those of the repository", () => {
  it("for cosmovisor", () => {
    const guide = read("docs/guides/cosmovisor.md");
    expect(guide).toContain("cosmovisor 1.5.0");
    expect(guide).toContain("polling every 300 ms");
    const span = ({ fromMs, toMs }: { fromMs: number; toMs: number }): string => `${fromMs} to ${toMs} ms`;
    const rows = guide.split("\n").filter((line) => line.startsWith("| "));
    const row = (start: string): string => rows.find((line) => line.startsWith(`| ${start}`)) ?? "";
    expect(row("exits with 70, `upgrades/")).toContain(span(COSMOVISOR.exitsWithBinary));
    expect(row("halts for 70 and stays alive")).toContain(span(COSMOVISOR.staysAliveWithBinary));
    expect(row("exits with 70, no such")).toContain(span(COSMOVISOR.exitsWithoutBinary));
    expect(row("exits with 71")).toContain(`at most ${COSMOVISOR.endsWithNode.toMs} ms`);
    expect(row("exits with 72")).toContain(`at most ${COSMOVISOR.endsWithNode.toMs} ms`);
  });

  it("for a kubelet's back-off", () => {
    const pods = JSON.parse(read("packages/consumer/src/adapters/fixtures/pods.json"));
    const [seid] = pods["in back-off after an upgrade halt"].status.containerStatuses;
    expect(seid).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 70 } } });
    expect(seid.state.waiting.message).toMatch(
      new RegExp(`^back-off ${RECORDED_BACK_OFF_MS / 1000}s restarting`),
    );
    expect(KUBELET_BACK_OFF).toMatchObject({ baseMs: RECORDED_BACK_OFF_MS, maxMs: LONGEST_BACK_OFF_MS });
  });

  it("for the sleep", () => {
    expect(read("docs/upstream/sei-k8s-controller.md")).toContain(
      `its upgrade test sleeps for ${SLEEP_MS / 1000} s because a halt can't be polled`,
    );
  });
});
