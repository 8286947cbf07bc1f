import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type NodeHaltStatus, type PageRecord, type Phase, PhaseSchema } from "../api/node-halt.ts";
import { resolving } from "../journal/journal-entry.ts";
import type { UnreadHalt } from "../judge/unread-halt.ts";
import {
  groupWith,
  HALTED,
  HEALTHY,
  haltWith,
  NEW,
  NOW,
  OLD,
  observe,
  policyWith,
  RESTARTED,
  type Scene,
  SEEN,
  SENT,
  siblingWith,
  successor,
  workloadWith,
} from "../testing/observations.ts";
import { nextMove } from "./next-move.ts";

const CRASHING = successor({
  image: OLD,
  verdict: { kind: "crashed", cause: { kind: "panic", code: 2 }, why: "x", contradictions: [] },
});
const UNREAD_HALT = {
  kind: "unrecognised-halt",
  range: "unreadable",
  why: "Its log does not tell.",
  contradictions: [],
  isUnread: true,
} as const satisfies UnreadHalt;

/** A plan in one line: what it does, or where it puts the halt and why. */
function summary(scene: Scene): string {
  const move = nextMove(observe(scene));
  if (move.kind === "effect") return move.effect.kind;
  if (move.kind !== "journal") return move.kind;
  const { phase, reason, page } = move.status;
  const pages = page !== undefined && page !== scene.halt?.status?.page;
  return `${phase} ${reason}${pages ? " +page" : ""}`;
}

const HELD: NodeHaltStatus = { phase: "Held", reason: "ImageMappingMissing", steps: [] };
const UNSEEN = { ...SEEN, sources: ["exit-code"], height: undefined };
const ABORT = { ...haltWith().metadata, annotations: { "upgrade-halt.dev/abort": "true" } };
/** A journal that says a reason since so many milliseconds. */
function standing(phase: Phase, reason: string, ms: number, message = ""): NodeHaltStatus {
  const at = new Date(NOW - ms).toISOString();
  return { phase, reason, message, steps: [{ phase, at, message }] };
}

function goneFor(ms: number, phase: Phase = "Recorded"): Scene {
  const what = "StatefulSet sei/sei-0";
  const status = standing(phase, "WorkloadMissing", ms, `${what} is not there.`);
  return { halt: haltWith({}, status), workload: { kind: "missing", what } };
}
const listedNothing = policyWith({ upgrades: [] });
const tooNew = haltWith({ reason: "binary_too_new", planName: "v6.8", image: NEW });
const tooNewWorkload = workloadWith({ image: NEW });

test("a halt in a phase of a newer controller is paged once, stays in it, and is left to that controller", () => {
  const phase = "Draining" as Phase;
  const status: NodeHaltStatus = { phase, seen: SEEN, toImage: NEW, steps: [], reason: "Draining" };
  for (const pod of [undefined, HEALTHY, successor({ image: NEW })]) {
    const scene: Scene = { halt: haltWith({}, status), ...(pod && { pod }) };
    const told = nextMove(observe(scene));
    if (told.kind !== "journal") throw new Error(told.kind);
    expect(told.status).toMatchObject({ phase, reason: "PhaseUnknown", page: { reason: "PhaseUnknown" } });
    const page = { ...told.status.page, ...SENT } as PageRecord;
    expect(nextMove(observe({ ...scene, halt: haltWith({}, { ...told.status, page }) }))).toEqual({
      kind: "rest",
    });
  }
});

test("a halt that was never seen ends once its pod has run for ten minutes after a person was told", () => {
  const scene = { pod: HEALTHY, seen: undefined, now: NOW + 60_000 };
  const told = nextMove(observe(scene));
  if (told.kind !== "journal" || told.status.page === undefined) throw new Error("nobody was told");
  const { seen: _, ...status } = told.status;
  const journal = (state: PageRecord["state"]) => ({
    ...haltWith(),
    status: { ...status, page: { ...told.status.page, ...SENT, state } as PageRecord },
  });
  const after = (ms: number, more: Scene = {}) =>
    summary({ ...scene, halt: journal("Sent"), now: scene.now + ms, ...more });
  expect(after(599_999)).toBe("wait");
  expect(after(600_000)).toBe("Withdrawn NeverSeen");
  expect(after(600_000, { halt: journal("Pending") })).toBe("send-page");
  expect(after(600_000, { pod: HALTED })).toBe("rest");
});

