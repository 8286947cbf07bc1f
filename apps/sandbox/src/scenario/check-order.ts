import { isRelease } from "../kubelet/images.ts";
import type { Condition, Scenario, Step } from "./schema.ts";

/** What is wrong at a place of a scenario. */
export interface Mistake {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

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
  #isNetworkDown = false;
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

  steps(steps: readonly Step[], path: readonly PropertyKey[]): void {
    for (const [index, step] of steps.entries()) this.#step(step, [...path, index, step.kind]);
  }

  condition({ halts, node, record, held }: Condition, path: readonly PropertyKey[]): void {
    for (const one of [halts ?? []].flat())
      if (one.node !== undefined) this.#node(one.node, [...path, "halts"]);
    for (const one of [node ?? []].flat()) this.#node(one.name, [...path, "node"]);
    if (record !== undefined) this.#node(record.node, [...path, "record"]);
    if (held !== undefined && !this.#held.has(held))
      this.tell([...path, "held"], `no step before holds ${held}, so it would be waited for in vain`);
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
        return;
      case "together":
        for (const [index, steps] of step.value.entries()) this.steps(steps, [...path, index]);
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
