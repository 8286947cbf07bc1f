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
    [
      "an unknown field, with those that there are",
      `${HEAD}steps:\n  - crash: { node: sei-0, hard: true }\n${TAIL}`,
      /has no "hard"; it may have node$/,
    ],
    [
      "an unknown field of a condition that may be a list",
      `${HEAD}steps:\n  - wait: { for: it, halts: { phaze: Held } }\n${TAIL}`,
      /^own\.yaml:4:31: steps\.0\.wait\.halts has no "phaze"; it may have node, .*phase/,
    ],
    [
      "an unknown field in a list of conditions",
      `${HEAD}steps:\n  - wait: { for: it, node: [{ name: sei-0, colour: red }] }\n${TAIL}`,
      /^own\.yaml:4:44: steps\.0\.wait\.node\.0 has no "colour"; it may have name, image/,
    ],
    [
      "a phase that there is not, with those that there are",
      `${HEAD}steps:\n  - wait: { for: it, halts: { phase: Healed } }\n${TAIL}`,
      /^own\.yaml:4:31: steps\.0\.wait\.halts\.phase: .*"Recovered"/,
    ],
    [
      "an unknown field of the policy",
      `${HEAD}policy: { maxConcurent: 3 }\nsteps: [{ pause: 1 }]\n${TAIL}`,
      /^own\.yaml:3:11: policy has no "maxConcurent"; it may have .*maxConcurrent/,
    ],
    [
      "an unknown field of a listed upgrade",
      `${HEAD}policy: { upgrades: [{ planName: v6.7, hight: 3, image: x }] }\nsteps: [{ pause: 1 }]\n${TAIL}`,
      /^own\.yaml:3:40: policy\.upgrades\.0 has no "hight"; it may have planName, height, image/,
    ],
    [
      "a policy's value of another type",
      `${HEAD}policy: { maxConcurrent: many }\nsteps: [{ pause: 1 }]\n${TAIL}`,
      /^own\.yaml:3:11: policy\.maxConcurrent: .*integer/,
    ],
    [
      "a plan that is there twice",
      `${HEAD}plans: [{ name: v6.7, height: 3 }, { name: v6.7, height: 4 }]\nsteps: [{ pause: 1 }]\n${TAIL}`,
      /^own\.yaml:3:38: .*v6\.7 is there twice/,
    ],
    [
      "a phase that is waited for behind a held write",
      `${HEAD}nodes: [{ name: sei-0 }]\nsteps:\n  - hold: journal-Recovered\n  - wait: { for: it, halts: { phase: Recovered } }\n  - release: journal-Recovered\n${TAIL}`,
      /^own\.yaml:6:22: .*no halt is Recovered while journal-Recovered is held/,
    ],
    [
      "steps that wait for each other",
      `${HEAD}steps:\n  - together:\n      - - wait: { for: b, held: delete-pod }\n        - hold: set-image\n      - - wait: { for: a, held: set-image }\n        - hold: delete-pod\n${TAIL}`,
      /^own\.yaml:5:11: .*steps\.0\.together\.1\.0.*each other\nown\.yaml:7:11: .*steps\.0\.together\.0\.0.*each other$/,
    ],
    [
      "a step beside others that waits in vain",
      `${HEAD}steps:\n  - together:\n      - - wait: { for: b, held: delete-pod }\n      - - pause: 1\n${TAIL}`,
      /^own\.yaml:5:27: .*in vain/,
    ],
    [
      "a node that comes back and was never cut off",
      `${HEAD}nodes: [{ name: sei-0 }]\nsteps:\n  - rejoin: { node: sei-0 }\n${TAIL}`,
      /^own\.yaml:5:5: .*sei-0 was not isolated before$/,
    ],
    ["brackets without an end", "[".repeat(200_000), /^own\.yaml:1:\d+: /],
    ["brackets in brackets", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, /^own\.yaml:1:\d+: /],
    ["too many aliases", `a: &a [1]\nb: [${"*a,".repeat(200)}]\n`, /^own\.yaml:1:1: /],
  ])("%s", (_, text, says) => {
    expect(refusalOf(text)).toMatch(says);
  });

  it("but not steps at the same time of which one waits for the other", () => {
    const text = `${HEAD}steps:\n  - together:\n      - - wait: { for: a, held: set-image }\n        - release: set-image\n      - - hold: set-image\n${TAIL}`;
    expect(refusalOf(text)).toBe("accepted");
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
