import type { HaltIntentReading } from "@upgrade-halt/contract";
import { describe, expect, test } from "vitest";
import { classify } from "./classify.ts";
import type { Evidence, HaltBelief } from "./evidence.ts";
import { findPlanLines } from "./log/find-plan-lines.ts";
import { recommend } from "./recommend.ts";

test("exit 70 with the upstream line in its log is a corroborated halt for that plan", () => {
  const planLines = findPlanLines('boot\nUPGRADE "v6.7" NEEDED at height: 30: \n');
  const verdict = classify({ process: { kind: "ended", end: { kind: "exited", code: 70 }, planLines } });
  expect(verdict).toEqual({
    kind: "halted",
    reason: 70,
    plan: "v6.7",
    height: 30,
    corroborated: true,
    sources: ["exit-code", "plan-line"],
    why: "It halted for upgrade_required (plan v6.7 at height 30), as exit-code, plan-line agree.",
    contradictions: [],
  });
});

test("exit 70 alone is a halt on one word", () => {
  const verdict = classify({ process: { kind: "ended", end: { kind: "exited", code: 70 } } });
  expect(verdict).toMatchObject({ kind: "halted", corroborated: false, sources: ["exit-code"] });
});

const AT = Date.UTC(2026, 7, 21, 18);
const line = { reason: 70, plan: "v6.7", height: 30 } as const;
const listed = [{ planName: "v6.7", height: 30 }];
const ended = (code: number, rest: object = {}) =>
  ({ kind: "ended", end: { kind: "exited", code }, ...rest }) as const;
const answered = (haltIntent: HaltIntentReading, height?: number) =>
  ({
    kind: "answered",
    at: AT,
    envelope: "bare",
    node: { chainId: "pacific-1", height, haltIntent },
  }) as const;
const announcing = (claim: { reason?: 70 | 71; plan_name?: string; height?: number | undefined } = {}) => {
  const { reason, plan_name, height } = { reason: 70 as const, plan_name: "v6.7", height: 30, ...claim };
  const named = height === undefined ? {} : { height };
  const intent = { reason, plan_name, ...named, announced_at: "2026-08-21T17:59:41Z" };
  return { kind: "intent", intent, defects: [] } as const;
};
const healthy = (height: number) => answered({ kind: "absent" }, height);
const believed = {
  kind: "halted",
  reason: 70,
  plan: "v6.7",
  height: 30,
  corroborated: true,
  sources: ["exit-code", "plan-line"],
} as const;

