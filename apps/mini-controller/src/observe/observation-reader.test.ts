import type { StatusResult } from "@upgrade-halt/consumer";
import { type KubeApi, type KubeObject, keyOf } from "@upgrade-halt/kube";
import { until } from "@upgrade-halt/testing";
import { pino } from "pino";
import { expect, test } from "vitest";
import { ANNOTATION_ABORT, API_VERSION } from "../api/group.ts";
import type { NodeHalt, NodeHaltSpec, Seen } from "../api/node-halt.ts";
import { journalName } from "../journal/journal-name.ts";
import { SlotBook } from "../journal/slot-book.ts";
import type { ContainerState, Pod } from "../model/pod.ts";
import type { PodGroup } from "../model/pod-group.ts";
import { createStores, type Stores } from "../model/stores.ts";
import {
  groupWith,
  haltWith,
  NEW,
  NOW,
  OLD,
  policyWith,
  SEEN,
  workloadWith,
} from "../testing/observations.ts";
import { NodeRecorder } from "./node-recorder.ts";
import type { Observation } from "./observation.ts";
import { ObservationReader, type ObservationReaderOptions } from "./observation-reader.ts";
import { RecoveryTimer } from "./recovery-timer.ts";
import { StatusWatch } from "./status-watch.ts";
import { Strangers } from "./strangers.ts";

const CRASHED: ContainerState = {
  terminated: { exitCode: 2, reason: "Error", message: "panic: something else" },
};

const LABELS = { app: "node" };
const OTHERS = { app: "another-node" };

function podOf(name: string, state: ContainerState, labels: Readonly<Record<string, string>>): Pod {
  const owner = { apiVersion: "apps/v1", kind: "StatefulSet", name: "sei", uid: "set-1", controller: true };
  return {
    metadata: { name, namespace: "sei", uid: `uid of ${name}`, labels, ownerReferences: [owner] },
    spec: { containers: [{ name: "seid", image: OLD }] },
    status: { phase: "Running", containerStatuses: [{ name: "seid", restartCount: 3, state }] },
  };
}

/** How a node ends that halts for plan v6.7 at this height. */
const halted = (height = 30): ContainerState => ({
  terminated: {
    ...{ exitCode: 70, reason: "Error" },
    message: `upgrade_required\nUPGRADE "v6.7" NEEDED at height: ${height}: \n`,
  },
});

