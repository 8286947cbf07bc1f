import type { Boundary } from "@upgrade-halt/mini-controller";
import type { NodeHalt } from "@upgrade-halt/mini-controller/api";
import { type Program, startProgram, until } from "@upgrade-halt/testing";
import { type ControllerPlace, controllerKubeconfig } from "../harness/controller.ts";
import { imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { letGoOn, untilSeenNear } from "../harness/halting-node.ts";
import { describe, haltsIn } from "../harness/observe.ts";
import { changePolicy, createNode, createPolicy, setPlans } from "../harness/operator.ts";
import type { Testbed } from "../harness/testbed.ts";
import { entryOf, type Generation } from "./generations.ts";

/** Time for one leg: a controller starts, reads everything and does its step, on a loaded machine. */
export const WITHIN_MS = 120_000;

/** Height of the plan that the node halts for. */
export const HEIGHT = 10;

/** Starts a generation's controller for the testbed's namespace; `env` may have it end at some step. */
export async function startControllerOf(
  generation: Generation,
  testbed: ControllerPlace,
  env: NodeJS.ProcessEnv = {},
): Promise<Program> {
  const where = ["--kubeconfig", await controllerKubeconfig(testbed), "--namespace", testbed.namespace];
  const how = ["--metrics-addr", "127.0.0.1:0", "--log-format", "json"];
  const paging = generation.namesPagingHosts ? ["--paging-hosts", "http://127.0.0.1:*"] : [];
  const args = [entryOf(generation, "mini-controller"), "run", ...where, ...how, ...paging];
  const options = { env: { ...process.env, ...env } };
  const controller = await startProgram(
    `mini-controller of ${generation.name}`,
    process.execPath,
    args,
    options,
  );
  testbed.cleanup.add(() => controller.stop());
  return controller;
}

/** A node halts for its plan, seen near it before by a generation's controller; none runs, and no image is listed yet. */
export async function haltUnwatched(testbed: Testbed, generation: Generation): Promise<void> {
  await setPlans(testbed, planAt("v6.7", HEIGHT));
  await createPolicy(testbed);
  await createNode(testbed, "sei-0", { version: "v6.6", holdAt: [HEIGHT] });
  if (generation.keepsRecords) {
    const controller = await startControllerOf(generation, testbed);
    await untilSeenNear(testbed, "sei-0", HEIGHT);
    await controller.stop();
  }
  await letGoOn(testbed, "sei-0");
}

/** Where a halt is handed over, in the order in which it gets there: what is written by then, and what is not. */
export const STEPS = [
  "after:create-halt",
  "after:journal-Held",
  "after:claim-page",
  "after:send-page",
  "after:confirm-page",
  "after:journal-Swapping",
  "after:set-image",
  "after:journal-Recreating",
  "after:delete-pod",
  "after:journal-Recovering",
  "after:journal-Recovered",
  "after:claim-resolution",
  "after:send-resolution",
] as const satisfies readonly Boundary[];

/**
 * Hands the testbed's halt from controller to controller: each is ended (SIGKILL) at the next of `STEPS`, and the last one
 * finishes. A person lists the image once they are paged for it.
 */
export async function relay(testbed: Testbed, turns: readonly [Generation, Generation]): Promise<void> {
  for (const [turn, boundary] of STEPS.entries()) {
    if (boundary === "after:journal-Swapping") await listImage(testbed);
    await legOf(testbed, turns[turn % 2 === 0 ? 0 : 1], boundary);
  }
  const last = await startControllerOf(turns[1], testbed);
  await until("the swap and its page to be over", async () => (await haltsIn(testbed)).every(isTold), {
    within: WITHIN_MS,
    explain: async () => `${last.output()}\n${await describe(testbed)}`,
  });
  await last.stop();
}

/** A generation's controller works until it is past a boundary, and is killed there. */
export async function legOf(testbed: Testbed, by: Generation, boundary: Boundary): Promise<void> {
  const doomed = await startControllerOf(by, testbed, { MINI_CONTROLLER_CRASH_AT: boundary });
  await until(
    `${by.name} to come to ${boundary}`,
    () => doomed.output().includes(`killed at ${boundary}\n`),
    {
      within: WITHIN_MS,
      explain: async () => `${doomed.output()}\n${await describe(testbed)}`,
    },
  );
  await doomed.stop();
}

export function listImage(testbed: Testbed): Promise<void> {
  return changePolicy(testbed, { upgrades: [{ planName: "v6.7", height: HEIGHT, image: imageOf("v6.7") }] });
}

function isTold({ status }: NodeHalt): boolean {
  return status?.phase === "Recovered" && status.page?.state === "Resolved";
}
