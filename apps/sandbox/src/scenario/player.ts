import { setTimeout as delay } from "node:timers/promises";
import { perform } from "../actions/perform.ts";
import type { EventLog } from "../events/event-log.ts";
import { judge } from "./condition.ts";
import type { Step, Wait } from "./schema.ts";
import type { Setup } from "./setup.ts";
import { Interrupted, waitFor } from "./wait.ts";

export interface PlayerOptions {
  readonly setup: Setup;
  readonly eventLog: EventLog;
  readonly signal: AbortSignal;
  /** Divides the scenario's pauses. */
  readonly speed: number;
}

/**
 * Carries out steps in their order.
 * @throws SandboxError when something doesn't come to pass in time, Interrupted when `signal` aborts.
 */
export async function playSteps(steps: readonly Step[], options: PlayerOptions): Promise<void> {
  for (const step of steps) await playStep(step, options);
}

async function playStep(step: Step, options: PlayerOptions): Promise<void> {
  const { setup, eventLog, signal, speed } = options;
  if (signal.aborted) throw new Interrupted();
  switch (step.kind) {
    case "chapter":
      return eventLog.tell({ kind: "chapter", title: step.value });
    case "pause":
      await delay((step.value * 1000) / speed, undefined, { signal }).catch(() => undefined);
      return;
    case "wait":
      return waitUntil(step.value, setup, signal);
    case "approach":
      return approach(step.value, setup, signal);
    case "together":
      await Promise.all(step.value.map((steps) => playSteps(steps, options)));
      return;
    default:
      return perform(step, setup, eventLog);
  }
}

/** So many blocks before a plan's height a node must have been seen for its halt to be acted on. */
const REACH_BLOCKS = 25;

/** Lets every node come to a plan's height once the controller has seen those that it can reach near that, however slow the machine is. */
async function approach(
  { height, within }: { readonly height: number; readonly within: number },
  setup: Setup,
  signal: AbortSignal,
): Promise<void> {
  const isSeen = (): boolean => {
    const { records } = setup.situation();
    const isolated = setup.isolation.isolated();
    const nodes = setup.situation().nodes.filter(({ node }) => !isolated.includes(node));
    const seen = nodes.filter(({ node, podUid, isReady }) => {
      const record = records.get(node);
      return isReady && record?.podUid === podUid && record.height >= Math.max(1, height - REACH_BLOCKS);
    });
    return nodes.length > 0 && seen.length === nodes.length;
  };
  await waitFor(setup.sources, isSeen, {
    what: `the controller to see every node near height ${height}`,
    deadlineMs: within * 1000,
    signal,
  });
  for (const { pid } of setup.situation().nodes) process.kill(pid, "SIGUSR2");
}

function waitUntil(
  { for: what, within, ...condition }: Wait,
  setup: Setup,
  signal: AbortSignal,
): Promise<void> {
  const now = () => judge(condition, setup.situation());
  return waitFor(setup.sources, () => now().held, {
    what,
    deadlineMs: within * 1000,
    signal,
    found: () => now().found,
  });
}
