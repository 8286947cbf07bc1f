import { join } from "node:path";
import { startProgram } from "@upgrade-halt/testing";
import type { Row } from "../../bench/controller/report.ts";
import { median } from "../../bench/controller/samples.ts";
import { binOf } from "../../harness/programs.ts";
import { type Crowd, startCrowd } from "./crowd.ts";
import { makeFirstRelease } from "./first-release.ts";
import type { Options } from "./options.ts";
import type { Place } from "./place.ts";
import { cpuSecondsOf, treeOf } from "./processes.ts";

/** What it took until the demo's first node was up. */
interface Start {
  readonly wallS: number;
  readonly cpuS: number;
}

/** Of this tree's sandbox and of the first release's, in turns: `demo` until its first node is up, then a cluster of many nodes. */
export async function benchStart(place: Place, { rounds, crowd }: Options): Promise<readonly Row[]> {
  place.progress("making the first release's sandbox, or finding it made");
  const first = makeFirstRelease();
  const bins = [binOf("sandbox"), join(first.folder, "apps/sandbox/bin/sandbox.js")];
  const starts = bins.map((): Start[] => []);
  for (let round = 0; round < rounds; round += 1) {
    place.progress(`demo until its first node is up: ${round} of ${rounds}`);
    for (const [side, bin] of bins.entries()) starts[side]?.push(await startDemo(place, bin));
  }
  const crowds: Crowd[] = [];
  for (const bin of bins) crowds.push(await startCrowd(place, bin, crowd));
  return [...demoRows(starts, first.name), ...crowdRows(crowds, first.name)];
}

async function startDemo({ cleanup }: Place, bin: string): Promise<Start> {
  const began = performance.now();
  const isUp = ({ lines }: { lines(): readonly string[] }) =>
    lines().some((line) => line.includes('"kind":"node-ready"'));
  const demo = await startProgram("demo", process.execPath, [bin, "demo", "--json"], {
    ready: isUp,
    within: 120_000,
  });
  cleanup.add(() => demo.stop());
  const start = { wallS: (performance.now() - began) / 1000, cpuS: cpuSecondsOf(treeOf(demo.pid)) };
  await demo.stop();
  return start;
}

function demoRows(starts: readonly (readonly Start[])[], first: string): readonly Row[] {
  const part = `demo until its first node is up (medians of ${starts[0]?.length} rounds)`;
  const row = (what: string, of: (start: Start) => number): Row => {
    const [value = Number.NaN, other = Number.NaN] = starts.map((side) => median(side.map(of)));
    return { part, what, unit: "s", value, beside: { what: first, value: other } };
  };
  return [
    { ...row("time", ({ wallS }) => wallS), target: { of: "ratio", atMost: 0.6 } },
    row("CPU of all its processes", ({ cpuS }) => cpuS),
  ];
}

function crowdRows([ours, theirs]: readonly Crowd[], first: string): readonly Row[] {
  if (ours === undefined || theirs === undefined) return [];
  const part = `a cluster of ${ours.nodes} nodes`;
  const row = (what: string, unit: string, of: (crowd: Crowd) => number): Row => {
    return { part, what, unit, value: of(ours), beside: { what: first, value: of(theirs) } };
  };
  return [
    { ...row("until all are ready", "s", ({ wallS }) => wallS), target: { of: "ratio", atMost: 0.6 } },
    row("CPU of that, nodes included", "s", ({ cpuS }) => cpuS),
    row("CPU of that, the cluster's own process", "s", ({ ownCpuS }) => ownCpuS),
    row("memory (PSS) then, nodes included", "MiB", ({ memoryMiB }) => memoryMiB),
    row("memory (PSS) then, the cluster's own process", "MiB", ({ ownMemoryMiB }) => ownMemoryMiB),
  ];
}
