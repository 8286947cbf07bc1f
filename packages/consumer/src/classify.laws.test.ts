import fc from "fast-check";
import { expect, test } from "vitest";
import { classify } from "./classify.ts";
import type { Evidence } from "./evidence.ts";
import { mergeEvidence } from "./merge-evidence.ts";
import { recommend } from "./recommend.ts";
import * as any from "./testing/arbitraries.ts";
import { agreeingParts, type Truth, together } from "./testing/truth.ts";
import type { HaltedVerdict } from "./verdict.ts";

const RUNS = { numRuns: 2_000 };

test("any evidence has a verdict that says why in one printable sentence", () => {
  fc.assert(
    fc.property(any.evidence, (evidence) => {
      const verdict = classify(evidence);
      for (const sentence of [verdict.why, ...verdict.contradictions])
        expect(sentence).toMatch(/^[A-Z][ -~…]*\.$/);
    }),
    RUNS,
  );
});

test("more agreeing evidence never weakens a verdict", () => {
  const truth: fc.Arbitrary<Truth> = fc.record({
    reason: any.haltReason,
    plan: any.planName,
    height: fc.integer({ min: 30, max: 60 }),
  });
  const parts = truth.chain((told) => {
    const all = agreeingParts(told);
    return fc.record({ some: fc.subarray(all), more: fc.subarray(all) });
  });
  fc.assert(
    fc.property(parts, ({ some, more }) => {
      const weaker = classify(together(some));
      const stronger = classify(together([...new Set([...some, ...more])]));
      if (weaker.kind === "halted") expectAtLeast(stronger as HaltedVerdict, weaker);
    }),
    RUNS,
  );
});

function expectAtLeast(stronger: HaltedVerdict, weaker: HaltedVerdict) {
  expect(stronger).toMatchObject({ kind: "halted", reason: weaker.reason, contradictions: [] });
  expect(stronger.sources).toEqual(expect.arrayContaining([...weaker.sources]));
  if (weaker.corroborated) expect(stronger.corroborated).toBe(true);
  if (weaker.plan !== undefined) expect(stronger.plan).toBe(weaker.plan);
  if (weaker.height !== undefined) expect(stronger.height).toBe(weaker.height);
}

test("what answers, and announces no halt, is never changed, but for a node that stands still at its halt line", () => {
  const healthy = any.statusSighting.filter(
    (status) => status.kind === "answered" && status.node.haltIntent.kind === "absent",
  );
  let halted = 0;
  fc.assert(
    fc.property(any.evidence, healthy, (some, status) => {
      const { process, previous } = some;
      const end = process?.kind === "ended" ? process : previous;
      const isRunning = process?.kind === "running";
      if (!isRunning && status.at <= (end?.endedAt ?? Number.POSITIVE_INFINITY) + 999) return;
      const verdict = classify({ ...some, status });
      if (verdict.kind !== "halted" || (isRunning && verdict.inferred === true)) return;
      halted += 1;
      const { plan = "", height, seen } = verdict;
      const upgrades = [{ planName: plan, height, image: "sei:next" }];
      const policy = { upgrades, chainId: seen?.chainId, previousImage: "sei:before" };
      expect(recommend(verdict, { ...policy, inferredHalts: "act" }).action).toMatch(/^(?:page|hold)$/);
    }),
    { numRuns: 5_000 },
  );
  expect(halted).toBeGreaterThan(100);
});

test("a latched halt survives any end that follows it, 130 and 2 above all", () => {
  const laterEnd = fc.oneof(
    fc.constantFrom(130, 2),
    any.exitStatus.filter((code) => code < 70 || code > 89),
  );
  fc.assert(
    fc.property(any.knownHalt, laterEnd, (believed, code) => {
      const verdict = classify({ process: { kind: "ended", end: { kind: "exited", code } }, believed });
      const { reason, plan, height } = believed;
      expect(verdict).toMatchObject({ kind: "halted", reason });
      expect((verdict as HaltedVerdict).plan).toBe(plan);
      expect((verdict as HaltedVerdict).height).toBe(height);
      if (believed.corroborated) expect((verdict as HaltedVerdict).corroborated).toBe(true);
    }),
    RUNS,
  );
});

test.each([130, 2])("a container that exits %i while restarting after a 70 is still in that halt", (code) => {
  const planLines = [{ reason: 70, plan: "v6.7", height: 30 }] as const;
  const previous = { kind: "ended", end: { kind: "exited", code: 70 }, planLines } as const;
  expect(classify({ process: { kind: "ended", end: { kind: "exited", code } }, previous })).toMatchObject({
    kind: "halted",
    reason: 70,
    plan: "v6.7",
    height: 30,
    corroborated: true,
  });
});

const staleness: Record<string, (evidence: Evidence) => Evidence> = {
  "of another chain": (evidence) => ({
    ...evidence,
    lastSeen: { ...evidence.lastSeen, chainId: "arctic-1" },
  }),
  "of an older process": (evidence) => ({
    ...evidence,
    process: { kind: "running", startedAt: Date.UTC(2026, 7, 22) },
  }),
  "for a lower height": (evidence) => ({ ...evidence, lastSeen: { ...evidence.lastSeen, height: 100 } }),
};

