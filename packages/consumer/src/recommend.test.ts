import { expect, test } from "vitest";
import { classify } from "./classify.ts";
import { CHOICES, DECISIONS } from "./decision-table.ts";
import { MEANINGS } from "./meanings.ts";
import { recommend } from "./recommend.ts";
import type { ActionChoices, Policy, RecommendationReason } from "./recommendation.ts";
import type { HaltedVerdict, Verdict } from "./verdict.ts";

const said = { why: "It is so.", contradictions: [] };
const chainId = "pacific-1";
const halted = (reason: 70 | 71 | 72, changes: Partial<HaltedVerdict> = {}): HaltedVerdict => ({
  kind: "halted",
  reason,
  plan: "v6.7",
  height: 30,
  corroborated: true,
  sources: [],
  seen: { chainId, height: 29 },
  ...said,
  ...changes,
});
const upgrades = [{ planName: "v6.7", height: 30, image: "sei:v6.7" }];
const listed: Policy = { upgrades, previousImage: "sei:v6.5", chainId };
const withoutChain: Policy = { upgrades, previousImage: "sei:v6.5" };
const oneSource = { corroborated: false } as const;
const disputed = { corroborated: false, disputed: true } as const;
const inferred = { inferred: true } as const;
const notShown = { notShown: true } as const;
const otherChain = { seen: { chainId: "atlantic-2", height: 29 } } as const;
const page = (reason: RecommendationReason) => ({ action: "page", page: true, reason });

/** One verdict and policy for every row, and what the contract says about it. */
const ROWS = {
  "inferred-ignored": [
    halted(72, inferred),
    { ...listed, inferredHalts: "ignore" },
    { action: "leave-alone", page: false },
  ],
  "upgrade-other-chain": [halted(70, otherChain), listed, page("OtherChain")],
  "upgrade-other-height": [halted(70, { ...disputed, height: 31 }), listed, page("ListedForAnotherHeight")],
  "upgrade-disputed": [halted(70, disputed), listed, page("SourcesDispute")],
  "upgrade-plan-unnamed": [halted(70, { ...oneSource, plan: undefined }), listed, page("PlanNotNamed")],
  "upgrade-unlisted": [halted(70), { ...listed, upgrades: [] }, page("ImageMappingMissing")],
  "upgrade-height-unlisted": [
    halted(70),
    { ...listed, upgrades: [{ planName: "v6.7", image: "sei:v6.7" }] },
    page("HeightNotListed"),
  ],
  "upgrade-one-source": [halted(70, oneSource), listed, page("NotCorroborated")],
  "upgrade-height-unnamed": [halted(70, { height: undefined }), listed, page("HeightNotNamed")],
  "upgrade-height-unseen": [halted(70, { seen: { chainId } }), listed, page("HeightNotSeen")],
  "upgrade-out-of-reach": [halted(70, { seen: { chainId, height: 4 } }), listed, page("HeightOutOfReach")],
  "upgrade-chain-unnamed": [halted(70), withoutChain, page("ChainNotNamed")],
  "upgrade-chain-unseen": [halted(70, { seen: { height: 29 } }), listed, page("ChainNotSeen")],
  "upgrade-inferred": [halted(70, inferred), listed, page("InferredHalt")],
  "upgrade-not-shown": [halted(70, notShown), listed, page("HaltNotShown")],
  "upgrade-listed": [halted(70), listed, { action: "swap-to-image", image: "sei:v6.7", page: false }],
  "too-new-other-chain": [halted(71, otherChain), listed, page("OtherChain")],
  "too-new-disputed": [halted(71, disputed), listed, page("SourcesDispute")],
  "too-new-one-source": [halted(71, oneSource), listed, page("NotCorroborated")],
  "too-new-inferred": [halted(71, inferred), { ...listed, inferredHalts: "act" }, page("InferredHalt")],
  "too-new-without-previous": [halted(71), { upgrades, chainId }, page("PreviousImageUnknown")],
  "too-new-chain-unnamed": [halted(71), withoutChain, page("ChainNotNamed")],
  "too-new-chain-unseen": [halted(71, { seen: undefined }), listed, page("ChainNotSeen")],
  "too-new-not-shown": [halted(71, notShown), listed, page("HaltNotShown")],
  "too-new": [halted(71), listed, { action: "roll-back", image: "sei:v6.5", page: true }],
  downgrade: [halted(72), listed, page("DowngradeDetected")],
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

test("of a binary that is too new it says that the image before may be older than the data", () => {
  const [verdict, policy] = ROWS["too-new"];
  expect(recommend(verdict, policy).why).toContain("that image may be older than the data");
  expect(MEANINGS[71].action).toContain("that image may be older than the data");
});

test.each(["too-new-inferred", "too-new-without-previous"] as const)(
  "a person who is to choose the image is not sent back to one that may be older than the data: %s",
  (name) => {
    const [verdict, policy] = ROWS[name];
    expect(recommend(verdict, policy).why).toMatch(/ Find out which release applied the last plan, and /);
  },
);

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
  ["another plan whose name begins the same", [{ planName: "v6.7.1", height: 30, image: "sei:v6.7.1" }]],
  ["two images", [...upgrades, { planName: "v6.7", image: "sei:evil" }]],
  ["no image", [{ planName: "v6.7", height: 30, image: "" }]],
])("a plan listed with %s is not listed", (_, other) => {
  expect(recommend(halted(70), { ...listed, upgrades: other })).toMatchObject(page("ImageMappingMissing"));
});