const NOT_ENOUGH: Record<string, Evidence> = {
  "an exit code and a line for a height that is not the listed one": {
    process: ended(70, { planLines: [{ ...line, height: 31 }] }),
    listed,
  },
  "an exit code and lines that disagree, as a line break in a plan's info can make them": {
    process: ended(70, {
      planLines: findPlanLines(
        'UPGRADE "v6.7" NEEDED at height: 30: x\nUPGRADE "v6.8" NEEDED at height: 30: ',
      ),
    }),
    listed: [{ planName: "v6.8" }],
  },
  "an exit code and the line of an upgrade that the status shows passed": {
    process: ended(70, { planLines: [line] }),
    status: healthy(59),
  },
  "an exit code and a belief about an upgrade that was passed": {
    process: ended(70),
    lastSeen: { height: 59 },
    believed,
  },
  "a belief that was disputed": { believed: { ...believed, corroborated: false }, listed },
  "a listed plan and a file, for a belief that was disputed": {
    believed: { ...believed, corroborated: false, sources: [] },
    listed,
    lastSeen: { height: 29 },
    upgradeInfo: { name: "v6.7", height: 30 },
  },
  "an intent for a height that its own node is far below": {
    status: answered(announcing({ plan_name: "v6.8", height: 60 }), 29),
    listed: [{ planName: "v6.8", height: 60 }],
  },
  "an intent for a height that no chain has": {
    status: answered(announcing({ height: -1 })),
    listed: [{ planName: "v6.7" }],
  },
  "an intent that waits for a height that has come": {
    status: answered(announcing({ reason: 71 }), 30),
    listed,
  },
  "an intent that was read before the instance before had ended": {
    process: { kind: "running" },
    previous: ended(2, { endedAt: AT + 1 }),
    status: answered(announcing(), 30),
    listed,
  },
  "an intent and a file of before its height": {
    status: answered(announcing()),
    lastSeen: { height: 4 },
    upgradeInfo: { name: "v6.7", height: 20 },
  },
  "an intent without a height, of a node far below the listed one": {
    status: answered(announcing({ height: undefined }), 500),
    listed: [{ planName: "v6.7", height: 1_000_000 }],
  },
  "an intent without a height, where nobody saw one and one is listed": {
    status: answered(announcing({ height: undefined })),
    listed,
  },
  "an exit code and an intent without a height, of a node far below the listed one": {
    process: ended(70),
    status: answered(announcing({ height: undefined }), 500),
    listed: [{ planName: "v6.7", height: 1_000_000 }],
  },
  "an exit code and a line for a height far above the one seen": {
    process: ended(70, { planLines: [{ ...line, height: 1_000_000 }] }),
    status: healthy(500),
    listed: [{ planName: "v6.7", height: 1_000_000 }],
  },
  "an exit code and a line, 26 blocks above what was seen": {
    process: ended(70, { planLines: [line] }),
    lastSeen: { height: 4 },
  },
  "an exit code and a file of a later height than was seen": {
    process: ended(70, { startedAt: AT - 9_000, endedAt: AT }),
    lastSeen: { height: 500 },
    upgradeInfo: { name: "v6.7", height: 1_000_000, modifiedAt: AT },
  },
  "an exit code and a file of before its process": {
    process: ended(70, { startedAt: AT, endedAt: AT + 9_000 }),
    upgradeInfo: { name: "v6.7", height: 30, modifiedAt: AT - 9_000 },
  },
  "an exit code and a file that was written long before the end": {
    process: ended(70, { startedAt: AT - 7_200_000, endedAt: AT }),
    upgradeInfo: { name: "v6.7", height: 30, modifiedAt: AT - 3_600_000 },
  },
  "an exit code and a file of minutes before the end of a node that was seen below its height": {
    process: ended(70, { startedAt: AT - 7_200_000, endedAt: AT }),
    lastSeen: { height: 6 },
    upgradeInfo: { name: "v6.7", height: 30, modifiedAt: AT - 300_000 },
  },
  "an exit code and a file that was written while the node was below its height": {
    process: ended(70, { startedAt: AT - 60_000, endedAt: AT + 1 }),
    status: healthy(20),
    upgradeInfo: { name: "v6.7", height: 30, modifiedAt: AT - 30_000 },
  },
  "an exit code and a file, of which nothing tells when the process began": {
    process: ended(70),
    lastSeen: { height: 29 },
    upgradeInfo: { name: "v6.7", height: 30, modifiedAt: AT },
  },
  "an intent for the expected plan, of another chain than is expected": {
    chainId: "arctic-1",
    status: answered(announcing(), 30),
    listed,
  },
  "an intent with a damaged field": {
    status: answered({ ...announcing(), defects: [{ field: "info", problem: "a number" }] }, 30),
    listed,
  },
};

test.each(Object.entries(NOT_ENOUGH))("%s corroborate nothing", (_, evidence) => {
  expect(classify(evidence)).toMatchObject({ kind: "halted", corroborated: false });
});

const restarted = { kind: "running", startedAt: AT - 1 } as const;

test("a stay-alive node that was started again and repeats its intent is still halted, as its last exit says", () => {
  const status = answered(announcing(), 30);
  expect(classify({ process: restarted, previous: ended(70), status })).toMatchObject({
    corroborated: true,
    sources: ["live-intent", "exit-code", "last-height"],
  });
});

