import { describe, expect, it } from "vitest";
import { parseScenario, readScenario, shippedScenarios } from "./read-scenario.ts";

const HEAD = "title: t\nquestion: q\n";
const TAIL = "expect:\n  - { text: x, ready: 1 }\n";

function refusalOf(text: string): string {
  try {
    parseScenario(text, "own.yaml");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "accepted";
}

describe("a scenario that makes no sense is refused with line and column", () => {
  it.each([
    ["what is no YAML", "title: [", /^own\.yaml:1:\d+: /],
    ["an unknown field", `${HEAD}colour: red\nsteps: [{ pause: 1 }]\n${TAIL}`, /^own\.yaml:3:1: .*"colour"/],
    [
      "an unknown step, with those that there are",
      `${HEAD}steps:\n  - jump: 3\n${TAIL}`,
      /^own\.yaml:4:5: .*one key of chapter, wait, approach, pause, install.*found jump/,
    ],
    [
      "two steps in one",
      `${HEAD}steps:\n  - { pause: 1, pager: up }\n${TAIL}`,
      /^own\.yaml:4:7: .*found pause, pager/,
    ],
    [
      "an unknown field of a step",
      `${HEAD}steps:\n  - crash: { node: sei-0, hard: true }\n${TAIL}`,
      /^own\.yaml:4:27: steps\.0\.crash has no "hard"/,
    ],
    [
      "a node that is nobody's",
      `${HEAD}steps:\n  - crash: { node: sei-9 }\n${TAIL}`,
      /^own\.yaml:4:5: .*sei-9/,
    ],
    [
      "a release that there is not",
      `${HEAD}steps:\n  - install: { node: sei-0, version: v9.9 }\n${TAIL}`,
      /^own\.yaml:4:29: .*v9\.9/,
    ],
    [
      "an end without a beginning",
      `${HEAD}steps:\n  - network: up\n${TAIL}`,
      /^own\.yaml:4:5: .*the network is up already/,
    ],
    [
      "a wait for what no step before brings about",
      `${HEAD}steps:\n  - wait: { for: it, held: set-image }\n  - hold: set-image\n${TAIL}`,
      /^own\.yaml:4:22: .*in vain/,
    ],
    [
      "a standby where there is none",
      `${HEAD}steps:\n  - kill: standby\n${TAIL}`,
      /^own\.yaml:4:5: .*there is no standby/,
    ],
    ["too many aliases", `a: &a [1]\nb: [${"*a,".repeat(200)}]\n`, /^own\.yaml:1:1: /],
  ])("%s", (_, text, says) => {
    expect(refusalOf(text)).toMatch(says);
  });

  it("every mistake on a line of its own", () => {
    const text = `${HEAD}steps:\n  - crash: { node: a }\n  - crash: { node: b }\n${TAIL}`;
    expect(refusalOf(text).split("\n")).toHaveLength(2);
  });

  it("a file that is too large", () => {
    expect(refusalOf(`# ${"x".repeat(300_000)}\n`)).toMatch(/at most 256 KiB/);
  });
});

it("a name that no scenario has is refused with those that there are", async () => {
  await expect(readScenario("nowhere")).rejects.toThrow(
    /no scenario is called "nowhere": it is one of .*demo/,
  );
});

describe("the scenarios that ship", () => {
  it("are the demo and eight others at least", () => {
    expect(shippedScenarios()).toContain("demo");
    expect(shippedScenarios().length).toBeGreaterThanOrEqual(9);
  });

  it.each(shippedScenarios())("%s can be read", async (name) => {
    await expect(readScenario(name)).resolves.toHaveProperty("question");
  });
});
