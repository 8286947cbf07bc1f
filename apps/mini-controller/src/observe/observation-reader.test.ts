import { expect, test } from "vitest";
import { ANNOTATION_ABORT } from "../api/group.ts";
import { SlotBook } from "../journal/slot-book.ts";
import type { ContainerState, Pod } from "../model/pod.ts";
import { createStores } from "../model/stores.ts";
import { groupWith, haltWith, NOW, OLD, policyWith, workloadWith } from "../testing/observations.ts";
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

interface Journaled {
  readonly podUID?: string;
  readonly seen?: boolean;
  readonly aborted?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The state of sei-1 as the halt of sei-0 sees it, where a halt of sei-1 was journaled. */
async function siblingState(state: ContainerState, journaled: Journaled = {}) {
  const stores = createStores();
  const { podUID = "uid of sei-1", seen = true, aborted = false, labels = LABELS } = journaled;
  const told = {
    at: "2026-08-21T17:59:59Z",
    sources: ["exit-code", "plan-line"],
    chainId: "pacific-1",
    height: 30,
  };
  stores.policies.put(policyWith({ selector: { matchLabels: LABELS } }));
  const another = policyWith({ selector: { matchLabels: OTHERS } });
  stores.policies.put({ ...another, metadata: { ...another.metadata, name: "another", uid: "another" } });
  stores.pods.put(podOf("sei-0", state, LABELS));
  stores.pods.put(podOf("sei-1", state, labels));
  const own = haltWith({ podName: "sei-0", podUID: "uid of sei-0" });
  const others = haltWith({ podName: "sei-1", podUID });
  const status = seen ? { phase: "Recorded" as const, seen: told } : { phase: "Recorded" as const };
  const annotations = aborted ? { annotations: { [ANNOTATION_ABORT]: "true" } } : {};
  stores.halts.put({ ...others, metadata: { ...others.metadata, name: "other", ...annotations }, status });
  const statuses = new StatusWatch({
    read: () => Promise.reject(new Error("not read")),
    toSighting: () => ({ kind: "silent", at: NOW, problem: "not read" }),
    onChange: () => {},
  });
  const observations = new ObservationReader({
    stores,
    statuses,
    slots: new SlotBook(stores),
    timer: new RecoveryTimer(() => NOW),
    strangers: new Strangers({ read: () => Promise.reject(new Error("not read")), steady: () => NOW }),
    setWasRefused: () => false,
    seenWhenRecorded: () => undefined,
    now: () => NOW,
  } as unknown as ObservationReaderOptions);
  const workload = workloadWith({ groups: [groupWith({ podNames: ["sei-0", "sei-1"] })] });
  const look = await observations.read(own, Promise.resolve(workload));
  return look().siblings.find(({ name }) => name === "sei-1")?.state.kind;
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

test("of a halt whose pod is gone no pod of another workload under the same owner is its successor", async () => {
  const stores = createStores();
  stores.policies.put(policyWith({ selector: { matchLabels: LABELS } }));
  const sentry = podOf("sentry-1-a", { running: {} }, LABELS);
  stores.pods.put(sentry);
  const observations = new ObservationReader({
    stores,
    statuses: new StatusWatch({
      read: () => Promise.reject(new Error("not read")),
      toSighting: () => ({ kind: "silent", at: NOW, problem: "not read" }),
      onChange: () => {},
    }),
    slots: new SlotBook(stores),
    timer: new RecoveryTimer(() => NOW),
    strangers: new Strangers({ read: () => Promise.reject(new Error("not read")), steady: () => NOW }),
    setWasRefused: () => false,
    seenWhenRecorded: () => undefined,
    now: () => NOW,
  } as unknown as ObservationReaderOptions);
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
