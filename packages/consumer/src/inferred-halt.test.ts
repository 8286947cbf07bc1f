import { expect, test } from "vitest";
import { classify } from "./classify.ts";
import type { EndedProcess, Evidence, ProcessEnd } from "./evidence.ts";
import { findPlanLines } from "./log/find-plan-lines.ts";
import { recommend } from "./recommend.ts";
import type { Policy } from "./recommendation.ts";

const AT = Date.UTC(2026, 7, 21, 18);
const line = { reason: 70, plan: "v6.7", height: 30 } as const;
const listed = [{ planName: "v6.7", height: 30, image: "sei:v6.7" }];
const chainId = "pacific-1";
const policy: Policy = { chainId, upgrades: listed, previousImage: "sei:v6.5" };
const ended = (end: ProcessEnd, planLines: EndedProcess["planLines"] = [line]): EndedProcess => ({
  kind: "ended",
  end,
  startedAt: AT - 60_000,
  endedAt: AT,
  planLines,
});
const exited = (code: number) => ({ kind: "exited", code }) as const;
const seenAt = (height: number) => ({ lastSeen: { chainId, height } });
const answered = (height: number, at = AT, chain = chainId) =>
  ({
    kind: "answered",
    at,
    envelope: "json-rpc",
    node: { chainId: chain, height, haltIntent: { kind: "absent" } },
  }) as const;
const zombie = (height: number, stillMs: number): Evidence => ({
  process: { kind: "running", startedAt: AT - 90_000, planLines: [line] },
  status: answered(height),
  heightStillSince: AT - stillMs,
});

test.each<[string, ProcessEnd]>([
  ["a panic", exited(2)],
  ["an error, or cosmovisor", exited(1)],
  ["SIGKILL of its supervisor", exited(137)],
  ["SIGTERM of its supervisor, in order", exited(0)],
  ["a signal", { kind: "signalled", signal: "SIGTERM" }],
])("a node that ended by %s with its halt line, at the height, halted for it", (_, end) => {
  const evidence = { process: ended(end), ...seenAt(29) };
  expect(classify(evidence)).toMatchObject({
    kind: "halted",
    ...line,
    inferred: true,
    corroborated: false,
    sources: ["plan-line"],
  });
  expect(classify({ ...evidence, chainId, listed })).toMatchObject({
    corroborated: true,
    sources: ["plan-line", "listed-plan", "last-height"],
  });
});

test("a node that stands still at the height after its halt line halted for it", () => {
  const evidence = { ...zombie(30, 30_000), chainId, listed };
  expect(classify(evidence)).toMatchObject({ kind: "halted", ...line, inferred: true, corroborated: true });
  expect(classify(evidence).why).toMatch(
    /it has stood still for 30 s, and did not announce the halt itself\.$/,
  );
});

test("the file that this instance wrote tells that the height was reached", () => {
  const upgradeInfo = { name: "v6.7", height: 30, modifiedAt: AT - 1 };
  const evidence = { process: ended(exited(2)), upgradeInfo, chainId, listed };
  expect(classify(evidence)).toMatchObject({ inferred: true, sources: ["plan-line"] });
  expect(classify({ ...evidence, lastSeen: { chainId } })).toMatchObject({
    corroborated: true,
    sources: ["plan-line", "listed-plan", "upgrade-info"],
  });
});

const NOT_ENOUGH: Record<string, Evidence> = {
  "a line without a height that was seen": { process: ended(exited(2)) },
  "a line of a node that was seen two blocks below": { process: ended(exited(2)), ...seenAt(28) },
  "a line of a node that was seen past it": { process: ended(exited(2)), ...seenAt(31) },
  "an end at the height without a line": { process: ended(exited(2), []), ...seenAt(30) },
  "lines that disagree": { process: ended(exited(2), [line, { ...line, plan: "v6.8" }]), ...seenAt(30) },
  "a line of the instance before": {
    process: { kind: "running", startedAt: AT },
    previous: ended(exited(2)),
    status: answered(30, AT + 60_000),
    heightStillSince: AT,
  },
  "a standstill that is too short": zombie(30, 29_999),
  "a standstill that nobody measured": { ...zombie(30, 0), heightStillSince: undefined },
  "a standstill two blocks below": zombie(28, 60_000),
  "a standstill of before this instance": {
    ...zombie(30, 60_000),
    process: { kind: "running", startedAt: AT - 10_000, planLines: [line] },
  },
  "a standstill, told by another chain": {
    ...zombie(30, 60_000),
    status: answered(30, AT, "arctic-1"),
    chainId,
  },
  "a file of another plan": {
    process: ended(exited(2)),
    upgradeInfo: { name: "v6.8", height: 30, modifiedAt: AT - 1 },
  },
  "a file of another height": {
    process: ended(exited(2)),
    upgradeInfo: { name: "v6.7", height: 31, modifiedAt: AT - 1 },
  },
  "a file of before this instance": {
    process: ended(exited(2)),
    upgradeInfo: { name: "v6.7", height: 30, modifiedAt: AT - 70_000 },
  },
};