interface Journaled {
  readonly podUID?: string;
  readonly spec?: Partial<NodeHaltSpec>;
  readonly told?: Partial<Seen>;
  readonly name?: string;
  readonly ended?: boolean;
  readonly seen?: boolean;
  readonly aborted?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The state of sei-1 as the halt of sei-0 sees it, where a halt of sei-1 was journaled. */
async function siblingState(state: ContainerState, journaled: Journaled = {}) {
  const stores = createStores();
  const { podUID = "uid of sei-1", seen = true, aborted = false, labels = LABELS } = journaled;
  const { name, ended = false } = journaled;
  const told = {
    at: "2026-08-21T17:59:59Z",
    sources: ["exit-code", "plan-line"],
    chainId: "pacific-1",
    height: 30,
    ...journaled.told,
  };
  stores.policies.put(policyWith({ selector: { matchLabels: LABELS } }));
  const another = policyWith({ selector: { matchLabels: OTHERS } });
  stores.policies.put({ ...another, metadata: { ...another.metadata, name: "another", uid: "another" } });
  stores.pods.put(podOf("sei-0", state, LABELS));
  stores.pods.put(podOf("sei-1", state, labels));
  const own = haltWith({ podName: "sei-0", podUID: "uid of sei-0" });
  const others = haltWith({ podName: "sei-1", podUID, ...journaled.spec });
  const phase = ended ? "Withdrawn" : "Recorded";
  const status = seen ? ({ phase, seen: told } as const) : ({ phase } as const);
  const annotations = aborted ? { annotations: { [ANNOTATION_ABORT]: "true" } } : {};
  const metadata = { ...others.metadata, ...(name !== undefined && { name }), ...annotations };
  stores.halts.put({ ...others, metadata, status });
  const { siblings } = await lookAt(own, stores);
  return siblings.find(({ name }) => name === "sei-1")?.state.kind;
}

/** Reads what `stores` have; of all else no more than `more` says. */
function readerOver(stores: Stores, more: object = {}): ObservationReader {
  const notRead = () => Promise.reject(new Error("not read"));
  return new ObservationReader({
    stores,
    statuses: new StatusWatch({
      read: notRead,
      toSighting: () => ({ kind: "silent", at: NOW, problem: "not read" }),
      onChange: () => {},
    }),
    slots: new SlotBook(stores),
    recorder: new NodeRecorder({ api: {} as KubeApi, records: stores.records, log: pino(), now: () => NOW }),
    timer: new RecoveryTimer(() => NOW),
    strangers: new Strangers({ read: notRead, steady: () => NOW }),
    setWasRefused: () => false,
    seenWhenRecorded: () => undefined,
    now: () => NOW,
    ...more,
  } as unknown as ObservationReaderOptions);
}

/** What is seen around a halt of the set of sei-0 and sei-1. */
async function lookAt(
  halt: NodeHalt,
  stores: Stores,
  group: Partial<PodGroup> = {},
  more: object = {},
): Promise<Observation> {
  const observations = readerOver(stores, more);
  const groups = [groupWith({ podNames: ["sei-0", "sei-1"], ...group })];
  const look = await observations.read(halt, Promise.resolve(workloadWith({ groups })));
  return look();
}

test("a sibling that crashes as it restarts after its halt is still in that halt", async () => {
  expect(await siblingState(CRASHED)).toBe("halted");
});

const ranAnHour = (exitCode: number): ContainerState => ({
  terminated: { exitCode, startedAt: "2026-08-21T16:00:00Z", finishedAt: "2026-08-21T17:00:00Z" },
});

test.each([
  ["that ran for an hour and crashed", ranAnHour(1), {}],
  ["that ran for an hour and panicked", ranAnHour(2), {}],
  ["that ran for an hour and was stopped", ranAnHour(0), {}],
  ["whose journal the controller did not write", CRASHED, { seen: false }],
  ["whose journal is of a pod before it", CRASHED, { podUID: "before" }],
  ["that runs again", { running: {} }, {}],
  ["whose halt a person aborted", CRASHED, { aborted: true }],
  ["that no policy selects", CRASHED, { labels: {} }],
  ["that another policy governs", CRASHED, { labels: OTHERS }],
] as const)("a sibling %s has not halted", async (_, state, journaled) => {
  expect(await siblingState(state, journaled)).toBe("not-halted");
});

const BACK = `${OLD}@sha256:${"a".repeat(64)}`;
const tooNew = (podName: string, spec: Partial<NodeHaltSpec> = {}): NodeHalt => {
  const facts = {
    reason: "binary_too_new",
    height: undefined,
    image: NEW,
    podName,
    podUID: `uid of ${podName}`,
  };
  const first = { restartCount: 0, detectedAt: "2026-08-21T18:00:00Z" };
  const halt = haltWith({ ...facts, ...first, ...spec });
  const name = journalName({ ...halt.spec, run: spec.restartCount });
  return { ...halt, metadata: { ...halt.metadata, name } };
};
const ended71 = (startedAt: string): ContainerState => ({
  terminated: {
    ...{ exitCode: 71, startedAt: `2026-08-21T${startedAt}Z`, finishedAt: "2026-08-21T17:59:59Z" },
    message:
      'binary_too_new\nBINARY UPDATED BEFORE TRIGGER! UPGRADE "v6.7" - in binary but not executed on chain\n',
  },
});
const podTooNew = (name: string, state: ContainerState, restartCount: number): Pod => {
  const pod = podOf(name, state, { ...LABELS, "controller-revision-hash": "sei-2" });
  return {
    ...pod,
    metadata: { ...pod.metadata, creationTimestamp: "2026-08-21T17:40:10Z" },
    spec: { containers: [{ name: "seid", image: NEW }] },
    status: { phase: "Running", containerStatuses: [{ name: "seid", restartCount, state }] },
  };
};

const WRITTEN = tooNew("sei-1", { detectedAt: "2026-08-21T17:40:20Z" });
const seenTooNew = (firstRunMs?: number): NodeHalt => {
  const seen = { ...SEEN, ...(firstRunMs === undefined ? {} : { firstRunMs }) };
  return { ...WRITTEN, status: { phase: "Recorded", seen } };
};

test.each<
  [string, string | undefined, { owner?: string; state?: ContainerState; restarts?: number; own?: NodeHalt }]
>([
  ["the image that it provably ran directly before, by digest", BACK, {}],
  ["the same, by the halt that is recorded of it", BACK, { own: tooNew("sei-1") }],
  ["nothing of what a node of its name ran under another owner", undefined, { owner: "set-0" }],
  ["nothing where its first run may have applied a plan", undefined, { state: ended71("17:40:15") }],
  ["nothing where an earlier run may have applied one", undefined, { restarts: 5 }],
  [
    "the same, by how long its journal says that its first run lasted",
    BACK,
    { restarts: 5, own: seenTooNew(5_000) },
  ],
  ["nothing where its journal has that run as long", undefined, { restarts: 5, own: seenTooNew(840_000) }],
  ["nothing where its journal does not say", undefined, { restarts: 5, own: seenTooNew() }],
  ["nothing by a time in a NodeHalt that anybody may have written", undefined, { restarts: 5, own: WRITTEN }],
  [
    "nothing where that halted, and a later run did as well",
    undefined,
    { own: tooNew("sei-1", { restartCount: 2 }) },
  ],
])(
  "of a sibling is known %s",
  async (_, ranBefore, { owner = "set-1", state = ended71("17:59:50"), restarts = 0, own }) => {
    const stores = createStores();
    stores.policies.put(policyWith({ selector: { matchLabels: LABELS } }));
    stores.pods.put(podTooNew("sei-0", ended71("17:59:50"), 0));
    stores.pods.put(podTooNew("sei-1", state, restarts));
    if (own !== undefined) for (const halt of [tooNew("sei-1"), own]) stores.halts.put(halt);
    const image = {
      imageID: `registry/seid@sha256:${"a".repeat(64)}`,
      height: 20,
      at: "2026-08-21T17:40:00Z",
    };
    stores.records.put({
      ...{ apiVersion: API_VERSION, kind: "NodeRecord", spec: { node: "sei-1" } },
      metadata: { name: "sei-1", namespace: "sei" },
      status: { ownerUID: owner, images: [{ image: OLD, revision: "sei-1", ...image }] },
    });
    const revisions = { "sei-1": [1, OLD], "sei-2": [2, NEW] } as const;
    const get = async (path: string) => {
      const [revision, of] = revisions[path.split("/").at(-1) as keyof typeof revisions];
      const containers = [{ name: "seid", image: of }];
      const ownerReferences = [{ kind: "StatefulSet", name: "sei", uid: "set-1", controller: true }];
      return {
        revision,
        metadata: { ownerReferences },
        data: { spec: { template: { spec: { containers } } } },
      };
    };
    const { siblings } = await lookAt(tooNew("sei-0"), stores, {}, { server: { api: { get } } });
    expect(siblings.map((one) => [one.name, one.ranBefore])).toEqual([["sei-1", ranBefore]]);
  },
);

test("each of the siblings that ended is asked whether somebody runs a node in it, however many there are", async () => {
  const stores = createStores();
  stores.policies.put(policyWith({ selector: { matchLabels: LABELS } }));
  const podNames = Array.from({ length: 20 }, (_, index) => `sei-${index}`);
  for (const [index, name] of podNames.entries()) {
    const pod = podOf(name, halted(), LABELS);
    stores.pods.put({ ...pod, status: { ...pod.status, podIP: `10.0.0.${index}` } });
    const metadata = { name, namespace: "sei", uid: name };
    const status = { phase: "Recorded", seen: { ...SEEN, chainId: "pacific-1" } } as const;
    stores.halts.put({ ...haltWith({ podName: name, podUID: `uid of ${name}` }, status), metadata });
  }
  const read = async (url: string): Promise<StatusResult> =>
    url.includes("//10.0.0.19:")
      ? { kind: "ok", at: NOW, envelope: "bare", node: { height: 31, haltIntent: { kind: "absent" } } }
      : { kind: "unreachable", at: NOW, problem: "connection refused" };
  const strangers = new Strangers({ read, steady: () => NOW });
  const own = haltWith({ podName: "sei-0", podUID: "uid of sei-0" });
  const { siblings } = await lookAt(own, stores, { podNames }, { strangers });
  expect(
    siblings.filter(({ state }) => state.kind !== "halted").map(({ name, state }) => [name, state]),
  ).toEqual([["sei-19", { kind: "not-halted", found: "has ended, and a node answers at its address" }]]);
});

const BEFORE = { podUID: "before" };

test("a sibling that was made anew at its halt has halted where it shows that halt by itself", async () => {
  expect(await siblingState(halted(), BEFORE)).toBe("halted");
});

test.each([
  ["does not show the halt", CRASHED, BEFORE],
  ["shows it at another height", halted(31), BEFORE],
  ["shows it on one source alone", { terminated: { exitCode: 70 } }, BEFORE],
  ["runs", { running: {} }, BEFORE],
  ["is of another image", halted(), { ...BEFORE, spec: { image: "registry/seid:v6.5" } }],
  ["came after another halt", halted(), { ...BEFORE, spec: { planName: "v6.6", height: 20 } }],
  ["was seen too far below before", halted(), { ...BEFORE, told: { height: 4 } }],
  ["was seen on another chain before", halted(), { ...BEFORE, told: { chainId: "atlantic-2" } }],
  ["was seen by nobody before", halted(), { ...BEFORE, seen: false }],
  ["came after a copy of a journal alone", halted(), { ...BEFORE, name: "copy" }],
  ["came after a halt that is over", halted(), { ...BEFORE, ended: true }],
  ["came after a halt that a person aborted", halted(), { ...BEFORE, aborted: true }],
] as const)("a sibling that was made anew has not halted where it %s", async (_, state, journaled) => {
  expect(await siblingState(state, journaled)).toBe("not-halted");
});

test("of a halt whose pod is gone no pod of another workload under the same owner is its successor", async () => {
  const stores = createStores();
  stores.policies.put(policyWith({ selector: { matchLabels: LABELS } }));
  const sentry = podOf("sentry-1-a", { running: {} }, LABELS);
  stores.pods.put(sentry);
  const observations = readerOver(stores);
  const strategy = { kind: "Recreate", replicas: 1 } as const;
  const sight = workloadWith({ groups: [groupWith({ podNames: [], strategy })] });
  const podOfHalt = async (kind: string) => {
    const workload = { apiVersion: "apps/v1", kind, resource: "of-that-kind", name: "sei-0", uid: "uid-0" };
    const halt = haltWith({ podName: "sei-0", workload });
    return (await observations.read(halt, Promise.resolve(sight)))().pod.kind;
  };
  expect(await podOfHalt("Deployment")).toBe("successor");
  expect(await podOfHalt("SeiNode")).toBe("gone");
});

test.each<[string, boolean, Pod | undefined, number]>([
  ["is gone, takes none", true, undefined, 0],
  ["still stands halted, takes none", true, podOf("sei-1", CRASHED, LABELS), 0],
  ["is there on the new image, takes one", true, madeAnew(NEW), 1],
  ["was made anew on the image that halted, takes none", true, madeAnew(OLD), 0],
  ["is gone, takes one where none waits for another", false, undefined, 1],
])("of a set in order, a swap of a higher pod that %s of the slots", async (_, isOrdered, higher, slots) => {
  const stores = createStores();
  stores.policies.put(policyWith({ selector: { matchLabels: LABELS } }));
  stores.pods.put(podOf("sei-0", CRASHED, LABELS));
  if (higher !== undefined) stores.pods.put(higher);
  stores.halts.put(haltWith({ podName: "sei-1", podUID: "uid of sei-1" }, { phase: "Recreating" }));
  const { neighbours } = await lookAt(haltWith({ podName: "sei-0", podUID: "uid of sei-0" }), stores, {
    isOrdered,
  });
  expect(neighbours.swapping).toBe(slots);
});

function madeAnew(image: string): Pod {
  const pod = podOf("sei-1", { running: {} }, LABELS);
  const containers = [{ name: "seid", image }];
  return { ...pod, metadata: { ...pod.metadata, uid: "another" }, spec: { containers } };
}

test("an act rests on the workload of the pod as the server has it, also where the watch tells of its change meanwhile", async () => {
  const stores = createStores();
  const policy = policyWith({ selector: { matchLabels: LABELS } });
  stores.policies.put(policy);
  stores.pods.put(podOf("sei-0", halted(), LABELS));
  const halt = haltWith({ podName: "sei-0", podUID: "uid of sei-0" }, { phase: "Swapping" });
  const relabelled = podOf("sei-0", halted(), { ...LABELS, set: "another" });
  const readFor: (string | undefined)[] = [];
  const observations = readerOver(stores, {
    server: {
      api: {
        get: () => Promise.resolve(halt),
      },
      policies: {
        list: async () => {
          await Promise.resolve();
          stores.pods.put(relabelled);
          return { version: "1", objects: [policy] };
        },
      },
      pods: { list: () => Promise.resolve({ version: "1", objects: [relabelled] }) },
    },
    workloads: {
      read: ({ pod }: { readonly pod: Pod }) => {
        readFor.push(pod.metadata.labels?.set);
        return Promise.resolve(workloadWith());
      },
    },
  });
  await observations.readOnServer(halt);
  expect(readFor.at(-1)).toBe("another");
});

const of = <T extends KubeObject>(object: T, resourceVersion: string): T => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion },
});

