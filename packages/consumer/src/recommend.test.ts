import { expect, test } from "vitest";
import { CHOICES, DECISIONS } from "./decisions.ts";
import { recommend } from "./recommend.ts";
import type { ActionChoices, Policy } from "./recommendation.ts";
import type { HaltedVerdict, Verdict } from "./verdict.ts";

const said = { why: "It is so.", contradictions: [] };
const halted = (reason: 70 | 71 | 72, corroborated = true): HaltedVerdict => ({
  kind: "halted",
  reason,
  plan: "v6.7",
  height: 30,
  corroborated,
  sources: [],
  ...said,
});
const upgrades = [{ planName: "v6.7", height: 30, image: "sei:v6.7" }];
const listed: Policy = { upgrades, previousImage: "sei:v6.5" };

/** One verdict and policy for every row, and what the contract says about it. */
const ROWS = {
  "upgrade-listed": [halted(70), listed, { action: "swap-to-image", image: "sei:v6.7", page: false }],
  "upgrade-unlisted": [halted(70), { upgrades: [] }, { action: "page", reason: "ImageMappingMissing" }],
  "upgrade-one-source": [halted(70, false), listed, { action: "page", reason: "NotCorroborated" }],
  "too-new": [halted(71), listed, { action: "roll-back", image: "sei:v6.5", page: true }],
  "too-new-without-previous": [halted(71), { upgrades }, { action: "page", reason: "PreviousImageUnknown" }],
  "too-new-one-source": [halted(71, false), listed, { action: "page", reason: "NotCorroborated" }],
  downgrade: [halted(72), listed, { action: "page", reason: "DowngradeDetected" }],
  unrecognised: [
    { kind: "unrecognised-halt", code: 73, range: "upgrade", ...said },
    listed,
    { action: "hold", page: true },
  ],
  crashed: [
    { kind: "crashed", cause: { kind: "panic", code: 2 }, ...said },
    listed,
    { action: "leave-alone", page: false },
  ],
  running: [{ kind: "running", ...said }, listed, { action: "leave-alone", page: false }],
  stopped: [{ kind: "stopped", ...said }, listed, { action: "leave-alone", page: false }],
  unknown: [{ kind: "unknown", ...said }, listed, { action: "leave-alone", page: false }],
} as const satisfies Record<keyof typeof DECISIONS, readonly [Verdict, Policy, object]>;

test.each(Object.entries(ROWS))("by default, %s", (name, [verdict, policy, expected]) => {
  const recommendation = recommend(verdict, policy);
  expect(recommendation).toMatchObject(expected);
  expect(recommendation.reason).toBe(DECISIONS[name as keyof typeof DECISIONS].reason);
});

const cells = Object.entries(ROWS).flatMap(([name, [verdict, policy]]) => {
  const { choice } = DECISIONS[name as keyof typeof DECISIONS];
  if (choice === undefined) return [];
  return CHOICES[choice].map((chosen, index) => ({
    name,
    verdict,
    policy,
    choice,
    chosen,
    isDefault: index === 0,
  }));
});

test.each(cells)(
  "where a policy chooses $chosen, $name",
  ({ verdict, policy, choice, chosen, isDefault }) => {
    const actions: ActionChoices = { [choice]: chosen };
    const recommendation = recommend(verdict, { ...policy, actions });
    if (isDefault) expect(recommendation).toEqual(recommend(verdict, policy));
    else expect(recommendation).toMatchObject({ action: chosen, page: true, reason: "ChosenByPolicy" });
  },
);

test.each([
  ["another height", [{ planName: "v6.7", height: 31, image: "sei:v6.7" }]],
  ["another plan whose name begins the same", [{ planName: "v6.7.1", image: "sei:v6.7.1" }]],
  ["two images", [...upgrades, { planName: "v6.7", image: "sei:evil" }]],
  ["no image", [{ planName: "v6.7", image: "" }]],
])("a plan listed with %s is not listed", (_, other) => {
  expect(recommend(halted(70), { upgrades: other })).toMatchObject({
    action: "page",
    reason: "ImageMappingMissing",
  });
});

test("a halt that names no plan swaps nothing", () => {
  const { plan: _, ...nameless } = halted(70);
  expect(recommend(nameless, listed)).toMatchObject({ action: "page", reason: "ImageMappingMissing" });
});
