import { isRelease } from "../kubelet/images.ts";
import type { Mistake } from "./mistake.ts";
import { policyMistakes } from "./policy-mistakes.ts";
import type { Condition, Scenario, SimpleStep, Step } from "./schema.ts";

/** The nodes of the demo's manifests. */
const DEMO_NODES = ["sei-0", "sei-1", "sei-2"];

/** What a schema can't say: names that are nobody's, releases that don't exist, ends without a beginning. */
export function mistakesIn(scenario: Scenario): readonly Mistake[] {
  const names = scenario.nodes?.map(({ name }) => name) ?? DEMO_NODES;
  const check = new Check(names, scenario);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index) check.tell(["nodes", index, "name"], `${name} is there twice`);
  }
  for (const [index, { image }] of (scenario.nodes ?? []).entries())
    check.release(image, ["nodes", index, "image"]);
  check.mistakes.push(...policyMistakes(scenario.policy));
  for (const [index, { name }] of (scenario.plans ?? []).entries()) {
    if (scenario.plans?.findIndex((one) => one.name === name) !== index)
      check.tell(["plans", index, "name"], `${name} is there twice`);
  }
  check.steps(scenario.steps, ["steps"]);
  for (const [index, condition] of scenario.expect.entries()) {
    check.condition(condition, ["expect", index]);
    if (condition.held !== undefined) check.tell(["expect", index, "held"], "nothing is held at the end");
  }
  return check.mistakes;
}

class Check {
  readonly mistakes: Mistake[] = [];
  readonly #names: readonly string[];
  readonly #scenario: Scenario;
  readonly #hung = new Set<string>();
  readonly #held = new Set<string>();
  readonly #isolated = new Set<string>();
  #isNetworkDown = false;
  readonly #reached = new Set<string>();
  #isPagerDown: boolean;

  constructor(names: readonly string[], scenario: Scenario) {
    this.#names = names;
    this.#scenario = scenario;
    this.#isPagerDown = scenario.pagerDown;
  }

  tell(path: readonly PropertyKey[], message: string): void {
    this.mistakes.push({ path, message: `${path.map(String).join(".")}: ${message}` });
  }

  release(version: string, path: readonly PropertyKey[]): void {
    if (!isRelease(version)) this.tell(path, `there is no release ${version} of the mock node`);
  }

  steps(steps: readonly Step[], path: readonly PropertyKey[], first = 0): void {
    for (const [index, step] of steps.entries()) this.#step(step, [...path, first + index, step.kind]);
  }

