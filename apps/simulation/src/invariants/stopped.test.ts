import { expect, test } from "vitest";
import type { ToldStatus } from "../cluster/cluster.ts";
import type { NodeProcess, Validator } from "../cluster/node.ts";
import { type Deployment, PATHS, type Pod, pathOf } from "../server/objects.ts";
import { type Change, Observer } from "./observer.ts";
import { isStopped } from "./stopped.ts";

const PLANS = [{ name: "v1", height: 97, isMinor: false }];
const VALIDATOR = {
  name: "sei-a",
  noise: "",
  chain: { isLegacy: false, plans: PLANS },
} as unknown as Validator;
const LEGACY = { ...VALIDATOR, chain: { ...VALIDATOR.chain, isLegacy: true } };
const HALT = { reason: 70, plan: "v1", height: 97 } as const;
const READ_AT = 100_000;
const BY = "controller-a";

/** A pod that a Deployment made; ended with this code, or waiting. */
function podOf(uid: string, code?: number): Pod {
  const metadata = { name: `sei-a-0-${uid}`, namespace: "validators", uid };
  const state = code === undefined ? { waiting: {} } : { terminated: { exitCode: code } };
  return {
    metadata,
    status: { containerStatuses: [{ name: "seid", state, lastState: {} }] },
  } as unknown as Pod;
}

const HALTED = podOf("one", 70);

interface Case {
  readonly kind?: Change["kind"];
  readonly listed: readonly Pod[];
  readonly pod: Pod;
  /** When the pod's process started, if it did. */
  readonly startedAt?: number;
  readonly haltBefore?: typeof HALT | undefined;
  readonly validator?: Validator;
  /** How the pod's process ended, and whether it had made blocks. */
  readonly ended?: { readonly code: number; readonly hasMadeBlocks: boolean };
  /** What the pod's process told on `/status`. */
  readonly told?: Pick<ToldStatus, "height" | "announced">;
}

/** What is thought of a pod at an act that rests on this list of pods. */
function thinksStopped({ kind = "set-image", listed, pod, startedAt, ...of }: Case): boolean {
  const halt = "haltBefore" in of ? of.haltBefore : HALT;
  const { validator = VALIDATOR, told, ended } = of;
  const state = { kind: "booting" };
  const earlier = { validator, halt, startedAt: 1_000, state } as unknown as NodeProcess;
  const process = {
    validator,
    startedAt,
    ...(ended === undefined
      ? { state }
      : { state: { kind: "ended", code: ended.code }, hasMadeBlocks: ended.hasMadeBlocks }),
  } as unknown as NodeProcess;
  const processes = startedAt === undefined ? [earlier] : [earlier, process];
  const observer = new Observer({
    now: () => READ_AT + 20,
    processOf: (uid) => (uid === pod.metadata.uid && startedAt !== undefined ? process : undefined),
    processes,
    validatorOf: () => validator,
    all: () => [],
    find: () => undefined,
    told: [],
  });
  observer.onReading({
    by: BY,
    path: pathOf(PATHS.pods, "validators"),
    objects: listed,
    at: READ_AT,
    isTold: false,
  });
  if (told !== undefined) observer.onStatus({ by: BY, process, chainId: "pacific-1", ...told });
  const at = READ_AT + 20;
  const unchanged = { before: {} as Deployment, after: {} as Deployment };
  const act =
    kind === "delete-pod"
      ? { kind, by: BY, at, pod }
      : { kind, by: BY, at, collection: PATHS.deployments, ...unchanged, image: "seid:v2" };
  return isStopped(act, pod, observer);
}

test("a pod that is made as the image is set, in the place of one that was read as halted, is nobody's fault", () => {
  const made = { listed: [HALTED], pod: podOf("two") };
  expect(thinksStopped(made)).toBe(true);
  expect(thinksStopped({ ...made, startedAt: READ_AT + 10 })).toBe(true);
});

test.each<[string, Case]>([
  ["was read itself, and has not started", { listed: [HALTED, podOf("two")], pod: podOf("two") }],
  ["came in the place of one that was not read as ended", { listed: [podOf("one")], pod: podOf("two") }],
  ["came in the place of one that ended well", { listed: [podOf("one", 0)], pod: podOf("two") }],
  ["came in the place of one that was not there", { listed: [], pod: podOf("two") }],
  ["is of a validator that has not halted", { listed: [HALTED], pod: podOf("two"), haltBefore: undefined }],
  ["ran before it was read", { listed: [HALTED], pod: podOf("two"), startedAt: READ_AT - 5_000 }],
  ["is deleted, and was not read", { kind: "delete-pod", listed: [HALTED], pod: podOf("two") }],
])("a pod that %s has not halted", (_, given) => {
  expect(thinksStopped(given)).toBe(false);
});

test("a pod that was read as ended may have started again since, and no longer ago", () => {
  const own = { listed: [HALTED], pod: HALTED };
  expect(thinksStopped({ ...own, startedAt: READ_AT - 100 })).toBe(true);
  expect(thinksStopped({ ...own, startedAt: READ_AT - 5_000 })).toBe(false);
});

test("a node that was started again after its halt, and ended with its code before it made a block, can't be told from one that halted again", () => {
  const own = { listed: [HALTED], pod: HALTED, startedAt: READ_AT - 5_000 };
  const thinks = (code: number, hasMadeBlocks: boolean) =>
    thinksStopped({ ...own, ended: { code, hasMadeBlocks } });
  expect(thinks(HALT.reason, false)).toBe(true);
  expect(thinks(HALT.reason, true)).toBe(false);
  expect(thinks(1, false)).toBe(false);
});

test("a node that announces no halt, and stood at its own, may have ended with any code", () => {
  const ended = podOf("one", 0);
  const own = { listed: [ended], pod: ended, startedAt: READ_AT - 100 };
  expect(thinksStopped({ ...own, validator: LEGACY })).toBe(true);
  expect(thinksStopped({ ...own, validator: LEGACY, haltBefore: undefined })).toBe(false);
  expect(thinksStopped(own)).toBe(false);
});

test.each([
  ["says so at the plan's height, or a block before it", 96, undefined, true],
  ["says so below that", 95, undefined, false],
  ["says so at the height that it names", 200, 200, true],
])("a node that %s can't be told from one that halted, and else it can", (_, height, named, isStoppedFor) => {
  const pod = podOf("one");
  const told = { height, announced: { plan: "v1", height: named } };
  expect(thinksStopped({ listed: [pod], pod, startedAt: READ_AT - 5_000, told })).toBe(isStoppedFor);
});
