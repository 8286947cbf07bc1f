import type { Action } from "../actions/action.ts";
import { POLICY, perform } from "../actions/perform.ts";
import { Changes } from "../changes.ts";
import { HALT_POLICIES, PODS, pathOf } from "../client/resource-path.ts";
import type { Off } from "../given/allowed.ts";
import { type Json, objectAt } from "../json/json.ts";
import type { RelayedWrite } from "../network/api-relay.ts";
import { SandboxError } from "../sandbox-error.ts";
import type { Base } from "../scenario/base.ts";
import { playAndJudge } from "../scenario/run-scenario.ts";
import type { Scenario } from "../scenario/schema.ts";
import { type Setup, startSetup } from "../scenario/setup.ts";
import { CONTAINER } from "../scenario/situation.ts";
import { Story } from "../story/story.ts";
import type { StoryEvent } from "../story/story-event.ts";
import { nodeOfHalt } from "../story/watcher.ts";
import { policyState } from "./policy-state.ts";

/** The page keeps the newest of each: it is a window on a run, not its archive. */
const MOST_EVENTS = 2_000;
const MOST_WRITES = 100;

/** What the page shows of a run, besides its story. */
export type RunState = ReturnType<LiveRun["state"]>;

/** An event with its number in the run. */
export interface NumberedEvent {
  readonly id: number;
  readonly event: StoryEvent;
}

export interface NodeDetails {
  /** The end of its log. */
  readonly log: string;
  /** The raw body of its last answer. */
  readonly status: string;
  /** Why there is no newer answer; empty when there is one. */
  readonly fault: string;
}

/** What a page over a cluster that was given has to say besides. */
export interface Given {
  readonly server: string;
  /** What can't be done here, and why. */
  readonly off: Off;
  /** What may not be read, or can't be now. */
  readonly unread: readonly { readonly what: string; readonly why: string }[];
}

/** A scenario that runs for the page, from its set-up to whatever is done next. */
export class LiveRun extends Changes {
  readonly name: string;
  readonly number: number;
  readonly #scenario: Scenario;
  readonly #story: Story;
  readonly #events: NumberedEvent[] = [];
  readonly #writes: (RelayedWrite & { readonly at: string })[] = [];
  readonly #interrupt = new AbortController();
  #setup: Setup | undefined;
  #policy: Json = {};
  #fault = "";

  constructor(name: string, number: number, scenario: Scenario) {
    super();
    this.name = name;
    this.number = number;
    this.#scenario = scenario;
    this.#story = new Story([(event) => this.#keep(event)]);
  }

  /** Sets everything up. @throws SandboxError when a part can't start. */
  async start(base: Base): Promise<void> {
    this.#story.tell({ kind: "chapter", title: this.#scenario.title });
    const options = {
      base,
      scenario: this.#scenario,
      story: this.#story,
      namespace: `sei-${this.number}`,
      asksStatus: true,
      onWrite: (write: RelayedWrite) => {
        this.#writes.push({ ...write, at: new Date().toISOString() });
        if (this.#writes.length > MOST_WRITES) this.#writes.shift();
      },
    };
    const setup = await startSetup(options, this.#interrupt.signal);
    this.#setup = setup;
    for (const source of setup.sources) source.onChange(() => this.tell());
    await this.#readPolicy();
    this.tell();
  }

  /** Plays the scenario's steps; a failure is told in the story and in the state. */
  async play(): Promise<void> {
    const setup = this.#ready();
    const { signal } = this.#interrupt;
    await playAndJudge(this.#scenario, { setup, story: this.#story, signal, speed: 1 }).catch(
      (error: unknown) => {
        if (signal.aborted) return;
        this.#fault = error instanceof Error ? error.message : String(error);
      },
    );
    await this.#readPolicy();
    this.tell();
  }

  /** @throws SandboxError when it can't be done. */
  async act(action: Action): Promise<void> {
    await perform(action, this.#ready(), this.#story);
    await this.#readPolicy();
    this.tell();
  }

  /** The events from a number on. */
  eventsAfter(id: number): readonly NumberedEvent[] {
    return this.#events.filter((one) => one.id > id);
  }

  state() {
    const setup = this.#setup;
    const situation = setup?.situation();
    const { title, question, steps, pagerDown } = this.#scenario;
    return {
      run: this.number,
      name: this.name,
      title,
      question,
      steps: steps.length,
      isReady: setup !== undefined,
      fault: this.#fault,
      now: new Date().toISOString(),
      namespace: setup?.namespace ?? "",
      nodes: (situation?.nodes ?? []).map((node) => ({
        ...node,
        statusFault: setup?.statuses.answerOf(node.node)?.fault ?? "",
      })),
      halts:
        setup?.watcher.halts.values().map((halt) => ({
          name: halt.metadata.name,
          node: nodeOfHalt(halt),
          spec: objectAt(halt, "spec"),
          status: objectAt(halt, "status"),
        })) ?? [],
      pages: setup?.pages.pages() ?? [],
      controllers: setup?.controllers.states() ?? [],
      isNetworkCut: setup?.controllers.isCut ?? false,
      isPagerDown: setup?.pages.isDown ?? pagerDown,
      armed: setup?.gates.armed() ?? [],
      held: setup?.gates.held() ?? [],
      policy: this.#policy,
      writes: this.#writes,
      given: undefined as Given | undefined,
    };
  }

  /** What the node's process said, and what its `/status` answered, as they came; empty for a node that is not there yet. */
  async nodeDetails(name: string): Promise<NodeDetails> {
    const setup = this.#setup;
    const isThere = setup?.situation().nodes.some(({ node }) => node === name) === true;
    if (setup === undefined || !isThere) return { log: "", status: "", fault: `there is no node ${name}` };
    const path = `${pathOf(PODS, setup.namespace, `${name}-0`, "log")}?container=${CONTAINER}&tailLines=60`;
    const lines: string[] = [];
    try {
      for await (const line of setup.client.lines(path, AbortSignal.timeout(2_000))) lines.push(line);
    } catch (error) {
      lines.push(error instanceof Error ? error.message : String(error));
    }
    const answer = setup.statuses.answerOf(name);
    return { log: lines.join("\n"), status: answer?.body ?? "", fault: answer?.fault ?? "" };
  }

  async stop(): Promise<void> {
    this.#interrupt.abort();
    this.#story.close();
    await this.#setup?.stop();
  }

  #ready(): Setup {
    if (this.#setup === undefined)
      throw new SandboxError("the scenario is not set up yet; try again in a moment");
    return this.#setup;
  }

  async #readPolicy(): Promise<void> {
    const setup = this.#ready();
    const policy = await setup.client
      .get(pathOf(HALT_POLICIES, setup.namespace, POLICY))
      .catch(() => undefined);
    this.#policy = policyState(policy);
  }

  #keep(event: StoryEvent): void {
    this.#events.push({ id: (this.#events.at(-1)?.id ?? 0) + 1, event });
    if (this.#events.length > MOST_EVENTS) this.#events.shift();
    this.tell();
  }
}
