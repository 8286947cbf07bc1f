import { expect, test } from "vitest";
import { classify } from "./classify.ts";
import type { EndedProcess, Evidence, HaltBelief, ProcessEnd } from "./evidence.ts";
import { mergeEvidence } from "./merge-evidence.ts";
import { recommend } from "./recommend.ts";
import type { Policy } from "./recommendation.ts";

const AT = Date.UTC(2026, 7, 21, 18);
const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const line = { reason: 70, plan: "v6.7", height: 30 } as const;
const policy: Policy = {
  chainId: "pacific-1",
  upgrades: [{ planName: "v6.7", height: 30, image: "sei:v6.7" }],
  previousImage: "sei:v6.6",
  inferredHalts: "act",
};
const seen = {
  chainId: policy.chainId,
  listed: policy.upgrades,
  lastSeen: { chainId: "pacific-1", height: 29 },
} satisfies Evidence;

const ran = (
  ms: number,
  end: ProcessEnd | number,
  planLines: EndedProcess["planLines"] = [],
  endedAt = AT,
): EndedProcess => ({
  kind: "ended",
  end: typeof end === "number" ? { kind: "exited", code: end } : end,
  startedAt: endedAt - ms,
  endedAt,
  planLines,
});
const halted = ran(HOUR, 70, [line], AT - HOUR);
const believed = {
  kind: "halted",
  ...line,
  corroborated: true,
  sources: ["exit-code", "plan-line"],
} as const satisfies HaltBelief;
const inferred = {
  ...believed,
  sources: ["plan-line", "listed-plan", "last-height"],
  inferred: true,
} as const;
const running = (ms: number) => ({ kind: "running", startedAt: AT - ms }) as const;

function advice(evidence: Evidence, against = policy) {
  const verdict = classify({ ...seen, ...evidence });
  const { action, reason } = recommend(verdict, against);
  return { kind: verdict.kind, action, reason };
}

test.each<[string, Evidence]>([
  ["ended by its halt", { process: halted }],
  ["waits to be started again", { process: { kind: "waiting" }, previous: halted }],
  ["was stopped as it started again", { process: ran(5 * SECOND, 130), previous: halted }],
  ["panicked as it started again", { process: ran(29 * SECOND, 2), previous: halted }],
  ["panicked again and again", { process: ran(SECOND, 2), previous: ran(SECOND, 2), believed }],
  ["was killed, and told of the halt", { process: ran(HOUR, 137, [line]), believed }],
  ["is known by an earlier verdict alone", { believed }],
])("a node that %s shows its halt, and is given the listed image", (_, evidence) => {
  expect(advice(evidence)).toEqual({ kind: "halted", action: "swap-to-image", reason: "ImageListed" });
});

const LEFT: readonly (readonly [string, Evidence])[] = [
  ["has run for an hour and says nothing", { process: running(HOUR), previous: halted }],
  ["was started this very second", { process: running(0), previous: halted }],
  ["runs, and is only believed to have halted", { process: running(HOUR), believed }],
  ["runs, and it isn't known since when", { process: { kind: "running" }, previous: halted }],
  [
    "runs, and can't be asked",
    {
      process: running(HOUR),
      previous: halted,
      status: { kind: "silent", at: AT, problem: "connection refused" },
    },
  ],
  ["ran for half a minute and was stopped", { process: ran(30 * SECOND, 130), previous: halted }],
  ["failed as it started again", { process: ran(SECOND, 1), previous: halted }],
  ["ended in order as it started again", { process: ran(SECOND, 0), previous: halted }],
  ["was killed for its memory", { process: ran(SECOND, { kind: "out-of-memory" }), previous: halted }],
  ["ended, and nobody saw how", { process: ran(SECOND, { kind: "unrecorded" }), previous: halted }],
  ["ran for an hour between halt and panic", { process: ran(SECOND, 2), previous: ran(HOUR, 0), believed }],
  ["waits for a first start", { process: { kind: "waiting" }, believed }],
  ["announced nothing, and runs again", { process: running(HOUR), believed: inferred }],
  ["announced nothing, and failed again", { process: ran(SECOND, 1), believed: inferred }],
];

test.each(LEFT)(
  "a node that %s may have left its halt, and isn't changed without a person",
  (_, evidence) => {
    expect(advice(evidence)).toEqual({ kind: "halted", action: "page", reason: "HaltNotShown" });
  },
);

test.each(LEFT)("nor is one whose binary was too new, and that %s", (_, evidence) => {
  const tooNew = JSON.parse(
    JSON.stringify(evidence).replaceAll('"reason":70', '"reason":71').replaceAll('"code":70', '"code":71'),
  ) as Evidence;
  const verdict = classify({ ...seen, lastSeen: { chainId: "pacific-1", height: 20 }, ...tooNew });
  expect(recommend(verdict, policy).action).toBe("page");
});

test("a halt that was not shown stays so until the node shows it again", () => {
  const before = classify({ ...seen, process: running(HOUR), previous: halted }) as HaltBelief;
  expect(advice({ believed: before }).reason).toBe("HaltNotShown");
  expect(advice({ believed: before, process: ran(SECOND, 2) }).reason).toBe("HaltNotShown");
  expect(advice({ believed: before, process: ran(SECOND, 70, [line]) }).reason).toBe("ImageListed");
});

test("a reading of the run before tells nothing of a run that worked and was read by nobody", () => {
  const lastSeen = { ...seen.lastSeen, processStartedAt: AT - 2 * HOUR };
  const again = { ...mergeEvidence({ process: ran(HOUR, 70, [line]) }, { previous: halted }), lastSeen };
  expect(advice(again).reason).toBe("HeightNotSeen");
  expect(advice({ ...again, process: ran(29 * SECOND, 70, [line]) }).reason).toBe("ImageListed");
  expect(advice({ ...again, lastSeen: { ...lastSeen, processStartedAt: AT - HOUR } }).reason).toBe(
    "ImageListed",
  );
});

test("a halt from before lends nothing to one that a whole run after it ended with", () => {
  const again = { process: ran(HOUR, 70), previous: halted, believed };
  const { action, reason } = advice(again);
  expect([action, reason]).toEqual(["page", "PlanNotNamed"]);
  expect(advice({ ...again, process: ran(HOUR, 70, [line]) }).reason).toBe("ImageListed");
  expect(advice({ ...again, process: ran(SECOND, 70) }).reason).toBe("ImageListed");
});
