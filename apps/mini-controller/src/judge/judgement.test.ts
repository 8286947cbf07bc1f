import { classify } from "@upgrade-halt/consumer";
import { expect, test } from "vitest";
import { haltWith, policyWith } from "../testing/observations.ts";
import { recommendFor } from "./judgement.ts";

test("a halt of an earlier plan, whose pod then ends with 70 far above it, is told to a person and never acted on", () => {
  const { spec } = haltWith({});
  const policy = policyWith().spec;
  const recorded = {
    spec,
    seen: { at: "2026-08-21T18:00:00Z", sources: [], chainId: "pacific-1", height: 333 },
  };
  const ended = { kind: "ended", end: { kind: "exited", code: 70 }, endedAt: 0 } as const;
  const seen = classify({ process: ended, lastSeen: { height: 333, chainId: "pacific-1" }, listed: [] });

  expect(recommendFor(recorded, policy, {})).toMatchObject({ reason: "Unknown", page: false });
  expect(recommendFor(recorded, policy, { seen })).toMatchObject({ action: "page", reason: "PlanNotNamed" });

  const listed = { ...seen, plan: "v6.7", height: 333, corroborated: true } as typeof seen;
  const upgrades = [{ ...policy.upgrades[0], planName: "v6.7", height: 333 }] as typeof policy.upgrades;
  expect(recommendFor(recorded, { ...policy, upgrades }, { seen: listed }).action).toBe("page");
});