describe("a halt whose swap has not begun", () => {
  const cases: readonly (readonly [string, Scene, string])[] = [
    ["70 with its image listed", {}, "Swapping ImageListed"],
    [
      "70 whose workload already has the listed image",
      { workload: workloadWith({ image: NEW }) },
      "Swapping ImageListed",
    ],
    ["70 whose pod is gone already", { pod: { kind: "gone" } }, "Recorded PodGone"],
    ["70 whose process was started again", { pod: RESTARTED }, "Recorded HaltNotShown"],
    [
      "70 whose process was started again a minute ago",
      { pod: RESTARTED, halt: haltWith({}, standing("Recorded", "HaltNotShown", 60_000)) },
      "Held HaltNotShown +page",
    ],
    [
      "70 whose pod is gone for as long as a swap may take",
      { pod: { kind: "gone" }, halt: haltWith({}, standing("Recorded", "PodGone", 600_000)) },
      "Held PodGone +page",
    ],
    [
      "70 whose successor crashes for as long as a swap may take",
      { pod: CRASHING, halt: haltWith({}, standing("Recorded", "HaltNotShown", 600_000)) },
      "Held HaltNotShown +page",
    ],
    [
      "70 whose successor crashes for half of that",
      { pod: CRASHING, halt: haltWith({}, standing("Recorded", "HaltNotShown", 30_000)) },
      "Recorded HaltNotShown",
    ],
    [
      "70 whose successor works below the height",
      {
        pod: successor({ image: OLD, height: 20 }),
        halt: haltWith({}, standing("Recorded", "HaltNotShown", 600_000)),
      },
      "Recorded HaltNotShown",
    ],
    ["70 whose pod runs again as it is", { pod: HEALTHY, halt: haltWith({}, HELD) }, "Withdrawn RunsAgain"],
    ["70 that nothing but its NodeHalt tells of yet", { seen: undefined }, "Recorded HaltNotSeen"],
    [
      "70 that nothing but its NodeHalt tells of for a minute",
      { pod: HEALTHY, seen: undefined, now: NOW + 60_000 },
      "Held HaltNotSeen +page",
    ],
    [
      "72 that nothing but its NodeHalt tells of for a minute",
      { halt: haltWith({ reason: "downgrade_detected" }), pod: HEALTHY, seen: undefined, now: NOW + 60_000 },
      "Held HaltNotSeen +page",
    ],
    ...["2099-01-01T00:00:00.000Z", "some day"].map(
      (detectedAt) =>
        [
          `70 that nothing but its NodeHalt tells of, from ${detectedAt}`,
          { halt: haltWith({ detectedAt }), pod: HEALTHY, seen: undefined },
          "Held HaltNotSeen +page",
        ] as const,
    ),
    [
      "70 whose journal is a copy under another name",
      { halt: { ...haltWith(), metadata: { ...haltWith().metadata, name: "copy" } } },
      "Held NotTheJournal",
    ],
    ["70 whose pod no policy selects any more", { selected: false }, "Held PodNotSelected +page"],
    ["70 that a person aborts", { halt: { ...haltWith(), metadata: ABORT } }, "Held Aborted"],
    ["70 with nothing listed", { policy: listedNothing }, "Held ImageMappingMissing +page"],
    [
      "70 listed for another height",
      { policy: policyWith({ upgrades: [{ planName: "v6.7", height: 31, image: NEW }] }) },
      "Held ListedForAnotherHeight +page",
    ],
    [
      "70 by an exit code alone",
      { halt: haltWith({ sources: ["exit-code"], planName: undefined }, { seen: UNSEEN }) },
      "Held PlanNotNamed +page",
    ],
    [
      "70 listed with the image that halted",
      { policy: policyWith({ upgrades: [{ planName: "v6.7", height: 30, image: OLD }] }) },
      "Held ImageDoesNotHelp +page",
    ],
    [
      "70 that the policy only pages",
      { policy: policyWith({ actions: { upgradeRequired: "Page" } }) },
      "Held ChosenByPolicy +page",
    ],
    [
      "70 under a policy with a field that only a newer controller knows",
      { policy: { ...policyWith(), unknown: ["spec.window"] } },
      "Held PolicyNewer +page",
    ],
    [
      "70 beside an older policy that can't be read, and may forbid it",
      { policy: { ...policyWith(), unread: "sei (spec.roll: Canary)" } },
      "Held PolicyNewer +page",
    ],
    ["70 under a paused policy", { policy: policyWith({ paused: true }) }, "Held Paused"],
    ["70 in a dry run", { policy: policyWith({ dryRun: true }) }, "Held DryRun"],
    [
      "nothing listed in a dry run",
      { policy: policyWith({ dryRun: true, upgrades: [] }) },
      "Held ImageMappingMissing",
    ],
    [
      "70 with every slot taken",
      { neighbours: { swapping: 1, failed: 0, isUntold: false } },
      "Recorded WaitingForSlot",
    ],
    [
      "70 with the error budget spent",
      { neighbours: { swapping: 0, failed: 1, isUntold: false } },
      "Held ErrorBudgetSpent",
    ],
    [
      "70 beside a running sibling that would go down",
      { siblings: [siblingWith()] },
      "Recorded SiblingsNotHalted",
    ],
    [
      "70 whose workload is gone",
      { workload: { kind: "missing", what: "StatefulSet sei/sei-0" } },
      "Recorded WorkloadMissing",
    ],
    ["70 whose workload has been gone for less than a minute", goneFor(59_999), "wait"],
    ["70 whose workload has been gone for a minute", goneFor(60_000), "Held WorkloadMissing +page"],
    ["70 whose workload is gone, as was said", goneFor(0, "Held"), "Held WorkloadMissing +page"],
    [
      "70 whose workload somebody changed",
      { workload: workloadWith({ image: "registry/other:1", generation: 2 }) },
      "Held ImageChangedMeanwhile +page",
    ],
    ["70 whose policy is gone", { policy: null }, "Held PolicyMissing"],
    [
      "71 with an image that ran before",
      { halt: tooNew, workload: tooNewWorkload, previousImage: OLD },
      "Swapping BinaryTooNew +page",
    ],
    [
      "71 with the error budget spent",
      {
        halt: tooNew,
        workload: tooNewWorkload,
        previousImage: OLD,
        neighbours: { swapping: 0, failed: 9, isUntold: false },
      },
      "Held ErrorBudgetSpent",
    ],
    [
      "71 without an image that ran before",
      { halt: tooNew, workload: tooNewWorkload },
      "Held PreviousImageUnknown +page",
    ],
    ["72", { halt: haltWith({ reason: "downgrade_detected" }) }, "Held DowngradeDetected +page"],
    [
      "an unknown reason",
      { halt: haltWith({ reason: "unrecognised", exitCode: 79 }) },
      "Held UnrecognisedHalt +page",
    ],
  ];
  test.each(cases)("%s", (_, scene, expected) => expect(summary(scene)).toBe(expected));

  test("tells its first steps along with the one that follows", () => {
    const move = nextMove(observe());
    expect(move).toMatchObject({
      status: {
        fromImage: OLD,
        toImage: NEW,
        recoverBy: "2026-08-21T18:01:00.000Z",
        steps: [
          { phase: "Detected", at: "2026-08-21T17:59:59.990Z" },
          { phase: "Recorded" },
          { phase: "Swapping" },
        ],
        conditions: [{ type: "Upgrading", status: "True", observedGeneration: 1 }],
      },
    });
  });

  test("writes nothing twice", () => {
    for (const policy of [listedNothing, policyWith({ paused: true }), policyWith({ dryRun: true })]) {
      const first = nextMove(observe({ policy }));
      if (first.kind !== "journal") throw new Error("nothing was written");
      const page = first.status.page && { ...first.status.page, ...SENT };
      const status = { ...first.status, ...(page === undefined ? {} : { page }) };
      expect(nextMove(observe({ policy, halt: haltWith({}, status) }))).toEqual({ kind: "rest" });
    }
  });

  test("pages what a dry run kept to itself once it is no dry run any more", () => {
    const first = nextMove(observe({ policy: policyWith({ dryRun: true, upgrades: [] }) }));
    if (first.kind !== "journal") throw new Error("nothing was written");
    expect(first.status.page).toBeUndefined();
    const halt = haltWith({}, first.status);
    expect(summary({ halt, policy: listedNothing })).toBe("Held ImageMappingMissing +page");
    const next = nextMove(observe({ halt, policy: listedNothing }));
    expect(next.kind === "journal" && next.status.steps).toEqual(first.status.steps);
  });

  test("sends a page that nobody was named for once somebody is", () => {
    const first = nextMove(observe({ policy: listedNothing }));
    if (first.kind !== "journal" || first.status.page === undefined) throw new Error("no page was written");
    const { nextAttemptAt: _, ...page } = first.status.page;
    const halt = haltWith({}, { ...first.status, page: { ...page, state: "NoTarget" } });
    expect(summary({ halt, policy: policyWith({ upgrades: [], paging: [] }) })).toBe("rest");
    expect(summary({ halt, policy: listedNothing })).toBe("send-page");
  });

  test("72 is a person's once a receiver has the page", () => {
    const halt = haltWith({ reason: "downgrade_detected" });
    const first = nextMove(observe({ halt }));
    if (first.kind !== "journal" || first.status.page === undefined) throw new Error("no page was journaled");
    const status: NodeHaltStatus = { ...first.status, page: { ...first.status.page, ...SENT } };
    expect(summary({ halt: haltWith({ reason: "downgrade_detected" }, status) })).toBe(
      "Paged DowngradeDetected",
    );
  });

  test("becomes a swap when its image is listed later", () => {
    const status: NodeHaltStatus = { phase: "Held", reason: "ImageMappingMissing", steps: [] };
    expect(summary({ halt: haltWith({}, status) })).toBe("Swapping ImageListed");
  });

  test("is over when somebody else recovered the node", () => {
    const status: NodeHaltStatus = { phase: "Held", reason: "ImageMappingMissing", steps: [] };
    const scene = { halt: haltWith({}, status), policy: listedNothing, pod: successor({ height: 31 }) };
    expect(summary(scene)).toBe("Recovered RecoveredElsewhere");
  });

  test("is over when the node passes it on the image that halted, as with its upgrade skipped", () => {
    const status: NodeHaltStatus = { phase: "Held", reason: "ImageMappingMissing", steps: [] };
    const at = (height: number) => ({
      halt: haltWith({}, status),
      policy: listedNothing,
      pod: successor({ image: OLD, height }),
    });
    expect(summary(at(30))).not.toMatch("Recovered");
    expect(summary(at(31))).toBe("Recovered RecoveredElsewhere");
  });

  test("is over only once what an owner may write back has stayed for the owner's interval", () => {
    const status: NodeHaltStatus = { phase: "Held", reason: "OwnedBy", steps: [] };
    const owned = workloadWith({ image: NEW, manager: { who: "SeiNetwork sei/net", by: "its owner" } });
    const after = (seenForMs: number | undefined, target: object = {}) =>
      summary({
        halt: haltWith({}, status),
        policy: policyWith({ target: { kind: "StatefulSet", ...target } }),
        workload: owned,
        pod: successor({ height: 31, seenForMs }),
      });
    for (const early of [undefined, 0, 59_999]) expect(after(early)).toMatch(/^wait/);
    expect(after(60_000)).toBe("Recovered RecoveredElsewhere");
    expect(after(60_000, { ownerIntervalSeconds: 600 })).toMatch(/^wait/);
    expect(after(600_000, { ownerIntervalSeconds: 600 })).toBe("Recovered RecoveredElsewhere");
  });
});