test("an intent from before this process, of which its last exit says nothing, corroborates nothing", () => {
  const status = answered(announcing(), 30);
  expect(classify({ process: restarted, previous: ended(137), status, listed })).toMatchObject({
    kind: "halted",
    corroborated: false,
    contradictions: ["The intent was announced before this process started."],
  });
});

test("where one source disputes another, the verdict has no sources and says who spoke", () => {
  const evidence = { process: ended(70, { planLines: [{ ...line, height: 31 }] }), listed };
  expect(classify(evidence)).toMatchObject({
    sources: [],
    why: "It halted for upgrade_required (plan v6.7 at height 31), as exit-code, plan-line said, which something else disputes.",
    contradictions: ["The plan is listed for height 30, and the node said 31."],
  });
});

test("a plan that halts where another is listed is that plan, and the verdict says what was expected", () => {
  const process = ended(70, { planLines: [{ ...line, plan: "v6.8" }] });
  expect(classify({ process, listed })).toMatchObject({
    plan: "v6.8",
    corroborated: true,
    contradictions: ["For that height upgrade_required (plan v6.7 at height 30) is listed."],
  });
});

test("the file of a node that lived on counts, though it was last seen below its height, stood still and ended late", () => {
  const upgradeInfo = { name: "v6.7", height: 30, modifiedAt: AT - 61_000 };
  const process = ended(70, { startedAt: AT - 7_200_000, endedAt: AT });
  expect(classify({ process, upgradeInfo, lastSeen: { height: 6 } })).toMatchObject({
    corroborated: true,
    sources: expect.arrayContaining(["upgrade-info"]),
  });
});

test("the height of a status read before the end is a last height like any other", () => {
  expect(classify({ process: ended(70), status: healthy(29), listed })).toMatchObject({
    corroborated: true,
    sources: ["exit-code", "last-height"],
  });
});

test.each([29, 10])(
  "an exit code of a node that named no plan is lent none by the list (seen at %i)",
  (height) => {
    const upgrades = [{ planName: "v6.7", height: 30, image: "sei:v6.7" }];
    const verdict = classify({ process: ended(70), status: healthy(height), listed: upgrades });
    expect(verdict).not.toMatchObject({ plan: "v6.7" });
    expect(recommend(verdict, { chainId: "pacific-1", upgrades })).toMatchObject({
      action: "page",
      reason: "PlanNotNamed",
      why: expect.not.stringContaining("named v6.7"),
    });
  },
);

const ofThePlan = { planLines: [line], startedAt: AT - 60_000, endedAt: AT - 5_000 };
const ANSWERING: Record<string, Evidence> = {
  "ended with 70, and something answers in its place": { process: ended(70, ofThePlan), status: healthy(29) },
  "ended with 2 at its halt line, and something answers in its place": {
    process: ended(2, ofThePlan),
    status: healthy(29),
  },
  "runs again after 70, and answers at its height": {
    process: { kind: "running", startedAt: AT - 1_000 },
    previous: ended(70, ofThePlan),
    status: healthy(29),
  },
  "runs again after 70, and answers far below, where it was on another chain before": {
    process: { kind: "running", startedAt: AT - 1_000 },
    previous: ended(70, ofThePlan),
    status: healthy(20),
    lastSeen: { height: 19, chainId: "other-1" },
  },
  "runs again after 70, and answers by a clock that is behind": {
    process: { kind: "running", startedAt: AT + 1_000 },
    previous: ended(70, ofThePlan),
    status: healthy(20),
  },
  "runs again after 70, and could not say whether it halted": {
    process: { kind: "running", startedAt: AT - 1_000 },
    previous: ended(70, ofThePlan),
    status: answered({ kind: "unavailable" }, 29),
  },
};

test.each(Object.keys(ANSWERING))("a node that %s is not changed without a person", (name) => {
  const verdict = classify({ ...ANSWERING[name], listed, chainId: "pacific-1" });
  expect(verdict).toMatchObject({ kind: "halted", corroborated: false, disputed: true });
});

