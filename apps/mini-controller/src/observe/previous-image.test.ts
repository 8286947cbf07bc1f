import { expect, test } from "vitest";
import type { RanImage } from "../api/node-record.ts";
import type { ContainerState, Pod } from "../model/pod.ts";
import { haltWith, NEW, OLD, policyWith } from "../testing/observations.ts";
import type { TemplateRevision } from "../workloads/template-revision.ts";
import { haltedRun, type Lineage, previousImage, type RanBefore } from "./previous-image.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const ran = (image: string, height: number): RanImage => ({
  image,
  imageID: `docker-pullable://mirror/seid@${DIGEST}`,
  height,
  at: "2026-08-21T17:59:28Z",
});
const { spec } = haltWith({ reason: "binary_too_new", image: NEW, height: undefined, restartCount: 0 });
const halt = haltedRun(spec, { at: "2026-08-21T18:00:10Z" });
const policy = policyWith({ upgrades: [] }).spec;
const revision = (number: number, image: string | undefined): TemplateRevision => ({
  ...{ name: `sei-0-${number}`, owner: "set-1", number, image },
});
const pod: Pod = {
  metadata: { name: "sei-0-0", uid: halt.podUID, creationTimestamp: "2026-08-21T17:59:30Z" },
  spec: { containers: [{ name: "seid", image: NEW }] },
};
const lineageOf = ([last]: readonly RanImage[], more: Partial<Lineage> = {}): Lineage => ({
  ...{ pod, present: revision(2, NEW), former: revision(1, last?.image), ...more },
});
const look = (images: readonly RanImage[], more: Partial<RanBefore> = {}) => {
  const [record, lineage] = [{ height: 500, images: [...images] }, lineageOf(images)];
  return previousImage({ halt, record, journals: [], policy, lineage, ...more });
};

test("goes back to the image that the node was seen to run last, by digest", () => {
  expect(look([ran(OLD, 500), ran("registry/seid:v6.5", 20)])).toBe(`${OLD}@${DIGEST}`);
  const byDigest = `registry/seid@${DIGEST}`;
  expect(look([{ ...ran(byDigest, 500), imageID: "" }])).toBe(byDigest);
});

test("goes nowhere where nothing was seen to run, or no digest is known", () => {
  expect(look([])).toBeUndefined();
  expect(look([ran(NEW, 500)])).toBeUndefined();
  expect(look([{ ...ran(OLD, 500), imageID: `sha256:${"b".repeat(64)}` }])).toBeUndefined();
});

test("goes to no older image than the last, where that halted itself", () => {
  const journals = [haltWith({ image: OLD }, { phase: "Recovered", steps: [] })];
  expect(look([ran(OLD, 500), ran("registry/seid:v6.5", 20)], { journals })).toBeUndefined();
});

test("goes to no image that ran before a plan was applied", () => {
  const upgrades = [{ planName: "v6.7", height: 450, image: NEW }];
  const listed = policyWith({ upgrades }).spec;
  expect(look([ran(OLD, 400)], { policy: listed })).toBeUndefined();
  expect(look([ran(OLD, 460)], { policy: listed })).toBe(`${OLD}@${DIGEST}`);
  const done = haltWith(
    { image: "registry/seid:v6.4" },
    { phase: "Recovered", action: "SwapImage", toImage: NEW, steps: [] },
  );
  expect(look([ran(OLD, 20)], { journals: [done] })).toBeUndefined();
});

test.each<[string, Partial<Lineage>]>([
  ["the template had another image in between", { present: revision(3, NEW) }],
  ["the template before had another image", { former: revision(1, "registry/seid:typo") }],
  ["the pod was made from another template than it says", { present: revision(2, OLD) }],
  ["the template is another workload's", { former: { ...revision(1, OLD), owner: "set-2" } }],
  ["nothing is kept of the template before", { former: undefined }],
  ["nothing is kept of the pod's template", { present: undefined }],
  [
    "the pod was made long after the one before was seen last",
    { pod: { ...pod, metadata: { ...pod.metadata, creationTimestamp: "2026-08-21T18:00:40Z" } } },
  ],
  ["nobody says when the pod was made", { pod: { ...pod, metadata: { name: "sei-0-0", uid: halt.podUID } } }],
  ["the halt is of a pod before", { pod: { ...pod, metadata: { ...pod.metadata, uid: "uid-2" } } }],
  [
    "the pod runs the very digest that was seen",
    {
      pod: {
        ...pod,
        status: { containerStatuses: [{ name: "seid", imageID: `mirror/seid@${DIGEST}` }] },
      },
    },
  ],
])("goes nowhere where %s", (_, more) => {
  const images = [ran(OLD, 500)];
  expect(look(images, { lineage: lineageOf(images) })).toBe(`${OLD}@${DIGEST}`);
  expect(look(images, { lineage: lineageOf(images, more) })).toBeUndefined();
});