const SIBLING_RUNS =
  "StatefulSet sei/sei-0 makes other pods from the same template, which have not halted for plan v6.7 at height 30. The image changes when all of these have: sei-1 (runs).";

describe("a swap", () => {
  const begun = (phase: Phase, changes: NodeHaltStatus = {}) =>
    haltWith(
      {},
      {
        phase,
        action: "SwapImage",
        fromImage: OLD,
        toImage: NEW,
        recoverBy: "2026-08-21T18:01:00.000Z",
        steps: [],
        ...changes,
      },
    );
  const withNew = workloadWith({ image: NEW });
  const ofOwner = workloadWith({ image: NEW, isOwner: true });
  const late = NOW + 60_000;
  const recovering = { halt: begun("Recovering"), workload: { kind: "not-asked" } } as const;
  const again = {
    kind: "halted",
    reason: 70,
    plan: "v6.7",
    height: 30,
    corroborated: true,
    sources: [],
    why: "It halted.",
    contradictions: [],
  } as const;
  const cases: readonly (readonly [string, Scene, string])[] = [
    ["journaled, image not set", { halt: begun("Swapping") }, "set-image"],
    [
      "image set, workload not settled",
      { halt: begun("Swapping"), workload: workloadWith({ image: NEW, settled: false }) },
      "wait",
    ],
    [
      "journaled, the workload made anew since",
      { halt: begun("Swapping"), workload: { kind: "disowned", what: "x", why: "It was made anew." } },
      "Swapping NotTheOwner +page",
    ],
    [
      "journaled, the workload gone",
      { halt: begun("Swapping"), workload: { kind: "missing", what: "x" } },
      "Swapping WorkloadMissing",
    ],
    ["journaled, and not looked at", { halt: begun("Swapping"), workload: { kind: "not-asked" } }, "wait"],
    ["image set", { halt: begun("Swapping"), workload: withNew }, "Recreating Recreating"],
    [
      "somebody set a third image",
      { halt: begun("Swapping"), workload: workloadWith({ image: "x" }) },
      "Failed ImageChangedMeanwhile +page",
    ],
    ["somebody set the old image back", { halt: begun("Recreating") }, "Failed ImageChangedMeanwhile +page"],
    [
      "the halted pod is there",
      { halt: begun("Recreating", { deletedPodUID: "uid-1" }), workload: withNew },
      "delete-pod",
    ],
    [
      "the halted pod is there, and its deletion is not journaled",
      { halt: begun("Recreating"), workload: withNew },
      "Recreating Recreating",
    ],
    [
      "the pod came back with the old image and halted again",
      { halt: begun("Recreating", { deletedPodUID: "uid-0" }), workload: withNew },
      "Recreating PodKeepsOldImage +page",
    ],
    [
      "the halted pod is there by what is remembered while it recovers",
      { ...recovering, from: "memory" },
      "delete-pod",
    ],
    [
      "siblings that were waited for have not halted in a minute",
      {
        halt: haltWith(
          { detectedAt: new Date(NOW - 60_000).toISOString() },
          { ...begun("Swapping").status, reason: "SiblingsNotHalted", message: SIBLING_RUNS },
        ),
        siblings: [siblingWith()],
      },
      "Swapping SiblingsNotHalted +page",
    ],
    [
      "the halted pod was started again",
      { halt: begun("Recreating", { deletedPodUID: "uid-1" }), workload: withNew, pod: RESTARTED },
      "Recreating HaltNotShown",
    ],
    [
      "the halted pod runs again before the image was set",
      { halt: begun("Swapping"), pod: HEALTHY },
      "Withdrawn RunsAgain",
    ],
    [
      "the halted pod runs again after the image was set",
      { halt: begun("Recreating", { deletedPodUID: "uid-1" }), workload: withNew, pod: HEALTHY },
      "Recreating HaltNotShown",
    ],
    [
      "somebody set the image back, or changed the workload otherwise",
      { halt: begun("Swapping", { workloadGeneration: 1 }), workload: workloadWith({ generation: 3 }) },
      "Swapping WorkloadChanged +page",
    ],
    [
      "somebody changed the workload, and the image is known not to be set",
      {
        halt: begun("Swapping", { workloadGeneration: 1 }),
        workload: workloadWith({ generation: 3 }),
        setWasRefused: true,
      },
      "set-image",
    ],
    [
      "aborted by a person",
      { halt: { ...begun("Recreating"), metadata: ABORT }, workload: withNew },
      "Failed Aborted",
    ],
    [
      "an image that a webhook rewrote",
      {
        halt: begun("Recreating"),
        workload: withNew,
        pod: successor({ image: "mirror.internal/registry/seid:v6.7" }),
      },
      "Recovering ImageRewritten +page",
    ],
    [
      "past the height on an image that a webhook rewrote",
      { ...recovering, pod: successor({ image: "mirror.internal/registry/seid:v6.7", height: 31 }) },
      "Recovered Recovered",
    ],
    [
      "past the height on an owner's image, which has not stayed for that one's interval",
      { halt: begun("Recovering"), workload: ofOwner, pod: successor({ height: 31, seenForMs: 59_999 }) },
      "wait",
    ],
    [
      "past the height on an owner's image that is still to stay when the time is over",
      {
        ...{ halt: begun("Recovering"), workload: ofOwner, recoverWithinMs: 0 },
        pod: successor({ height: 31, seenForMs: 59_999 }),
      },
      "wait",
    ],
    [
      "past the height on an owner's image that stayed",
      { halt: begun("Recovering"), workload: ofOwner, pod: successor({ height: 31, seenForMs: 60_000 }) },
      "Recovered Recovered",
    ],
    [
      "past the height, and the owner's image was written back",
      {
        halt: begun("Recovering"),
        workload: workloadWith({ image: OLD, isOwner: true }),
        pod: successor({ height: 31, seenForMs: 30_000 }),
      },
      "Failed ImageChangedMeanwhile +page",
    ],
    [
      "its policy lists another image after it was set",
      {
        halt: begun("Recreating", { deletedPodUID: "uid-1" }),
        workload: withNew,
        policy: policyWith({ upgrades: [] }),
      },
      "Failed ImageWithdrawn +page",
    ],
    [
      "the halted pod is going",
      {
        halt: begun("Recreating"),
        workload: withNew,
        pod: { ...HALTED, terminating: true },
      },
      "wait",
    ],
    [
      "a Deployment replaces the pod",
      { halt: begun("Recreating"), workload: workloadWith({ image: NEW, replacesPods: true }) },
      "wait",
    ],
    [
      "a Deployment has the pod that halted once more, after it was gone",
      { halt: begun("Recovering"), workload: workloadWith({ image: NEW, replacesPods: true }) },
      "wait",
    ],
    [
      "a new pod from the old image",
      { halt: begun("Recreating"), workload: withNew, pod: successor({ image: OLD }) },
      "wait",
    ],
    [
      "the pod is gone",
      { halt: begun("Recreating"), workload: withNew, pod: { kind: "gone" } },
      "Recovering Recovering",
    ],
    [
      "the new pod is there",
      { halt: begun("Recreating"), workload: withNew, pod: successor() },
      "Recovering Recovering",
    ],
    ["no height yet", { ...recovering, pod: successor() }, "wait"],
    [
      "above the plan's height, on another chain",
      { ...recovering, pod: successor({ height: 31, otherChain: "atlantic-2" }) },
      "wait",
    ],
    ["at the plan's height", { ...recovering, pod: successor({ height: 30 }) }, "wait"],
    [
      "past the height on the old image",
      { ...recovering, pod: successor({ image: OLD, height: 31 }) },
      "wait",
    ],
    ["past the height", { ...recovering, pod: successor({ height: 31 }) }, "Recovered Recovered"],
    [
      "halted at the next plan, and seen on its way there",
      { ...recovering, pod: successor({ height: 31, verdict: { ...again, plan: "v6.8", height: 60 } }) },
      "Recovered Recovered",
    ],
    [
      "said to have halted at the next plan, and seen nowhere past the last",
      { ...recovering, pod: successor({ height: 30, verdict: { ...again, plan: "v6.8", height: 60 } }) },
      "wait",
    ],
    [
      "halted again at the same plan",
      { ...recovering, pod: successor({ verdict: again }) },
      "Failed HaltedAgain +page",
    ],
    [
      "standing at the height with a log that cannot be read so far back",
      { ...recovering, pod: successor({ height: 30, verdict: UNREAD_HALT }) },
      "wait",
    ],
    [
      "crashing",
      {
        ...recovering,
        pod: successor({
          verdict: { kind: "crashed", cause: { kind: "panic", code: 2 }, why: "x", contradictions: [] },
        }),
      },
      "wait",
    ],
    ["out of time", { ...recovering, pod: successor(), now: late }, "Failed RecoveryTimedOut +page"],
    [
      "out of time with the workload gone",
      { halt: begun("Swapping"), workload: { kind: "missing", what: "x" }, now: late },
      "Failed RecoveryTimedOut +page",
    ],
    [
      "out of time, and past the height after all",
      { ...recovering, pod: successor({ height: 31 }), now: late },
      "Recovered Recovered",
    ],
    [
      "paused before the image was set",
      { halt: begun("Swapping"), policy: policyWith({ paused: true }) },
      "Swapping Paused",
    ],
    [
      "paused after the image was set",
      { halt: begun("Recreating"), workload: withNew, policy: policyWith({ paused: true }) },
      "Recreating Paused",
    ],
    [
      "its image withdrawn before it was set",
      { halt: begun("Swapping"), policy: policyWith({ upgrades: [] }) },
      "Failed ImageWithdrawn +page",
    ],
    [
      "another image listed before it was set",
      {
        halt: begun("Swapping"),
        policy: policyWith({ upgrades: [{ planName: "v6.7", image: "registry/seid:v6.7.1" }] }),
      },
      "Failed ImageWithdrawn +page",
    ],
    ...(
      [
        ["its image withdrawn", { upgrades: [] }],
        [
          "another image listed",
          { upgrades: [{ planName: "v6.7", height: 30, image: "registry/seid:v6.7.1" }] },
        ],
        ["its height corrected", { upgrades: [{ planName: "v6.7", height: 31, image: NEW }] }],
        ["a page asked for instead", { actions: { upgradeRequired: "Page" } }],
        ["no chain named", { chainId: undefined }],
      ] as const
    ).map(([change, spec]): readonly [string, Scene, string] => [
      `${change} before the pod that came back with the old image is deleted`,
      {
        halt: begun("Recovering"),
        workload: withNew,
        pod: { ...HALTED, uid: "uid-2" },
        policy: policyWith(spec),
      },
      "Failed ImageWithdrawn +page",
    ]),
    [
      "its policy deleted before the image was set",
      { halt: begun("Swapping"), policy: null },
      "Swapping PolicyMissing",
    ],
    [
      "its pod's labels changed, so that no policy selects it, before the image was set",
      { halt: begun("Swapping"), selected: false },
      "Swapping PodNotSelected +page",
    ],
    [
      "its policy deleted in the middle",
      { halt: begun("Recreating"), workload: withNew, policy: null },
      "Recreating PolicyMissing",
    ],
  ];
  test.each(cases)("%s", (_, scene, expected) => expect(summary(scene)).toBe(expected));

  describe("past its halt, whose image an owner may write back", () => {
    const owned = workloadWith({ image: NEW, isOwner: true });
    const past = { ...recovering, workload: owned, pod: successor({ height: 31, seenForMs: 1_000 }) };

    test("a node whose time is over is looked at now and then", () => {
      expect(nextMove(observe({ ...past, recoverWithinMs: -60_000 }))).toEqual({ kind: "wait", ms: 5_000 });
    });

    test("a node whose image was set on to the next plan's has recovered; one whose image is written back has not", () => {
      const set = (image: string) => summary({ ...past, workload: workloadWith({ isOwner: true, image }) });
      expect(set("registry/seid:v6.8")).toBe("Recovered Recovered");
      expect(set(OLD)).toBe("Failed ImageChangedMeanwhile +page");
    });
  });

  test.each(["binary_too_new", "downgrade_detected", "unrecognised"])(
    "a node that halted for %s has to be seen making blocks: its height rises by one though its application refuses each",
    (reason) => {
      const halt = haltWith(
        { reason, image: NEW, height: 500 },
        { phase: "Recovering", toImage: OLD, steps: [] },
      );
      const scene = (height: number) => ({
        ...recovering,
        halt,
        pod: successor({ image: OLD, firstHeight: 20, height }),
      });
      expect([20, 21].map((height) => summary(scene(height)))).toEqual(["wait", "wait"]);
      expect(summary(scene(22))).toBe("Recovered Recovered");
    },
  );

  test.each([
    ["at the very plan has recovered after one block", {}, "Recovered Recovered"],
    ["at another plan has halted again", { plan: "v6.8" }, "Failed HaltedAgain +page"],
    ["for another reason has halted again", { reason: 71 }, "Failed HaltedAgain +page"],
    ["at the plan on one source alone has halted again", { corroborated: false }, "Failed HaltedAgain +page"],
  ] as const)("a node that went back from a binary that is too new, and halts %s", (_, changes, expected) => {
    const halt = haltWith(
      { reason: "binary_too_new", image: NEW, height: undefined },
      { phase: "Recovering", action: "RollBack", toImage: OLD, steps: [] },
    );
    const verdict = { ...again, ...changes };
    const pod = successor({ image: OLD, firstHeight: 28, height: 29, verdict });
    expect(summary({ ...recovering, halt, workload: workloadWith({ image: OLD }), pod })).toBe(expected);
  });
});