test.each([
  [5, "swap-to-image"],
  [30, "swap-to-image"],
  [4, "page"],
  [31, "page"],
] as const)("a node that was seen at %i of height 30: %s", (height, action) => {
  expect(recommend(halted(70, { seen: { chainId, height } }), listed).action).toBe(action);
});

test.each([
  [28, "page"],
  [29, "swap-to-image"],
  [30, "swap-to-image"],
] as const)("an inferred halt of a node that was seen at %i of height 30: %s", (height, action) => {
  const verdict = halted(70, { ...inferred, seen: { chainId, height } });
  expect(recommend(verdict, { ...listed, inferredHalts: "act" }).action).toBe(action);
});

test("a plan that is listed at several heights is taken at the one that the node named", () => {
  const heights = [30, 60].map((height) => ({ planName: "v6.7", height, image: `sei:${height}` }));
  expect(recommend(halted(70), { ...listed, upgrades: heights })).toMatchObject({ image: "sei:30" });
});

test.each([
  [
    "what was found, expected and to do",
    halted(70, { ...disputed, height: 30 }),
    { ...listed, upgrades: [{ planName: "v6.7", height: 31, image: "sei:v6.7" }] },
    "v6.7 is listed for height 31, the node halted at 30. List it for the height that governance decided.",
  ],
  [
    "the line to add",
    halted(70),
    { ...listed, upgrades: [{ planName: "v6.7", image: "sei:v6.7" }] },
    "v6.7 is listed without a height, and only a listed height binds. Add height 30 to its line in the policy's upgrades.",
  ],
  [
    "what is listed instead",
    halted(70, { plan: "v6.8" }),
    listed,
    "No image is listed for exactly this plan: the node named v6.8. Listed: v6.7 (30). Add planName v6.8, height 30 and its image to the policy's upgrades.",
  ],
  [
    "that the plan is what is unknown",
    halted(70, { ...oneSource, plan: undefined, height: undefined }),
    listed,
    "The node did not name its plan, so no image can be chosen. Listed: v6.7 (30). Find the plan's name in the node's log.",
  ],
  [
    "why the plan that the log names does not count",
    classify({
      process: {
        ...{ kind: "ended", end: { kind: "exited", code: 70 } },
        planLines: [{ reason: 70, plan: "v6.7", height: 30 }],
      },
      lastSeen: { height: 34, chainId },
    }),
    listed,
    "No plan that was named counts, so no image can be chosen: A log line is of upgrade_required (plan v6.7 at height 30), and the node was seen past that at 34. Look why, before anything is changed.",
  ],
])("a page says %s", (_, verdict, policy, why) => {
  expect(recommend(verdict, policy).why).toBe(why);
});

test("a dispute is told by what disputes, not by what only does not fit and was found before", () => {
  const line = { reason: 70, plan: "v6.7", height: 30 } as const;
  const intent = { reason: 70, reason_string: "upgrade_required", plan_name: "v6.7", height: 30 } as const;
  const end = { kind: "exited", code: 70 } as const;
  const verdict = classify({
    process: { kind: "ended", end, endedAt: 2_000, planLines: [line, { ...line, plan: "v6.8" }] },
    lastSeen: { height: 29, chainId },
    status: {
      ...{ kind: "answered", at: 1_500, envelope: "bare" },
      node: { height: 29, chainId, haltIntent: { kind: "intent", intent, defects: [] as never } },
    },
    listed: upgrades,
    chainId,
  });
  expect(recommend(verdict, listed)).toMatchObject({
    reason: "SourcesDispute",
    why: expect.stringContaining("A log line says upgrade_required (plan v6.8 at height 30)."),
  });
});