  condition({ halts, node, record, held }: Condition, path: readonly PropertyKey[]): void {
    for (const one of [halts ?? []].flat())
      if (one.node !== undefined) this.#node(one.node, [...path, "halts"]);
    for (const one of [node ?? []].flat()) this.#node(one.name, [...path, "node"]);
    if (record !== undefined) this.#node(record.node, [...path, "record"]);
    if (held !== undefined && !this.#held.has(held))
      this.tell([...path, "held"], `no step before holds ${held}, so it would be waited for in vain`);
  }

  /** With one node, no halt comes past a write that is held before it is released. */
  #phases({ halts }: Condition, path: readonly PropertyKey[]): void {
    for (const phase of [halts ?? []].flat().flatMap((one) => one.phase ?? [])) {
      const needed = [`journal-${phase}`, ...(phase === "Recovered" ? ["journal-Recovering"] : [])];
      const held = needed.find((gate) => this.#held.has(gate));
      if (held !== undefined && this.#names.length === 1 && !this.#reached.has(phase))
        this.tell([...path, "halts"], `no halt is ${phase} while ${held} is held: release it before`);
      this.#reached.add(phase);
    }
  }

  /**
   * Lists at the same time: each goes on as long as what its next step needs has come about, by whichever list. Where
   * none can go on, those that are left wait for each other, or for nothing that ever comes.
   */
  #together(lists: readonly (readonly SimpleStep[])[], path: readonly PropertyKey[]): void {
    const next = lists.map(() => 0);
    for (let isMoving = true; isMoving; ) {
      isMoving = false;
      for (const [index, list] of lists.entries()) {
        for (let at = next[index] ?? 0; at < list.length && this.#isReady(list[at]); at += 1) {
          const step = list[at] as SimpleStep;
          this.#step(step, [...path, index, at, step.kind]);
          next[index] = at + 1;
          isMoving = true;
        }
      }
    }
    const left = lists.flatMap((list, index) => {
      const at = next[index] ?? 0;
      const step = list[at];
      return step === undefined ? [] : [{ index, at, step }];
    });
    const others = left.map(({ index, at }) => `${path.join(".")}.${index}.${at}`);
    for (const { index, at, step } of left) {
      const own = `${path.join(".")}.${index}.${at}`;
      const rest = others.filter((one) => one !== own);
      if (rest.length === 0) this.steps(lists[index]?.slice(at) ?? [], [...path, index], at);
      else
        this.tell(
          [...path, index, at, step.kind],
          `waits for what only comes after ${rest.join(" and ")}, which waits too: they wait for each other`,
        );
    }
  }

  /** Whether what a step needs is there already. */
  #isReady(step: SimpleStep | undefined): boolean {
    switch (step?.kind) {
      case "wait":
        return step.value.held === undefined || this.#held.has(step.value.held);
      case "release":
        return this.#held.has(step.value);
      case "resume":
        return this.#hung.has(step.value.node);
      case "rejoin":
        return this.#isolated.has(step.value.node);
      case "network":
        return (step.value === "down") !== this.#isNetworkDown;
      case "pager":
        return (step.value === "down") !== this.#isPagerDown;
      default:
        return true;
    }
  }

  #node(name: string, path: readonly PropertyKey[]): void {
    if (!this.#names.includes(name))
      this.tell(path, `there is no node ${name}; there are ${this.#names.join(", ")}`);
  }

  #step(step: Step, path: readonly PropertyKey[]): void {
    switch (step.kind) {
      case "approach":
      case "chapter":
      case "pause":
      case "policy":
      case "schedule":
      case "unlist":
        return;
      case "wait":
        this.condition(step.value, path);
        this.#phases(step.value, path);
        return;
      case "together":
        this.#together(step.value, path);
        return;
      case "install":
        this.#node(step.value.node, path);
        this.release(step.value.version, [...path, "version"]);
        return;
      case "list":
        this.release(step.value.version, [...path, "version"]);
        return;
      case "crash":
      case "behave":
        this.#node(step.value.node, path);
        return;
      case "hang":
        this.#node(step.value.node, path);
        this.#hung.add(step.value.node);
        return;
      case "resume":
        if (!this.#hung.delete(step.value.node)) this.tell(path, `${step.value.node} was not hung before`);
        return;
      case "isolate":
        this.#node(step.value.node, path);
        this.#isolated.add(step.value.node);
        return;
      case "rejoin":
        if (!this.#isolated.delete(step.value.node))
          this.tell(path, `${step.value.node} was not isolated before`);
        return;
      case "network":
        if ((step.value === "down") === this.#isNetworkDown)
          this.tell(path, `the network is ${step.value} already`);
        this.#isNetworkDown = step.value === "down";
        return;
      case "pager":
        if ((step.value === "down") === this.#isPagerDown)
          this.tell(path, `the pager is ${step.value} already`);
        this.#isPagerDown = step.value === "down";
        return;
      case "kill":
        if (step.value === "standby" && this.#scenario.controllers < 2)
          this.tell(path, "there is no standby: the scenario has one controller");
        return;
      case "hold":
        this.#held.add(step.value);
        return;
      case "release":
        if (!this.#held.delete(step.value)) this.tell(path, `no step before holds ${step.value}`);
        return;
      default:
        step satisfies never;
    }
  }
}