describe("a halt that has ended", () => {
  const ended = (phase: Phase, changes: NodeHaltStatus = {}) =>
    haltWith({}, { phase, reason: "x", message: "y", steps: [], ...changes });
  const resolved = {
    type: "Resolved",
    status: "True",
    reason: "Running",
    message: "",
    lastTransitionTime: "",
  } as const;

  test("rests when it recovered", () => expect(summary({ halt: ended("Recovered") })).toBe("rest"));
  test("is looked at until its node runs", () => expect(summary({ halt: ended("Paged") })).toBe("wait"));
  test("is noted as resolved when its node runs", () => {
    expect(summary({ halt: ended("Paged"), pod: successor({ height: 31 }) })).toBe("Paged x");
    expect(
      summary({ halt: ended("Failed", { conditions: [resolved] }), pod: successor({ height: 31 }) }),
    ).toBe("rest");
  });

  test("is noted as resolved when its node halted on another chain, and that is told", () => {
    const there = successor({ otherChain: "atlantic-2", toldBy: "its-own" });
    const move = nextMove(observe({ halt: ended("Paged"), pod: there }));
    expect(move).toMatchObject({
      status: { phase: "Paged", conditions: [{ type: "Resolved", reason: "HaltedOnOtherChain" }] },
    });
    expect(summary({ halt: ended("Paged"), pod: successor({ otherChain: "atlantic-2" }) })).toBe("wait");
  });
});