/** The pod with what its kubelet tells of the container. */
const withRuns = (restartCount: number, state: ContainerState, lastState?: ContainerState): Pod => ({
  ...pod,
  status: { containerStatuses: [{ name: "seid", restartCount, state, ...(lastState && { lastState }) }] },
});
const ended = (startedAt: string, finishedAt: string): ContainerState => ({
  terminated: {
    exitCode: 71,
    startedAt: `2026-08-21T${startedAt}Z`,
    finishedAt: `2026-08-21T${finishedAt}Z`,
  },
});
const running = (startedAt: string): ContainerState => ({
  running: { startedAt: `2026-08-21T${startedAt}Z` },
});
const [SOON, LATE] = [ended("18:13:50", "18:13:59"), ended("17:59:40", "18:13:59")];
const again = running("18:14:00");
const waiting: ContainerState = { waiting: { reason: "CrashLoopBackOff" } };

test.each([
  ["nothing tells when its run began or ended", pod],
  ["its run ended after so long", withRuns(0, LATE)],
  ["its run before ended after so long", withRuns(1, again, LATE)],
  ["its run ended after so long, and the next is waited for", withRuns(0, waiting, LATE)],
  ["its run stands since so long", withRuns(0, running("17:59:40"))],
  ["only later runs are told of", withRuns(2, again, SOON)],
  ["only a later run is told of, and the next is waited for", withRuns(1, waiting, SOON)],
  [
    "its machine was lost, and nobody knows when its run began",
    withRuns(0, { terminated: { exitCode: 137 } }),
  ],
])("goes nowhere where the pod's first run may have worked for 14 minutes, unread: %s", (_, ran14) => {
  const images = [ran(OLD, 500)];
  const late = { ...halt, at: "2026-08-21T18:14:00Z" };
  expect(look(images, { halt: late, lineage: lineageOf(images, { pod: ran14 }) })).toBeUndefined();
});

test.each([
  ["ended soon", withRuns(0, SOON)],
  ["ended soon, and was started again", withRuns(1, again, SOON)],
  ["ended soon, and is to be started again", withRuns(0, waiting, SOON)],
  ["stands since it started", withRuns(0, running("18:13:50"))],
])("goes back from a first run that %s, however long its image took to pull", (_, soon) => {
  const images = [ran(OLD, 500)];
  const late = { ...halt, at: "2026-08-21T18:14:00Z" };
  expect(look(images, { halt: late, lineage: lineageOf(images, { pod: soon }) })).toBe(`${OLD}@${DIGEST}`);
});

const LATER: [string, Pod][] = [
  ["the next that waits", withRuns(1, waiting, SOON)],
  ["the third that runs", withRuns(2, again, SOON)],
  ["the tenth that ended", withRuns(9, SOON, SOON)],
];

test.each(LATER)(
  "goes back from a first run that its journal has as short, where its kubelet tells of %s",
  (_, later) => {
    const images = [ran(OLD, 500)];
    const lineage = lineageOf(images, { pod: later });
    const late = { ...halt, at: "2026-08-21T18:14:00Z" };
    expect(look(images, { halt: late, lineage })).toBeUndefined();
    expect(look(images, { halt: { ...late, firstRunMs: 5_000 }, lineage })).toBe(`${OLD}@${DIGEST}`);
    expect(look(images, { halt: { ...late, firstRunMs: 840_000 }, lineage })).toBeUndefined();
  },
);

test("goes nowhere where a later run is told to have worked for 14 minutes, unread", () => {
  const images = [ran(OLD, 500)];
  const short = { ...halt, firstRunMs: 5_000 };
  for (const later of [withRuns(1, waiting, LATE), withRuns(2, again, LATE), withRuns(1, LATE, SOON)])
    expect(look(images, { halt: short, lineage: lineageOf(images, { pod: later }) })).toBeUndefined();
});

test.each([1, 2, undefined])("goes nowhere where its run may have had one before it: %s", (restartCount) => {
  expect(look([ran(OLD, 500)], { halt: { ...halt, restartCount } })).toBeUndefined();
});

test("stays with the image once it is set: its template is the newest then", () => {
  const byDigest = { ...ran(`registry/seid@${DIGEST}`, 500), imageID: "" };
  const lineage = lineageOf([byDigest], { former: revision(3, byDigest.image) });
  expect(look([byDigest], { lineage })).toBe(byDigest.image);
});

test("goes to no image further back than the last that was seen, whatever its tag says", () => {
  const moved = { ...ran(NEW, 500), imageID: `registry/seid@sha256:${"c".repeat(64)}` };
  expect(look([moved, ran(OLD, 400)], { lineage: lineageOf([ran(OLD, 400)]) })).toBeUndefined();
});
