import { setTimeout as delay } from "node:timers/promises";
import type { V1Pod, V1StatefulSet } from "@kubernetes/client-node";
import type { Boundary } from "@upgrade-halt/mini-controller";
import type { NodeHalt } from "@upgrade-halt/mini-controller/api";
import type { Page, Program } from "@upgrade-halt/testing";
import { startController, startDoomedController } from "../harness/controller.ts";
import { imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { createPhantom, setPhantomState, terminated } from "../harness/fixtures/phantom-pods.ts";
import { letGoOn, untilSeenNear } from "../harness/halting-node.ts";
import { startHistory } from "../harness/history.ts";
import { haltsIn } from "../harness/observe.ts";
import { changePolicy, createNode, createPolicy, type PolicyOptions, setPlans } from "../harness/operator.ts";
import type { Testbed } from "../harness/testbed.ts";
import { brokenInvariants } from "../invariants/broken-invariants.ts";
import { imagesOf, uidsOf } from "./counts.ts";

/** How a controller of the run is to end: at a boundary (or the n-th of any), and after so many milliseconds anyway. */
export interface Doom {
  readonly at?: Boundary | `any#${number}`;
  readonly withinMs?: number;
}

/** Where a controller was killed: at a boundary of its work, or anywhere. */
export type Kill = string | "anywhere";

/** What there is at the end of a run, as it has to be whoever was killed. */
export const END = {
  halts: [
    "bad-0 Failed",
    "bad-0 Held",
    "late-0 Recovered",
    "low-0 Paged",
    "sei-0-0 Recovered",
    "sei-1-0 Recovered",
  ],
  images: {
    bad: ["v6.6", "v6.5"],
    late: ["v6.6", "v6.7"],
    "sei-0": ["v6.6", "v6.7"],
    "sei-1": ["v6.6", "v6.7"],
  },
  pods: { "bad-0": 2, "late-0": 2, "low-0": 1, "sei-0-0": 2, "sei-1-0": 2 },
  pages: ["DowngradeDetected low-0", "HaltedAgain bad-0", "ImageMappingMissing late-0"],
  resolved: ["ImageMappingMissing late-0"],
  broken: [],
} as const;

const HEIGHT = 10;
/** They end at their plan: nothing is done to one that was not seen run near it. */
const ENDING = ["sei-0", "sei-1", "bad"];
const LISTED = [{ planName: "v6.7", image: imageOf("v6.7") }];
/** A run that takes longer has lost something. */
const LONGEST_MS = 300_000;

/**
 * Plays one run in a testbed of its own: two nodes to be swapped one after the other, one whose listed image is wrong,
 * one whose image is listed only once it was paged for, one that only a person may touch; and one controller process after the other, each killed as `dooms` says. Resolves
 * to how many were killed and to what there is in the end.
 */
export async function playRun(
  testbed: Testbed,
  dooms: Iterator<Doom>,
  onKill: (kill: Kill) => void,
): Promise<{ kills: number; end: unknown }> {
  const { api, namespace } = testbed;
  const sets = await startHistory<V1StatefulSet>(api, `/apis/apps/v1/namespaces/${namespace}/statefulsets`);
  const pods = await startHistory<V1Pod>(api, `/api/v1/namespaces/${namespace}/pods`);
  await prepareHalts(testbed);
  const over = AbortSignal.timeout(LONGEST_MS);
  let kills = 0;
  while (!over.aborted && !(await hasEnded(testbed))) {
    const kill = await liveAndDie(testbed, dooms, over);
    if (kill === undefined) continue;
    kills += 1;
    onKill(kill);
  }
  const images = Object.keys(END.images).map(async (set) => [
    set,
    (await imagesOf(sets, set)).map(versionOf),
  ]);
  const made = Object.keys(END.pods).map(async (pod) => [pod, (await uidsOf(pods, pod)).length]);
  const told = (pages: readonly Page[]) =>
    [...new Map(pages.map(({ key, body }) => [key, `${body.reason} ${body.pod}`])).values()].toSorted();
  const end = {
    halts: (await haltsIn(testbed)).map(standing).toSorted(),
    images: Object.fromEntries(await Promise.all(images)),
    pods: Object.fromEntries(await Promise.all(made)),
    pages: told(testbed.pager.pages()),
    resolved: told(testbed.pager.resolutions()),
    broken: await brokenInvariants(testbed),
  };
  return { kills, end };
}

async function prepareHalts(testbed: Testbed): Promise<void> {
  await setPlans(testbed, planAt("v6.7", HEIGHT));
  const recoveryTimeoutSeconds = LONGEST_MS / 1000;
  const wrong = [{ planName: "v6.7", image: imageOf("v6.5") }];
  await createPolicy(
    testbed,
    { selector: { matchLabels: { "sei.io/node": "bad" } }, upgrades: wrong, recoveryTimeoutSeconds },
    "only-bad",
  );
  await createPolicy(
    testbed,
    { selector: { matchLabels: { "sei.io/node": "late" } }, upgrades: [], recoveryTimeoutSeconds },
    "only-late",
  );
  const others: PolicyOptions["selector"] = {
    matchExpressions: [{ key: "sei.io/node", operator: "NotIn", values: ["bad", "late"] }],
  };
  await createPolicy(testbed, {
    selector: others,
    upgrades: LISTED,
    maxConcurrent: 1,
    recoveryTimeoutSeconds,
  });
  await createPhantom(testbed, "low-0");
  const line = "Wrong app version 0, upgrade handler is missing for v6.7 upgrade plan\n";
  await setPhantomState(testbed, "low-0", { state: terminated(72, line) });
  for (const name of ENDING) await createNode(testbed, name, { version: "v6.6", holdAt: [HEIGHT] });
  // No height is listed for it that would be recorded, so its own must be readable when its image is listed at last.
  await createNode(testbed, "late", { version: "v6.6", args: ["--halt-stay-alive"] });
  await letNodesComeNear(testbed);
}

/** One controller that nobody kills sees the nodes near their plan, and only then they come to it. */
async function letNodesComeNear(testbed: Testbed): Promise<void> {
  const controller = await startController(testbed);
  for (const name of ENDING) await untilSeenNear(testbed, name, HEIGHT);
  await controller.stop();
  for (const name of ENDING) await letGoOn(testbed, name);
}

/** One controller from its start to its end: by its doom, or because the run is over. */
async function liveAndDie(
  testbed: Testbed,
  dooms: Iterator<Doom>,
  over: AbortSignal,
): Promise<Kill | undefined> {
  const { at, withinMs = LONGEST_MS } = dooms.next().value ?? {};
  const controller = await (at === undefined ? startController(testbed) : startDoomedController(testbed, at));
  const doomed = AbortSignal.any([over, AbortSignal.timeout(withinMs)]);
  if (!(await outlives(controller, testbed, doomed))) controller.signal("SIGKILL");
  const { code, signal } = await controller.stop();
  if (signal === "SIGKILL") return /killed at (\S+)/.exec(controller.output())?.[1] ?? "anywhere";
  if (code === 0) return undefined;
  throw new Error(
    `a controller ended with ${signal ?? `exit code ${code}`}:\n${controller.output().slice(-2000)}`,
  );
}

/** Whether the run was over, or the controller had ended, before `doomed`. */
async function outlives(controller: Program, testbed: Testbed, doomed: AbortSignal): Promise<boolean> {
  let running = true;
  void controller.ended.then(() => (running = false));
  while (!doomed.aborted) {
    if (!running || (await hasEnded(testbed))) return true;
    await Promise.race([controller.ended, delay(250, undefined, { signal: doomed }).catch(() => {})]);
  }
  return false;
}

/** Whether everything has come to its end; the person who was paged for the late node lists its image meanwhile. */
async function hasEnded(testbed: Testbed): Promise<boolean> {
  const halts = await haltsIn(testbed);
  const inState = (state: string) => halts.filter(({ status }) => status?.page?.state === state);
  const isHeld = ({ spec, status }: NodeHalt) => spec.podName === "late-0" && status?.phase === "Held";
  if (inState("Sent").some(isHeld)) await changePolicy(testbed, { upgrades: LISTED }, "only-late");
  const over = inState("Resolved").length === END.resolved.length;
  const told = inState("Sent").length === END.pages.length - END.resolved.length;
  return over && told && halts.map(standing).toSorted().join() === END.halts.join();
}

function standing({ spec, status }: NodeHalt): string {
  return `${spec.podName} ${status?.phase}`;
}

function versionOf(image: string): string {
  return image.slice(image.lastIndexOf(":") + 1);
}