/** A look at sei-1's halt, for which the pods were listed at version 10, and before which `happens` while its workload is read. */
async function lookLate(happens: (stores: Stores) => void) {
  const stores = createStores();
  const policy = of(policyWith({ selector: { matchLabels: LABELS } }), "1");
  const ready = { conditions: [{ type: "Ready", status: "True" }] };
  const runs = podOf("sei-0", { running: {} }, LABELS);
  const pods = [
    of({ ...runs, status: { ...runs.status, ...ready } }, "2"),
    of(podOf("sei-1", halted(), LABELS), "3"),
  ];
  const halt = of(haltWith({ podName: "sei-1", podUID: "uid of sei-1" }, { phase: "Recreating" }), "4");
  stores.policies.put(policy);
  stores.halts.put(halt);
  for (const pod of pods) stores.pods.put(pod);
  const observations = readerOver(stores, {
    server: {
      api: { get: () => Promise.resolve(halt) },
      policies: { list: () => Promise.resolve({ version: "10", objects: [policy] }) },
      pods: { list: () => Promise.resolve({ version: "10", objects: pods }) },
    },
    workloads: {
      read: () => Promise.resolve(workloadWith({ groups: [groupWith({ podNames: ["sei-0", "sei-1"] })] })),
    },
  });
  const look = await observations.readOnServer(halt);
  happens(stores);
  const { siblings, policy: governing } = look();
  return [siblings.find(({ name }) => name === "sei-0")?.isReady, governing?.spec.paused];
}