test.each(Object.entries(staleness))("an intent %s never corroborates", (_, makeStale) => {
  fc.assert(
    fc.property(any.evidence, any.haltReason, any.planName, any.height, (base, reason, plan, height) => {
      if (reason === 72 && makeStale === staleness["for a lower height"]) return;
      const intent = { reason, plan_name: plan, height };
      const haltIntent = { kind: "intent", intent, defects: [] } as const;
      const node = { chainId: "pacific-1", haltIntent };
      const at = Date.UTC(2026, 7, 21);
      const { believed: _belief, ...fresh } = base;
      const stale = makeStale({ ...fresh, status: { kind: "answered", at, envelope: "bare", node } });
      const verdict = classify(stale);
      if (verdict.kind !== "halted") return;
      expect(verdict.sources).not.toContain("live-intent");
      const { status: _status, ...silent } = stale;
      const without = classify(silent);
      if (verdict.corroborated) expect(without).toMatchObject({ kind: "halted", corroborated: true });
    }),
    RUNS,
  );
});

test("a belief about an upgrade that the node was seen past never corroborates", () => {
  fc.assert(
    fc.property(any.evidence, any.knownHalt, (base, belief) => {
      const believed = { ...belief, reason: 70, height: 60 } as const;
      const lastSeen = { ...base.lastSeen, height: 61 };
      const verdict = classify({ ...base, lastSeen, believed });
      const { believed: _, ...forgotten } = { ...base, lastSeen };
      expect(verdict).toEqual(classify(forgotten));
    }),
    RUNS,
  );
});

test("only a verdict that two sources agree on, or that latches one, is corroborated", () => {
  fc.assert(
    fc.property(any.evidence, (evidence) => {
      const verdict = classify(evidence);
      const { believed } = evidence;
      if (verdict.kind !== "halted") return;
      if (!verdict.corroborated) expect(verdict.sources.length).toBeLessThan(2);
      else if (believed?.kind !== "halted" || !believed.corroborated) {
        expect(verdict.sources.length).toBeGreaterThanOrEqual(2);
        expect(["live-intent", "exit-code", "plan-line"]).toEqual(
          expect.arrayContaining([verdict.sources[0]]),
        );
      }
    }),
    RUNS,
  );
});

test("any verdict of a halt can be believed, and believing it alone gives it again", () => {
  fc.assert(
    fc.property(any.evidence, (evidence) => {
      const verdict = classify(evidence);
      if (verdict.kind !== "halted" && verdict.kind !== "unrecognised-halt") return;
      // What was seen of a node is no part of a belief: it has to be seen again.
      const { why: _, contradictions: __, seen: ___, ...halt } = { seen: undefined, ...verdict };
      expect(classify({ believed: verdict })).toMatchObject(halt);
    }),
    RUNS,
  );
});

test("the order in which evidence arrives does not matter", () => {
  const arrivals = fc
    .array(any.evidence, { minLength: 1, maxLength: 4 })
    .chain((seen) =>
      fc.record({ seen: fc.constant(seen), again: fc.shuffledSubarray(seen, { minLength: seen.length }) }),
    );
  fc.assert(
    fc.property(arrivals, ({ seen, again }) => {
      const verdict = classify(seen.reduce(mergeEvidence, {}));
      expect(classify(again.reduce(mergeEvidence, {}))).toEqual(verdict);
      expect(classify(again.reduceRight((later, earlier) => mergeEvidence(earlier, later), {}))).toEqual(
        verdict,
      );
    }),
    RUNS,
  );
});

test("seeing the same evidence twice says nothing more", () => {
  fc.assert(
    fc.property(any.evidence, (evidence) => {
      const once = mergeEvidence({}, evidence);
      expect(mergeEvidence(once, evidence)).toEqual(once);
    }),
    RUNS,
  );
});

test("an intent's info influences neither verdict nor action", () => {
  fc.assert(
    fc.property(any.evidence, any.policy, fc.string(), (evidence, policy, info) => {
      const { status } = evidence;
      if (status?.kind !== "answered" || status.node.haltIntent.kind !== "intent") return;
      const haltIntent = structuredClone(status.node.haltIntent);
      Object.assign(haltIntent.intent, { info });
      const other: Evidence = { ...evidence, status: { ...status, node: { ...status.node, haltIntent } } };
      expect(classify(other)).toEqual(classify(evidence));
      expect(recommend(classify(other), policy)).toEqual(recommend(classify(evidence), policy));
    }),
    RUNS,
  );
});

test("an image changes only for a corroborated halt, and only to one listed for exactly its plan", () => {
  fc.assert(
    fc.property(any.evidence, any.policy, (evidence, policy) => {
      const verdict = classify({ ...evidence, listed: policy.upgrades });
      const recommendation = recommend(verdict, policy);
      if (recommendation.action === "swap-to-image") {
        expect(verdict).toMatchObject({ kind: "halted", reason: 70, corroborated: true });
        const { plan } = verdict as HaltedVerdict;
        const images = policy.upgrades.filter(({ planName }) => planName === plan).map(({ image }) => image);
        expect(images).toContain(recommendation.image);
      }
      if (recommendation.action === "roll-back") {
        expect(verdict).toMatchObject({ kind: "halted", reason: 71, corroborated: true });
        expect(recommendation).toMatchObject({ image: policy.previousImage, page: true });
      }
    }),
    RUNS,
  );
});