describe("a page", () => {
  const page = {
    key: "k",
    reason: "ImageMappingMissing",
    summary: "s",
    at: "",
    delivered: [],
    attempts: 1,
    state: "Pending",
  } as const;
  const at = (ms: number) => new Date(NOW + ms).toISOString();
  const failed = (nextAttemptAt: string) =>
    haltWith({}, { phase: "Recovered", steps: [], page: { ...page, delivered: [], nextAttemptAt } });

  test("that is due goes before everything else", () =>
    expect(summary({ halt: failed(at(0)) })).toBe("send-page"));
  test("that is due later is waited for", () => {
    expect(nextMove(observe({ halt: failed(at(1500)) }))).toEqual({ kind: "wait", ms: 1500 });
  });
  test("that a clock which has gone back since put far off is due now", () => {
    expect(summary({ halt: failed(at(3_600_000)) })).toBe("send-page");
  });
  test("of a swap that fails in a dry run is journaled, and sent when that ends", () => {
    const policy = policyWith({ dryRun: true });
    const halt = haltWith({}, { phase: "Recovering", action: "SwapImage", toImage: NEW, steps: [] });
    const scene = { halt, workload: workloadWith({ image: NEW }), pod: successor() };
    expect(summary({ ...scene, policy, recoverWithinMs: 0 })).toBe("Failed RecoveryTimedOut +page");
    const unsent = { ...page, delivered: [], attempts: 0, nextAttemptAt: at(0) };
    const due = haltWith({}, { phase: "Failed", steps: [], page: unsent });
    expect(summary({ ...scene, halt: due, policy })).not.toBe("send-page");
    expect(summary({ ...scene, halt: due })).toBe("send-page");
  });

  const sent: PageRecord = { ...page, ...SENT };
  const recovered = haltWith({}, { phase: "Recovered", steps: [], page: sent });

  test("is resolved once its halt is over, and not before", () => {
    expect(summary({ halt: recovered })).toBe("resolve-page");
    expect(summary({ halt: recovered, policy: null })).toBe("rest");
    const held = haltWith({}, { phase: "Held", steps: [], page: sent });
    expect(summary({ halt: held, policy: listedNothing })).toBe("Held ImageMappingMissing");
    const over = haltWith({}, { phase: "Recovered", steps: [], page: { ...sent, state: "Resolved" } });
    expect(summary({ halt: over })).toBe("rest");
  });

  test("gives way to one for another reason, is resolved, and is another one when its reason comes back", () => {
    const changed = workloadWith({ image: "registry/other:1", generation: 2 });
    const write = (scene: Scene) => {
      const move = nextMove(observe(scene));
      if (move.kind !== "journal" || move.status.page === undefined) throw new Error("no page was journaled");
      return move.status;
    };
    const first = write({ policy: listedNothing });
    const told = { ...first, page: { ...first.page, attempts: 1, ...SENT } } as NodeHaltStatus;
    const early = write({ halt: haltWith({}, told), workload: changed });
    expect(early.page, "no reason that may be gone in a moment pages again").toEqual(told.page);
    const [halt, later] = [haltWith({}, early), NOW + 60_000];
    expect(nextMove(observe({ halt, workload: changed, now: later - 1 }))).toEqual({ kind: "wait", ms: 1 });
    const second = write({ halt, workload: changed, now: later });
    expect(second.page).toMatchObject({ reason: "ImageChangedMeanwhile", state: "Pending" });
    expect(second.formerPages).toMatchObject([
      { key: first.page?.key, state: "Resolving", resolvedAt: new Date(later).toISOString(), attempts: 0 },
    ]);
    const third = write({ halt: haltWith({}, second), policy: listedNothing, now: NOW - 1 });
    expect(third.page?.key).toBe(`${first.page?.key}/2`);
    expect(third.formerPages, "a page that nobody was told of is forgotten").toHaveLength(1);
  });

  test("is kept back by none that a dead target never hears of the end of: those are forgotten, the first to be resolved first", () => {
    const former = (state: string, index: number): PageRecord => ({
      ...sent,
      state: state === "Resolved" ? "Resolved" : "Resolving",
      delivered: state === "told to some" ? ["webhook-0"] : [],
      key: `k${index}`,
      reason: `R${index}`,
      resolvedAt: at(0),
    });
    const write = (states: readonly string[]) => {
      const page = { ...sent, reason: "Other", key: "other" };
      const formerPages = states.map(former);
      const halt = haltWith({}, { phase: "Held", reason: "Another", steps: [], page, formerPages });
      const move = nextMove(observe({ halt, policy: listedNothing }));
      if (move.kind !== "journal") throw new Error("nothing was journaled");
      expect(move.status.page).toMatchObject({ reason: "ImageMappingMissing", state: "Pending" });
      expect(move.status.page?.key, "no key comes twice").toMatch(/ImageMappingMissing\/\d{13}$/);
      expect(move.status.formerPages).toHaveLength(8);
      return move.status.formerPages?.map(({ key }) => key);
    };
    const untold = Array.from({ length: 6 }, () => "told to none");
    expect(write(["told to none", ...untold, "Resolved"])).not.toContain("k7");
    expect(write([...untold, "told to some", "Resolved"])).not.toContain("k7");
    expect(write([...untold, "told to some", "told to none"])).not.toContain("k6");
    expect(write([...untold, "told to none", "told to none"])).toEqual([
      ...["k1", "k2", "k3", "k4", "k5", "k6", "k7"],
      "other",
    ]);
  });

  test("is over when it began at the earliest, by whichever clock", () => {
    const begun = { ...sent, at: at(15_000) };
    expect(resolving(begun, at(0)).resolvedAt).toBe(at(15_000));
    expect(resolving(begun, at(16_000)).resolvedAt).toBe(at(16_000));
  });

  test("that is due later does not hold a rollback up", () => {
    const status: NodeHaltStatus = {
      phase: "Swapping",
      action: "RollBack",
      fromImage: NEW,
      toImage: OLD,
      steps: [],
      page: { ...page, delivered: [], nextAttemptAt: at(60_000) },
    };
    const halt = haltWith({ reason: "binary_too_new", image: NEW }, status);
    expect(summary({ halt, workload: workloadWith({ image: NEW }), previousImage: OLD })).toBe("set-image");
  });
});