test("an act rests on what the watches tell while one of the answers for it is late", async () => {
  expect(await lookLate(() => {})).toEqual([true, false]);
  const crashed = podOf("sei-0", CRASHED, LABELS);
  expect(await lookLate(({ pods }) => void pods.put(of(crashed, "11")))).toEqual([false, false]);
  expect(await lookLate(({ pods }) => void pods.put(of(crashed, "9")))).toEqual([true, false]);
  expect(await lookLate(({ pods }) => pods.delete("sei/sei-0"))).toEqual([false, false]);
  const paused = of(policyWith({ selector: { matchLabels: LABELS }, paused: true }), "11");
  expect(await lookLate(({ policies }) => void policies.put(paused))).toEqual([true, true]);
});

test("nothing is done about a halt whose journal is known to be written, or gone, while one of the answers is late", async () => {
  const halt = haltWith({ podName: "sei-1", podUID: "uid of sei-1" }, { phase: "Recreating" });
  const journal = of(halt, "11");
  await expect(lookLate(({ halts }) => void halts.put(journal))).rejects.toMatchObject({ code: "conflict" });
  const key = keyOf(halt);
  await expect(lookLate(({ halts }) => halts.delete(key))).rejects.toMatchObject({ code: "conflict" });
});

test("the workload is read anew where the pod is known to be another's while one of the answers is late", async () => {
  const relabelled = podOf("sei-1", halted(), LABELS);
  const [owner] = relabelled.metadata.ownerReferences ?? [];
  const ownerReferences = [{ ...owner, uid: "set-2" }] as never;
  const moved = { ...relabelled, metadata: { ...relabelled.metadata, ownerReferences } };
  await expect(lookLate(({ pods }) => void pods.put(of(moved, "11")))).rejects.toMatchObject({
    code: "conflict",
  });
});

test("who else may be there is asked while a halt is recorded, and not before the request for that is made", async () => {
  const stores = createStores();
  stores.policies.put(policyWith({ selector: { matchLabels: LABELS } }));
  const pod = podOf("sei-0", halted(), LABELS);
  stores.pods.put({ ...pod, status: { ...pod.status, podIP: "10.0.0.1" } });
  const asked: string[] = [];
  const read = async (url: string) => {
    asked.push(url);
    return { kind: "unreachable", at: NOW, problem: "refused" };
  };
  const observations = readerOver(stores, { strangers: new Strangers({ read, steady: () => NOW } as never) });
  observations.askAhead(haltWith({ podName: "sei-0", podUID: "uid of sei-0" }));
  await Promise.resolve();
  expect(asked).toEqual([]);
  await until("its address to be asked", () => asked.length === 1);
});