test("an end in whole seconds may be later within its second than a status", () => {
  const process = ended(70, { ...ofThePlan, endedAt: AT });
  const status = { ...healthy(29), at: AT + 900 };
  expect(classify({ process, status, listed })).toMatchObject({ corroborated: true, contradictions: [] });
});

test("a halt whose place is taken by something that answers says so", () => {
  const { contradictions } = classify({ process: ended(72, { endedAt: AT - 1 }), status: healthy(31) });
  expect(contradictions).toEqual(["Something answers in its place since then, and announces no halt."]);
});

test.each([
  ["the instance before exited with 73", { process: ended(130), previous: ended(73) }],
  [
    "it was believed to have halted for 85",
    { process: ended(2), believed: { kind: "unrecognised-halt", code: 85, range: "operator" } },
  ],
  ["it runs again, and nobody asked it yet", { process: { kind: "running" }, previous: ended(79) }],
] as const)("an unrecognised halt latches like any other: %s", (_, evidence) => {
  expect(classify(evidence).kind).toBe("unrecognised-halt");
});

test("an unrecognised halt is over when the node answers without one", () => {
  const evidence = { process: { kind: "running" }, previous: ended(73), status: healthy(31) } as const;
  expect(classify(evidence).kind).toBe("running");
});

test("a status of another chain is told for what it is", () => {
  const { kind, why } = classify({ status: healthy(5), lastSeen: { chainId: "arctic-1" } });
  expect([kind, why]).toEqual([
    "unknown",
    "Its status announces no halt, but the status is of another chain than the node was on before.",
  ]);
});

test.each([130, 2])(
  "a status read before a halt does not end it where the %i that follows has no times",
  (code) => {
    const status = healthy(25);
    const first = classify({ process: ended(70), status });
    expect(first.kind).toBe("halted");
    const later = { process: ended(code), status };
    expect(classify({ ...later, previous: ended(70) })).toMatchObject({ kind: "halted", reason: 70 });
    expect(classify({ ...later, believed: first as HaltBelief })).toMatchObject({
      kind: "halted",
      reason: 70,
    });
  },
);

test("a plan that is listed twice, with an image each, is listed like any other", () => {
  const evidence = { process: ended(70), lastSeen: { height: 29 } };
  const twice = [...listed, { planName: "v6.7", height: 30, image: "sei:v6.7" }];
  expect(classify({ ...evidence, listed: twice })).toEqual(classify({ ...evidence, listed }));
});

test("a file that is left of an earlier upgrade disputes nothing", () => {
  const evidence = { process: ended(70, { planLines: [line] }), lastSeen: { height: 4 } };
  expect(classify({ ...evidence, upgradeInfo: { name: "v6.6", height: 20 } })).toEqual(classify(evidence));
});

test("a file that the halt wrote corroborates its exit code, and names plan and height", () => {
  const verdict = classify({
    process: ended(70, { startedAt: AT - 9_000, endedAt: AT + 9_000 }),
    status: healthy(29),
    upgradeInfo: { name: "v6.7", height: 30, modifiedAt: AT + 8_000 },
  });
  expect(verdict).toMatchObject({
    plan: "v6.7",
    height: 30,
    corroborated: true,
    sources: ["exit-code", "last-height", "upgrade-info"],
    seen: { chainId: "pacific-1", height: 29 },
  });
});

test("a listed name or height is not taken for the node's own", () => {
  const verdict = classify({ process: ended(70), lastSeen: { height: 29 }, listed });
  expect(verdict).toMatchObject({ plan: undefined, corroborated: true, height: undefined });
});

test.each([2, 28])(
  "a node that answers at %i after a halt at 30 has other data, and is free of it",
  (height) => {
    expect(
      classify({ process: restarted, previous: ended(70), status: healthy(height), believed }),
    ).toMatchObject({
      kind: "running",
      height,
    });
  },
);