describe("a swap whose journal names an image that nothing leads to", () => {
  const EVIL = "registry/evil:1";
  const status = (action: "SwapImage" | "RollBack"): NodeHaltStatus => ({
    ...{ phase: "Swapping", action, reason: "BinaryTooNew", fromImage: NEW, toImage: EVIL, steps: [] },
  });
  const workload = workloadWith({ image: NEW });
  const pod = { ...HALTED, image: NEW };

  test.each([
    ["another image ran before", OLD, "Failed ImageWithdrawn +page"],
    ["nothing is known to have run before", undefined, "Failed PreviousImageUnknown +page"],
  ])("sets nothing where %s", (_, previousImage, expected) => {
    const halt = haltWith({ reason: "binary_too_new", image: NEW, height: undefined }, status("RollBack"));
    const scene = { halt, workload, pod, ...(previousImage === undefined ? {} : { previousImage }) };
    expect(summary(scene)).toBe(expected);
  });

  test("sets nothing where an upgrade is called a rollback, or a rollback an upgrade", () => {
    const upgrade = haltWith({}, { ...status("RollBack"), fromImage: OLD, toImage: NEW });
    expect(summary({ halt: upgrade, previousImage: NEW })).toBe("Failed ImageWithdrawn +page");
    const tooNew = { reason: "binary_too_new", image: NEW, height: undefined };
    const rollback = haltWith(tooNew, { ...status("SwapImage"), toImage: OLD });
    expect(summary({ halt: rollback, workload, pod, previousImage: OLD })).toBe(
      "Failed ImageWithdrawn +page",
    );
  });

  test("deletes no pod for it either, once somebody has set it", () => {
    const halt = haltWith(
      { reason: "binary_too_new", image: NEW, height: undefined },
      { ...status("RollBack"), phase: "Recreating", deletedPodUID: "uid-1" },
    );
    const set = workloadWith({ image: EVIL });
    expect(summary({ halt, workload: set, pod, previousImage: OLD })).toBe("Failed ImageWithdrawn +page");
  });

  test("does nothing while the pod that halted is gone", () => {
    const halt = haltWith({ reason: "binary_too_new", image: NEW, height: undefined }, status("RollBack"));
    expect(summary({ halt, workload, pod: { kind: "gone" } })).toBe("Swapping PodGone");
  });
});

