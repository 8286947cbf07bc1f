import { Changes } from "../changes.ts";
import type { Entry } from "../recording/history.ts";
import { SandboxError } from "../sandbox-error.ts";
import type { Base } from "../scenario/base.ts";
import { type Scenario, ScenarioSchema } from "../scenario/schema.ts";
import { LiveRun } from "./live-run.ts";
import { ReplayRun } from "./replay-run.ts";
import type { RunSwitcher } from "./run-switcher.ts";

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

type OwnRun = LiveRun | ReplayRun;

/** The one run that every page of this sandbox shows; another scenario, or a recording, takes its place. */
export class Sandbox extends Changes implements RunSwitcher {
  readonly #base: Base | undefined;
  readonly #open: Scenario;
  #run: OwnRun;
  #changing: Promise<void> = Promise.resolve();

  /** Begins with a live run, which `start` sets up, or with a recording, where there is no cluster. */
  constructor(first: { readonly base: Base; readonly open: Scenario } | { readonly run: ReplayRun }) {
    super();
    this.#base = "base" in first ? first.base : undefined;
    this.#open = "open" in first ? first.open : openScenario(1);
    this.#run = "run" in first ? first.run : new LiveRun("open", 1, first.open);
    this.#run.onChange(() => this.tell());
  }

  get run(): OwnRun {
    return this.#run;
  }

  /** Sets up the open scenario, or begins to tell the recording. */
  async start(): Promise<void> {
    if (this.#run instanceof LiveRun) await this.#run.start(this.#cluster());
    if (this.#run instanceof ReplayRun) void this.#run.play();
  }

  /** Ends what runs, and sets up another scenario; resolves when that is ready, and its steps are being played. */
  async change(name: string, scenario: Scenario = this.#open): Promise<void> {
    const base = this.#cluster();
    return this.#take(
      (number) => new LiveRun(name, number, scenario),
      async (run) => {
        await run.start(base);
        if (scenario !== this.#open) void run.play();
      },
    );
  }

  /** Ends what runs, and tells a recording. */
  replay(name: string, recording: readonly Entry[], speed: number): Promise<void> {
    return this.#take(
      (number) => new ReplayRun(name, number, recording, speed),
      async (run) => void run.play(),
    );
  }

  /** Tells the recording at another speed. @throws SandboxError when none is told. */
  setSpeed(speed: number): void {
    if (!(this.#run instanceof ReplayRun)) throw new SandboxError("no recording is being told");
    this.#run.setSpeed(speed);
  }

  async stop(): Promise<void> {
    await this.#run.stop();
  }

  #take<R extends OwnRun>(make: (number: number) => R, begin: (run: R) => Promise<void>): Promise<void> {
    const next = async (): Promise<void> => {
      const last = this.#run;
      const run = make(last.number + 1);
      this.#run = run;
      run.onChange(() => this.tell());
      this.tell();
      await last.stop();
      await begin(run);
    };
    const changed = this.#changing.then(next);
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  /** @throws SandboxError when there is none. */
  #cluster(): Base {
    if (this.#base === undefined)
      throw new SandboxError("no cluster runs here: the sandbox was started with --replay");
    return this.#base;
  }
}
