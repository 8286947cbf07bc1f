import { classify } from "@upgrade-halt/consumer";
import pino from "pino";
import { afterAll, expect, test, vi } from "vitest";
import type { NodeHaltStatus } from "./api/node-halt.ts";
import { Detector, type DetectorOptions } from "./detect/detector.ts";
import { SlotBook } from "./journal/slot-book.ts";
import type { ContainerState, Pod } from "./model/pod.ts";
import { createStores, type Stores } from "./model/stores.ts";
import { NodeReconciler, type NodeReconcilerOptions } from "./node-reconciler.ts";
import { NodeWatch, type NodeWatchOptions } from "./observe/node-watch.ts";
import { ObservationReader, type ObservationReaderOptions } from "./observe/observation-reader.ts";
import { RecoveryTimer } from "./observe/recovery-timer.ts";
import { StatusWatch } from "./observe/status-watch.ts";
import { Strangers } from "./observe/strangers.ts";
import { haltWith, NOW, OLD, policyWith, workloadWith } from "./testing/observations.ts";

// Files of one worker share their modules: this one's take what is mocked, and the next file's do not.
vi.hoisted(() => vi.resetModules());
afterAll(() => {
  vi.resetModules();
});
vi.mock("@upgrade-halt/consumer", async (load) => {
  const real = await load<typeof import("@upgrade-halt/consumer")>();
  return { ...real, classify: vi.fn(real.classify) };
});

const HALTED: ContainerState = {
  terminated: { exitCode: 70, message: 'UPGRADE "v6.7" NEEDED at height: 30: \n' },
};

function podWith(state: ContainerState): Pod {
  return {
    metadata: { name: "sei-0-0", namespace: "sei", uid: "uid-1", labels: { app: "node" } },
    spec: { containers: [{ name: "seid", image: OLD }] },
    status: { phase: "Running", containerStatuses: [{ name: "seid", restartCount: 0, state }] },
  };
}

const HELD: NodeHaltStatus = { phase: "Held", reason: "ChosenByPolicy", steps: [] };

interface Beside {
  /** What happens while the node is looked at. */
  readonly meanwhile?: (stores: Stores) => void;
  readonly mark?: (pod: Pod) => void;
}

/** A reconciler of one node, whose policy does nothing about any halt; with the halt's journal where it has one. */
function reconcilerOf(
  state: ContainerState,
  journaled: NodeHaltStatus | undefined,
  { meanwhile, mark }: Beside = {},
): NodeReconciler {
  const stores = createStores();
  const actions = { upgradeRequired: "Hold" };
  const selector = { matchLabels: { app: "node" } };
  stores.policies.put(policyWith({ selector, actions, dryRun: true }));
  stores.pods.put(podWith(state));
  if (journaled !== undefined) stores.halts.put(haltWith({ restartCount: 0 }, journaled));
  const notRead = () => Promise.reject(new Error("not read"));
  const statuses = new StatusWatch({
    read: notRead,
    toSighting: () => ({ kind: "silent", at: NOW, problem: "not read" }),
    onChange: () => {},
  });
  const slots = new SlotBook(stores);
  const shared = { stores, statuses, slots, now: () => NOW, log: pino({ level: "silent" }), onBoundary() {} };
  const workload = workloadWith();
  const unrecorded = { over() {}, tell: () => Promise.resolve(undefined) };
  return new NodeReconciler({
    ...shared,
    detector: new Detector({ ...shared, unrecorded } as unknown as DetectorOptions),
    observations: new ObservationReader({
      ...shared,
      workloads: { read: () => Promise.resolve(workload) },
      timer: new RecoveryTimer(() => NOW),
      strangers: new Strangers({ read: notRead, steady: () => NOW }),
      setWasRefused: () => false,
      seenWhenRecorded: () => undefined,
    } as unknown as ObservationReaderOptions),
    steps: {
      write: (halt: object, status: NodeHaltStatus) => {
        const written = { ...halt, status };
        stores.halts.put(written as never);
        return Promise.resolve(written);
      },
    },
    watch: new NodeWatch({
      ...shared,
      logs: { want: () => undefined, forget() {} },
    } as unknown as NodeWatchOptions),
    recorder: { note: () => Promise.resolve(meanwhile?.(stores)) },
    unrecorded,
    orphaned: unrecorded,
    marks: { sync: (pod: Pod) => Promise.resolve(mark?.(pod)) },
    onPageDue() {},
  } as unknown as NodeReconcilerOptions);
}

/** How often the node is judged by a reconcile that finds everything as the one before has left it. */
async function judgementsOf(state: ContainerState, journaled?: NodeHaltStatus): Promise<number> {
  const reconciler = reconcilerOf(state, journaled);
  await reconciler.reconcile("sei/sei-0-0");
  vi.mocked(classify).mockClear();
  await reconciler.reconcile("sei/sei-0-0");
  return vi.mocked(classify).mock.calls.filter(([{ process }]) => process !== undefined).length;
}

test("a node that runs is judged once a reconcile", async () => {
  expect(await judgementsOf({ running: { startedAt: "2026-08-21T17:00:00Z" } })).toBe(1);
});

test("a node whose halt is held is judged once, and twice more by what its journal says of it", async () => {
  expect(await judgementsOf(HALTED, HELD)).toBe(3);
});

test.each([
  ["is marked where it is as it was judged", () => {}, 1],
  [
    "that changed meanwhile is left to its own change",
    ({ pods }: Stores) => {
      const pod = podWith(HALTED);
      pods.put({ ...pod, metadata: { ...pod.metadata, resourceVersion: "2" } });
    },
    0,
  ],
  ["that went meanwhile is left alone", ({ pods }: Stores) => pods.delete("sei/sei-0-0"), 0],
])("a halted pod %s", async (_, meanwhile, times) => {
  const mark = vi.fn();
  await reconcilerOf(HALTED, HELD, { meanwhile, mark }).reconcile("sei/sei-0-0");
  expect(mark).toHaveBeenCalledTimes(times);
});