test.each([29, 30])("a node that answers without an intent at %i is still in its halt at 30", (height) => {
  const evidence = { process: restarted, previous: ended(70), status: healthy(height), believed };
  expect(classify(evidence)).toMatchObject({ kind: "halted", plan: "v6.7" });
});

test("a halt line is named while the process runs, and after it started again, until the node is seen past it", () => {
  const running = { kind: "running", planLines: [line] } as const;
  const previous = ended(2, { planLines: [line] });
  const told = "Its log has a halt line of upgrade_required (plan v6.7 at height 30).";
  expect(classify({ process: running }).contradictions).toEqual([told]);
  expect(classify({ process: running, status: healthy(29) }).contradictions).toEqual([told]);
  expect(classify({ process: { kind: "running" }, previous }).contradictions).toEqual([
    `${told} The instance before wrote it.`,
  ]);
  expect(classify({ process: running, previous, status: healthy(31) }).contradictions).toEqual([]);
});

test("an intent that names a height and no plan takes away nothing", () => {
  const evidence = { process: ended(70), lastSeen: { height: 29 }, listed };
  const { kind, intent, defects } = announcing();
  const { plan_name: _, ...nameless } = intent;
  const status = answered({ kind, intent: nameless, defects }, 30);
  expect(classify({ ...evidence, status })).toMatchObject({
    plan: undefined,
    height: 30,
    sources: ["live-intent", "exit-code", "last-height"],
  });
});

test("the order of the listed plans does not matter", () => {
  const other = [...listed, { planName: "v6.8", height: 30 }];
  const evidence = {
    process: ended(70, { startedAt: AT }),
    upgradeInfo: { name: "v6.7", modifiedAt: AT + 1 },
  };
  const { contradictions } = classify({ ...evidence, listed: other });
  expect(contradictions).toEqual(["For that height upgrade_required (plan v6.8 at height 30) is listed."]);
  expect(classify({ ...evidence, listed: other.toReversed() })).toEqual(
    classify({ ...evidence, listed: other }),
  );
});

describe("a status whose intent is null", () => {
  const couldNotSay = (height?: number) => answered({ kind: "unavailable" }, height);

  test("beside a height that advances is of a node that runs", () => {
    const verdict = classify({ status: couldNotSay(31), lastSeen: { height: 30, chainId: "pacific-1" } });
    expect(verdict).toMatchObject({ kind: "running", height: 31, contradictions: [] });
  });

  test.each<[string, Evidence]>([
    ["beside the height of before", { status: couldNotSay(30), lastSeen: { height: 30 } }],
    ["beside a lower height", { status: couldNotSay(29), lastSeen: { height: 30 } }],
    [
      "beside a height that has stood still since",
      { status: couldNotSay(31), lastSeen: { height: 30 }, heightStillSince: AT - 30_000 },
    ],
    ["without a height", { status: couldNotSay(), lastSeen: { height: 30 } }],
    ["of a node that was never seen before", { status: couldNotSay(31) }],
    ["of another chain", { status: couldNotSay(31), lastSeen: { height: 30, chainId: "atlantic-2" } }],
    [
      "that was read before this process started",
      { status: couldNotSay(31), lastSeen: { height: 30 }, process: { kind: "running", startedAt: AT + 1 } },
    ],
  ])("%s says nothing", (_, evidence) => {
    expect(classify(evidence).kind).toBe("unknown");
  });
});

test.each([
  [
    { kind: "signalled", signal: "SIGKILL" },
    "It was ended by SIGKILL, which nobody sends to ask for a stop.",
  ],
  [{ kind: "exited", code: 137 }, "It exited with 137, by SIGKILL, which nobody sends to ask for a stop."],
] as const)("names the signal of a crash once: %j", (end, why) => {
  expect(classify({ process: { kind: "ended", end } }).why).toBe(why);
});
