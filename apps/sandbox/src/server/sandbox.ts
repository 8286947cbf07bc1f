import { Changes } from "../changes.ts";
import type { Base } from "../scenario/base.ts";
import { type Scenario, ScenarioSchema } from "../scenario/schema.ts";
import { LiveRun } from "./live-run.ts";
import type { Stage } from "./stage.ts";

/** A plan so far away that nothing happens before somebody does something. */
const FAR = 10_000_000;

/** Blocks as slow as a real chain's: there is time to watch, and to be seen near a plan. */
const SLOW = ["--block-time", "400ms"];

/** What is there before a scenario is chosen: nodes that make blocks, two controllers, and a policy that lists nothing. */
export function openScenario(nodes: number): Scenario {
  return ScenarioSchema.parse({
    title: `${nodes} nodes make blocks, and two controllers watch. Nothing happens until you make it happen.`,
    question: "What do you want to see?",
    plans: [{ name: "v6.8", height: FAR }],
    nodes: Array.from({ length: nodes }, (_, index) => ({ name: `sei-${index}`, args: SLOW })),
    policy: { upgrades: [], maxConcurrent: 2 },
    controllers: 2,
    steps: [{ pause: 1 }],
    expect: [{ text: "nothing", ready: 0 }],
  });
}

/** The one run that every page of this sandbox shows; another scenario takes its place. */
export class Sandbox extends Changes implements Stage {
  readonly #base: Base;
  readonly #open: Scenario;
  #run: LiveRun;
  #changing: Promise<void> = Promise.resolve();

  constructor(base: Base, open: Scenario) {
    super();
    this.#base = base;
    this.#open = open;
    this.#run = new LiveRun("open", 1, open);
  }

  get run(): LiveRun {
    return this.#run;
  }

  /** Sets up the open scenario. */
  async start(): Promise<void> {
    this.#run.onChange(() => this.tell());
    await this.#run.start(this.#base);
  }

  /** Ends what runs, and sets up another scenario; resolves when that is ready, and its steps are being played. */
  change(name: string, scenario: Scenario = this.#open): Promise<void> {
    const next = async (): Promise<void> => {
      const last = this.#run;
      this.#run = new LiveRun(name, last.number + 1, scenario);
      this.#run.onChange(() => this.tell());
      this.tell();
      await last.stop();
      await this.#run.start(this.#base);
      if (scenario !== this.#open) void this.#run.play();
    };
    const changed = this.#changing.then(next);
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  async stop(): Promise<void> {
    await this.#run.stop();
  }
}
