import type { EventReader, NewEvent } from "../events/cluster-event.ts";
import { EventLog } from "../events/event-log.ts";
import { startBase } from "./base.ts";
import { playAndJudge } from "./run-scenario.ts";
import type { Scenario } from "./schema.ts";
import { startSetup } from "./setup.ts";
import { Interrupted } from "./wait.ts";

/** So many scenarios run at a time: each has processes of its own, and two cores must do. */
const AT_A_TIME = 3;

export interface NamedScenario {
  readonly name: string;
  readonly scenario: Scenario;
  readonly reader: EventReader;
}

export interface RunAllOptions {
  readonly stopping: Promise<unknown>;
  readonly speed: number;
  /** Called as soon as a scenario is over; `broken` is undefined when it did not come to its end, for the reason given. */
  readonly onEnd: (name: string, broken: number | undefined, why: string) => void;
}

/** Plays scenarios side by side on one cluster, each in a namespace of its own. @throws Interrupted when it is to end. */
export async function runScenarios(
  scenarios: readonly NamedScenario[],
  options: RunAllOptions,
): Promise<void> {
  const interrupt = new AbortController();
  void options.stopping.then(() => interrupt.abort());
  const { signal } = interrupt;
  const before: NewEvent[] = [];
  const base = await startBase((event) => before.push(event));
  const playOne = async ({ name, scenario, reader }: NamedScenario): Promise<number> => {
    const eventLog = new EventLog([reader]);
    eventLog.tell({ kind: "chapter", title: scenario.title });
    for (const event of before) eventLog.tell(event);
    const asksStatus = true;
    const setup = await startSetup(
      { base, scenario, eventLog, namespace: `sei-${name}`, asksStatus },
      signal,
    );
    try {
      return await playAndJudge(scenario, { setup, eventLog, signal, speed: options.speed });
    } finally {
      eventLog.close();
      await setup.stop();
    }
  };
  const waiting = [...scenarios];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { name } = next;
      const outcome = await playOne(next).then(
        (broken) => ({ broken, why: "" }),
        (error: unknown) => {
          if (error instanceof Interrupted) throw error;
          return { broken: undefined, why: error instanceof Error ? error.message : String(error) };
        },
      );
      options.onEnd(name, outcome.broken, outcome.why);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
  } finally {
    await base.stop();
  }
}