test("whatever is seen, nothing but the listed image or the one that ran before is ever set", () => {
  const images = fc.constantFrom(OLD, NEW, "registry/evil:1");
  const scenes = fc.record({
    phase: fc.option(fc.constantFrom(...PhaseSchema.options), { nil: undefined }),
    reason: fc.constantFrom("upgrade_required", "binary_too_new", "downgrade_detected", "unrecognised"),
    halted: images,
    inWorkload: images,
    planName: fc.constantFrom("v6.7", "v6.8", "registry/evil:1"),
    sources: fc.subarray(["exit-code", "plan-line", "live-intent"]),
    previousImage: fc.option(fc.constant(OLD), { nil: undefined }),
  });
  fc.assert(
    fc.property(scenes, ({ phase, reason, halted, inWorkload, planName, sources, previousImage }) => {
      const halt = haltWith(
        { reason, image: halted, planName, sources },
        phase && { phase, reason: "x", message: "y", steps: [] },
      );
      const move = nextMove(
        observe({
          halt,
          workload: workloadWith({ image: inWorkload }),
          ...(previousImage === undefined ? {} : { previousImage }),
        }),
      );
      const to = move.kind === "journal" ? move.status.toImage : undefined;
      if (to === undefined) return;
      expect(to).toBe(reason === "upgrade_required" ? NEW : OLD);
      expect(sources.length).toBeGreaterThan(0);
    }),
  );
});

