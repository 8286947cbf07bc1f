import { expect, test } from "vitest";
import { classify } from "./classify.ts";
import type { Evidence } from "./evidence.ts";
import { recommend } from "./recommend.ts";

const AT = Date.UTC(2026, 7, 21, 18);
const line = { reason: 70, plan: "v6.7", height: 30 } as const;
const upgrades = [{ planName: "v6.7", height: 30, image: "sei:v6.7" }];
const policy = { chainId: "pacific-1", upgrades, inferredHalts: "act" } as const;

const told = (chainId: string | undefined, height: number) =>
  ({
    kind: "answered",
    at: AT,
    envelope: "bare",
    node: { chainId, height, haltIntent: { kind: "absent" } },
  }) as const;

const halted = (code: number, evidence: Evidence): Evidence => ({
  listed: upgrades,
  process: {
    kind: "ended",
    end: { kind: "exited", code },
    startedAt: AT - 60_000,
    endedAt: AT + 1,
    planLines: [line],
  },
  ...evidence,
});

test.each<[string, Evidence]>([
  [
    "tells another chain by now",
    { lastSeen: { chainId: "pacific-1", height: 29 }, status: told("atlantic-2", 8) },
  ],
  [
    "tells another chain at the same height",
    { lastSeen: { chainId: "pacific-1", height: 29 }, status: told("atlantic-2", 29) },
  ],
  ["never told its chain", { lastSeen: { height: 29 } }],
  ["told another chain before, and nothing since", { lastSeen: { chainId: "atlantic-2", height: 29 } }],
])("no image is set for a node that %s", (_, evidence) => {
  for (const code of [70, 2])
    for (const chainId of ["pacific-1", undefined]) {
      const verdict = classify(halted(code, { chainId, ...evidence }));
      expect(recommend(verdict, policy).action).not.toBe("swap-to-image");
    }
});

test("the newest reading says which chain a node is on, and nothing that was seen on another is left", () => {
  const lastSeen = { chainId: "pacific-1", height: 29 };
  expect(classify(halted(70, { lastSeen, status: told("atlantic-2", 8) }))).toMatchObject({
    sources: ["exit-code", "plan-line", "listed-plan"],
    seen: { chainId: "atlantic-2", height: 8 },
  });
  expect(classify(halted(70, { lastSeen, status: told(undefined, 30) }))).toMatchObject({
    seen: { chainId: "pacific-1", height: 30 },
  });
  const moved = halted(70, { lastSeen: { chainId: "atlantic-2", height: 4 }, status: told("pacific-1", 29) });
  expect(recommend(classify(moved), policy)).toMatchObject({ action: "page" });
});