test.each(Object.entries(NOT_ENOUGH))("%s: no halt is inferred", (_, evidence) => {
  const { kind, contradictions } = classify({ chainId, listed, ...evidence });
  expect(kind).not.toBe("halted");
  const hasLine = evidence.process?.kind !== "waiting" && (evidence.process?.planLines?.length ?? 0) > 0;
  const isPast = (evidence.lastSeen?.height ?? 0) > 30;
  if (hasLine && !isPast)
    expect(contradictions.join()).toContain("Its log has a halt line of upgrade_required");
});

const UNPROVEN: Record<string, Partial<Evidence>> = {
  "the plan is not listed": { chainId },
  "it is listed for another height": { chainId, listed: [{ planName: "v6.7", height: 31 }] },
  "it is listed without a height": { chainId, listed: [{ planName: "v6.7" }] },
  "it is listed twice": { chainId, listed: [...listed, { planName: "v6.7", height: 60 }] },
  "the list names no chain": { listed },
  "the list is for another chain": { chainId: "arctic-1", listed },
  "the node's chain was never seen": { chainId, listed, lastSeen: { height: 30 } },
};

test.each(Object.entries(UNPROVEN))("an inferred halt is not corroborated where %s", (_, known) => {
  const verdict = classify({ process: ended(exited(2)), ...seenAt(30), ...known });
  expect(verdict).toMatchObject({ kind: "halted", inferred: true, corroborated: false });
  expect(recommend(verdict, { ...policy, inferredHalts: "act" }).action).toBe("page");
});

test.each([
  ["ignore", "leave-alone", "InferredHaltIgnored"],
  ["page", "page", "InferredHalt"],
  [undefined, "page", "InferredHalt"],
  ["act", "swap-to-image", "ImageListed"],
] as const)("a policy that says %s for inferred halts: %s", (inferredHalts, action, reason) => {
  const verdict = classify({ process: ended(exited(2)), ...seenAt(30), chainId, listed });
  expect(recommend(verdict, { ...policy, inferredHalts })).toMatchObject({ action, reason });
});

const TEXTS = {
  71: 'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v6.7" - in binary but not executed on chain',
  72: "wrong app version 0, upgrade handler is missing for v6.7 upgrade plan",
} as const;

test.each([71, 72] as const)(
  "a %i is inferred from the text of the panic or error that the process ended with",
  (reason) => {
    const text = TEXTS[reason];
    const [panic, error] = [`panic: ${text}\n\ngoroutine 1 [running]:`, `Error: error on replay: ${text}`];
    for (const [log, end] of [
      [panic, exited(2)],
      [error, exited(1)],
      [panic, exited(134)],
      [panic, { kind: "signalled", signal: "SIGABRT" }],
    ] as const) {
      const process = ended(end, findPlanLines(log));
      const verdict = classify({ process, ...seenAt(20), chainId, listed });
      expect(verdict).toMatchObject({
        kind: "halted",
        reason,
        plan: "v6.7",
        inferred: true,
        corroborated: false,
      });
      const { action } = recommend(verdict, { ...policy, inferredHalts: "act" });
      expect(action).toBe("page");
    }
    for (const [log, code] of [
      [`5:59PM ERR ${text}`, 2],
      [`panic: ${text}\npanic: other`, 2],
      [`panic: ${text}`, 137],
      [`panic: ${text}`, 0],
    ] as const) {
      const { kind } = classify({
        process: ended(exited(code), findPlanLines(log)),
        ...seenAt(20),
        chainId,
        listed,
      });
      expect(kind).not.toBe("halted");
    }
  },
);

test("an exit code of the contract is an announced halt, not an inferred one", () => {
  expect(classify({ process: ended(exited(70)), ...seenAt(30) })).toMatchObject({
    kind: "halted",
    corroborated: true,
  });
  expect(classify({ process: ended(exited(70)), ...seenAt(30) })).not.toHaveProperty("inferred");
});

