import type { Action } from "../actions/action.ts";
import { POLICY, perform } from "../actions/perform.ts";
import { Changes } from "../changes.ts";
import { HALT_POLICIES, pathOf } from "../client/resource-path.ts";
import type { ClusterEvent } from "../events/cluster-event.ts";
import { EventLog } from "../events/event-log.ts";
import { nodeOfHalt } from "../events/watcher.ts";
import { objectAt } from "../json/json.ts";
import type { RelayedWrite } from "../network/api-relay.ts";
import type { NodeDetails, RunState, Write } from "../recording/run-state.ts";
import { SandboxError } from "../sandbox-error.ts";
import type { Base } from "../scenario/base.ts";
import { playAndJudge } from "../scenario/run-scenario.ts";
import type { Scenario } from "../scenario/schema.ts";
import { type Setup, startSetup } from "../scenario/setup.ts";
import { LogFollower } from "./log-follower.ts";
import { policyState } from "./policy-state.ts";
import type { Moment, NumberedEvent, Run } from "./run.ts";
import { RunRecord } from "./run-record.ts";

const MOST_WRITES = 100;
/** Between two looks at what changed, for the recording; each event is one more. */
const LOOK_EVERY_MS = 250;

/** A scenario that runs for the page, from its set-up to whatever is done next. */
export class LiveRun extends Changes implements Run {
  readonly name: string;
  readonly number: number;
  readonly #scenario: Scenario;
  readonly #eventLog: EventLog;
  readonly #record: RunRecord;
  readonly #writes: Write[] = [];
  readonly #interrupt = new AbortController();
  #setup: Setup | undefined;
  #policy: RunState["policy"] = {};
  #fault = "";

  constructor(name: string, number: number, scenario: Scenario) {
    super();
    this.name = name;
    this.number = number;
    this.#scenario = scenario;
    this.#record = new RunRecord(number);
    this.#eventLog = new EventLog([(event) => this.#keep(event)]);
  }

  /** Sets everything up. @throws SandboxError when a part can't start. */
  async start(base: Base): Promise<void> {
    this.#eventLog.tell({ kind: "chapter", title: this.#scenario.title });
    const options = {
      base,
      scenario: this.#scenario,
      eventLog: this.#eventLog,
      namespace: `sei-${this.number}`,
      asksStatus: true,
      onWrite: (write: RelayedWrite) => {
        // A lease is renewed every other second: the writes that tell something would be pushed out.
        if (write.path.includes("/leases")) return;
        this.#writes.push({ ...write, at: new Date().toISOString() });
        if (this.#writes.length > MOST_WRITES) this.#writes.shift();
      },
    };
    const setup = await startSetup(options, this.#interrupt.signal);
    this.#setup = setup;
    this.#follow(setup);
    await this.#readPolicy();
    this.tell();
  }

  /** Plays the scenario's steps; a failure is told among the events and in the state. */
  async play(): Promise<void> {
    const setup = this.#ready();
    const { signal } = this.#interrupt;
    await playAndJudge(this.#scenario, { setup, eventLog: this.#eventLog, signal, speed: 1 }).catch(
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
    await perform(action, this.#ready(), this.#eventLog);
    await this.#readPolicy();
    this.tell();
  }

  /** The events from a number on. */
  eventsAfter(id: number): readonly NumberedEvent[] {
    return this.#record.eventsAfter(id);
  }

  state(): RunState {
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
      isolated: setup?.isolation.isolated() ?? [],
      isPagerDown: setup?.pages.isDown ?? pagerDown,
      armed: setup?.gates.armed() ?? [],
      held: setup?.gates.held() ?? [],
      policy: this.#policy,
      writes: this.#writes,
      noChanges: "",
    };
  }

  /** What the node's process said, and what its `/status` answered, as they came; no older than a look. */
  nodeDetails(node: string): NodeDetails {
    return this.#record.details(node);
  }

  moment(id: number, node: string): Moment {
    return this.#record.moment(id, node);
  }

  recording(): Iterable<string> {
    this.#look();
    return this.#record.lines();
  }

  async stop(): Promise<void> {
    this.#interrupt.abort();
    this.#eventLog.close();
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

  /** Looks again whenever something changed, and keeps what the nodes say. */
  #follow(setup: Setup): void {
    const { client, namespace } = setup;
    const { signal } = this.#interrupt;
    const onLine = (node: string, more: string, at: string): void =>
      this.#record.add({ kind: "view-log", at, node, more });
    const logs = new LogFollower({ client, namespace, signal, onLine });
    let timer: NodeJS.Timeout | undefined;
    const look = (): void => {
      timer = undefined;
      this.#look();
      logs.look(setup.situation().nodes);
    };
    const onChange = (): void => {
      this.tell();
      timer ??= setTimeout(look, LOOK_EVERY_MS);
    };
    for (const source of setup.sources) source.onChange(onChange);
    signal.addEventListener("abort", () => clearTimeout(timer));
    look();
  }

  /** Records what changed in what is shown. */
  #look(): void {
    const answers = this.#setup?.statuses;
    this.#record.look(this.state(), (node) => {
      const answer = answers?.answerOf(node);
      return answer && { status: answer.body, fault: answer.fault };
    });
  }

  #keep(event: ClusterEvent): void {
    this.#look();
    this.#record.tell(event);
    this.tell();
  }
}