describe("a person who stops a swap is told what others go on with", () => {
  const status = {
    ...standing("Recreating", "Recreating", 1_000, "x"),
    ...{ fromImage: OLD, toImage: NEW, recoverBy: new Date(NOW + 60_000).toISOString() },
  };
  const rolling = workloadWith({ image: NEW, groups: [groupWith()] });
  const deployed = workloadWith({
    ...{ image: NEW, replacesPods: true },
    groups: [groupWith({ strategy: { kind: "Recreate", replicas: 1 } })],
  });
  const onDelete = workloadWith({ image: NEW, groups: [groupWith({ strategy: { kind: "OnDelete" } })] });
  const goesOn = `may replace pod sei-0-0 by itself: to keep that pod, set its image back to ${OLD}.`;

  test.each([
    ["rolls its updates", rolling, true],
    ["replaces its pods", deployed, true],
    ["replaces none", onDelete, false],
  ])("of a workload that %s", (_, workload, isTold) => {
    const halt = haltWith({}, status);
    const paused = nextMove(observe({ halt, workload, policy: policyWith({ paused: true }) }));
    const aborted = nextMove(observe({ halt: { ...halt, metadata: ABORT }, workload }));
    for (const [move, phase, reason] of [
      [paused, "Recreating", "Paused"],
      [aborted, "Failed", "Aborted"],
    ] as const) {
      if (move.kind !== "journal") throw new Error(move.kind);
      expect(move.status).toMatchObject({ phase, reason });
      expect(move.status.message?.endsWith(goesOn)).toBe(isTold);
      const said = { ...halt, status: move.status };
      if (reason === "Paused" && workload === deployed)
        expect(nextMove(observe({ halt: said, workload }))).toMatchObject({
          status: { reason: "Recreating" },
        });
      if (reason === "Paused")
        expect(nextMove(observe({ halt: said, workload, policy: policyWith({ paused: true }) })).kind).toBe(
          "wait",
        );
    }
  });
});

test("a partition moves on where a sibling's swap has set the image since this one was decided", () => {
  const strategy = { kind: "RollingUpdate", partition: 2 } as const;
  const groups = [groupWith({ strategy, image: NEW, updateRevision: "new" })];
  const begun = { phase: "Swapping", action: "SwapImage", fromImage: OLD, toImage: NEW } as const;
  const move = nextMove(
    observe({
      halt: haltWith({ podName: "sei-1" }, begun),
      policy: policyWith({ roll: "OnePartition" }),
      workload: workloadWith({ image: NEW, generation: 2, groups }),
    }),
  );
  expect(move).toEqual({
    kind: "effect",
    effect: { kind: "set-image", from: NEW, to: NEW, partition: 1 },
  });
});
