import type { EventReader } from "../events/cluster-event.ts";
import { EventLog } from "../events/event-log.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { type Base, startBase } from "./base.ts";
import { judge } from "./condition.ts";
import { outcomes } from "./outcomes.ts";
import { playSteps } from "./player.ts";
import type { Scenario } from "./schema.ts";
import { type Setup, startSetup } from "./setup.ts";
import { Interrupted } from "./wait.ts";

export interface RunOptions {
  readonly readers: readonly EventReader[];
  /** Resolves when the scenario is to end, whatever it is doing. */
  readonly stopping: Promise<unknown>;
  /** Divides the scenario's pauses; 1 by default. */
  readonly speed?: number;
  /** What is applied, where that is other than the scenario says. */
  readonly objects?: readonly KubeObject[];
  /** With keep, called at the end of the run; everything runs on until `stopping`. */
  readonly onKept?: (kubeconfig: string) => void;
}

/**
 * Plays a scenario on a cluster of its own and cleans up after itself, however it ends.
 * Resolves with how many expectations did not hold, or undefined when it was interrupted.
 * @throws SandboxError when a part can't start or something does not come to pass in time.
 */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<number | undefined> {
  const { readers, stopping, speed = 1, objects, onKept } = options;
  const eventLog = new EventLog(readers);
  eventLog.tell({ kind: "chapter", title: scenario.title });
  const interrupt = new AbortController();
  void stopping.then(() => interrupt.abort());
  const run = async (base: Base): Promise<number> => {
    const setup = await startSetup(
      {
        base,
        scenario,
        eventLog,
        asksStatus: asksHeights(scenario),
        ...(objects === undefined ? {} : { objects }),
      },
      interrupt.signal,
    );
    try {
      const broken = await playAndJudge(scenario, { setup, eventLog, signal: interrupt.signal, speed });
      if (onKept === undefined) eventLog.close();
      else {
        onKept(base.kubeconfig);
        await stopping;
      }
      return broken;
    } finally {
      await setup.stop();
    }
  };
  try {
    const base = await startBase((event) => eventLog.tell(event));
    try {
      return await run(base);
    } finally {
      await base.stop();
    }
  } catch (error) {
    if (error instanceof Interrupted) return undefined;
    throw error;
  }
}

/** Whether any condition asks for a height: then every node's `/status` is asked again and again. */
function asksHeights({ steps, expect }: Scenario): boolean {
  return JSON.stringify([steps, expect]).includes('"past"');
}

export interface PlayOptions {
  readonly setup: Setup;
  readonly eventLog: EventLog;
  readonly signal: AbortSignal;
  readonly speed: number;
}

/** Plays the steps, tells what came of each node and what held; resolves with how many expectations did not. */
export async function playAndJudge(scenario: Scenario, options: PlayOptions): Promise<number> {
  const { setup, eventLog } = options;
  await playSteps(scenario.steps, options);
  eventLog.tell({ kind: "chapter", title: "What came of it" });
  const situation = setup.situation();
  for (const row of outcomes(situation.halts, situation.nodes, setup.watcher)) eventLog.tell(row);
  const findings = scenario.expect.map(({ text, ...condition }) => ({
    text,
    ...judge(condition, situation),
  }));
  for (const finding of findings) eventLog.tell({ kind: "expectation", ...finding });
  const broken = findings.filter(({ held }) => !held).length;
  eventLog.tell({ kind: "the-end", expectations: findings.length, broken });
  return broken;
}