test("an inferred halt that was believed stays inferred, and a list alone does not corroborate it", () => {
  const believed = {
    kind: "halted",
    ...line,
    corroborated: false,
    sources: ["plan-line"],
    inferred: true,
  } as const;
  const verdict = classify({ process: { kind: "waiting" }, believed, chainId, listed, ...seenAt(30) });
  expect(verdict).toMatchObject({ kind: "halted", inferred: true, corroborated: false });
});

test("an inferred halt is over once the node is seen past it", () => {
  const believed = {
    kind: "halted",
    ...line,
    corroborated: true,
    sources: ["plan-line", "listed-plan"],
    inferred: true,
  } as const;
  expect(classify({ believed, status: answered(31) }).kind).toBe("running");
});

test("a line that could be read in another way is told, and proven by the file that the node wrote alone", () => {
  const process = ended(exited(2), [{ ...line, unsure: true }]);
  const evidence = { process, ...seenAt(30), chainId, listed };
  const verdict = classify(evidence);
  expect(verdict).toMatchObject({ kind: "halted", ...line, inferred: true, corroborated: false });
  expect(verdict.contradictions.join()).toContain("can be read in more than one way");
  expect(recommend(verdict, { ...policy, inferredHalts: "act" }).action).toBe("page");
  const upgradeInfo = { name: "v6.7", height: 30, modifiedAt: AT - 1 };
  expect(classify({ ...evidence, upgradeInfo })).toMatchObject({ corroborated: true });
  expect(classify({ ...evidence, upgradeInfo: { ...upgradeInfo, name: "v9" } })).toMatchObject({
    corroborated: false,
  });
});

test("a doubtful line that the node has left behind hides no other, which then is doubtful, too", () => {
  const old = { reason: 70, plan: "v6.6", height: 10, unsure: true } as const;
  const evidence = { process: ended(exited(2), [line, old]), ...seenAt(30), chainId, listed };
  expect(classify(evidence)).toMatchObject({ kind: "halted", plan: "v6.7", corroborated: false });
});

test("of lines that may all be another text the one whose height was reached is told", () => {
  const unsure = { ...line, unsure: true } as const;
  const far = { ...unsure, plan: "v9", height: 999_999 } as const;
  for (const planLines of [
    [far, unsure],
    [unsure, far],
    [far, line],
  ]) {
    const evidence = { process: ended(exited(2), planLines), ...seenAt(30), chainId, listed };
    expect(classify(evidence)).toMatchObject({
      kind: "halted",
      ...line,
      inferred: true,
      corroborated: false,
    });
  }
});

test("a doubtful line neither supports nor disputes a halt that was announced", () => {
  const other = { ...line, plan: "v9", unsure: true } as const;
  const evidence = { process: ended(exited(70), [other]), ...seenAt(30), chainId, listed };
  expect(classify(evidence)).toEqual(classify({ ...evidence, process: ended(exited(70), []) }));
});

const PANIC =
  'panic: UPGRADE "v6.7" NEEDED at height: 30: \n\ngoroutine 1 [running]:\nmain.main()\n\t/x.go:1 +0x1\n';
const ERR = '5:59PM ERR UPGRADE "v6.7" NEEDED at height: 30:  module=x/upgrade\n';

test.each([
  ["a panic", `${ERR}${PANIC}`],
  ["a panic, after which an error was logged", `${ERR}${PANIC}6:00PM ERR no peers module=p2p\n`],
  ["an error", `${ERR}Error: error during handshake: UPGRADE "v6.7" NEEDED at height: 30: \n`],
  [
    "an error, after which another was logged",
    `${ERR}Error: error during handshake: UPGRADE "v6.7" NEEDED at height: 30: \n6:00PM ERR no peers module=p2p\n`,
  ],
])(
  "the line of a process that ended by %s proves nothing of the one that runs in its log since",
  (_, log) => {
    const planLines = findPlanLines(log, { withUnsure: true });
    const running = { ...zombie(30, 60_000), chainId, listed };
    const evidence: Evidence = {
      ...running,
      process: { kind: "running", startedAt: AT - 90_000, planLines },
    };
    for (const upgradeInfo of [undefined, { name: "v6.7", height: 30, modifiedAt: AT - 1 }]) {
      const verdict = classify({ ...evidence, upgradeInfo });
      expect(verdict).not.toMatchObject({ corroborated: true });
      expect(recommend(verdict, { ...policy, inferredHalts: "act" }).action).not.toBe("swap-to-image");
    }
    const end = { process: ended(exited(2), planLines), ...seenAt(30), chainId, listed };
    expect(classify(end)).toMatchObject({ kind: "halted", corroborated: true });
  },
);
