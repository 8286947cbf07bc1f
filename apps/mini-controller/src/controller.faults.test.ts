import { PageReceiver, until } from "@upgrade-halt/testing";
import pino from "pino";
import { afterEach, describe, expect, test } from "vitest";
import { CONDITION_NOT_HALTED, LABEL_HALT } from "./api/group.ts";
import type { HaltPolicy } from "./api/halt-policy.ts";
import type { NodeHalt } from "./api/node-halt.ts";
import { ControllerError } from "./controller-error.ts";
import { collectionPath, HALT_POLICIES, NODE_HALTS, objectPath, PODS } from "./kube/paths.ts";
import { FakeCluster, image, NAMESPACE, onePlan } from "./testing/fake-cluster.ts";
import type { Call } from "./testing/guarded-api.ts";
import { haltWith } from "./testing/observations.ts";
import { TestController, type TestControllerOptions } from "./testing/test-controller.ts";
import { LASTING_MS, STARTING_MS } from "./workloads/unreadable.ts";

const SET = "/apis/apps/v1/namespaces/sei/statefulsets/sei-0";
const POD = "/api/v1/namespaces/sei/pods/sei-0-0";
const SET_REF = { apiVersion: "apps/v1", kind: "StatefulSet", resource: "statefulsets", name: "sei-0" };
const HOUR_MS = 3_600_000;

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function start(cluster: FakeCluster, options: TestControllerOptions = {}): Promise<TestController> {
  const controller = new TestController(cluster, options);
  undo.push(() => controller.stop());
  return await controller.start();
}

async function startPager(): Promise<PageReceiver> {
  const pager = await PageReceiver.start();
  undo.push(() => pager.stop());
  return pager;
}

/** A cluster with one node, and a policy with a pager. */
async function setStage(cluster: FakeCluster, spec: object = {}): Promise<PageReceiver> {
  const pager = await startPager();
  await cluster.addPolicy({ paging: [{ webhook: { url: pager.url } }], ...spec });
  await cluster.addNode("sei-0");
  return pager;
}

function inPhase(cluster: FakeCluster, phase: string, reason?: string): NodeHalt | undefined {
  return cluster
    .halts()
    .find(({ status }) => status?.phase === phase && (reason === undefined || status.reason === reason));
}

/** Lets the controller look again: its next look comes with any change. */
async function touch(cluster: FakeCluster): Promise<void> {
  await cluster.api.mergePatch(POD, { metadata: { annotations: { touched: String(performance.now()) } } });
}

function isWriteOf(what: string): (call: Call) => boolean {
  return ({ verb, path }) => verb !== "get" && verb !== "list" && verb !== "watch" && path.includes(what);
}

describe("a halt whose recording fails", () => {
  test("is recorded and paged for all the same when its pod is gone by then", async () => {
    const cluster = new FakeCluster();
    const pager = await setStage(cluster, { upgrades: [] });
    let failures = 3;
    await start(cluster, {
      onCall: ({ verb, path }) => {
        if (verb !== "create" || !path.endsWith("/nodehalts") || failures === 0) return;
        failures -= 1;
        if (failures === 2) {
          cluster.behave = () => undefined;
          cluster.api.drop(POD);
        }
        throw new ControllerError("server-error", "etcd: leader changed");
      },
    });
    cluster.reach(30);
    const halt = await until("the halt", () => cluster.halts()[0]);
    expect(halt.spec.podUID).toBe(cluster.podsDeleted[0]);
    expect(failures).toBe(0);
    await until("the page", () => pager.keys().length > 0);
    expect(inPhase(cluster, "Held")?.status).toMatchObject({
      reason: "ImageMappingMissing",
      seen: { sources: ["exit-code", "plan-line", "last-height"] },
    });
  });
});

describe("a node that can't be recorded", () => {
  const busy = () => new ControllerError("too-many-requests", "busy", { retryAfterMs: 20 });

  test("for as long as the API server is too busy for that has its halt recorded and paged for all the same", async () => {
    const cluster = new FakeCluster();
    const pager = await setStage(cluster, { upgrades: [] });
    await start(cluster, {
      onCall: ({ verb, path }) => {
        if (verb === "create" && path.endsWith("/noderecords")) throw busy();
      },
    });
    cluster.reach(30);
    await until("the page", () => pager.keys().length === 1);
    expect(inPhase(cluster, "Held", "ImageMappingMissing")).toBeDefined();
    expect(cluster.records()).toEqual([]);
  });

  test("as its pod goes, for a minute long, keeps nothing of the pod after it back", async () => {
    const cluster = new FakeCluster(() => undefined);
    const pager = await setStage(cluster, { upgrades: [] });
    let isFaulty = false;
    let later = 0;
    let failures = 0;
    cluster.height = 20;
    await start(cluster, {
      now: () => Date.now() + later,
      onCall: (call) => {
        if (!isFaulty || !isWriteOf("/noderecords")(call)) return;
        failures += 1;
        throw new ControllerError("server-error", "etcd: leader changed");
      },
    });
    await until("its record", () => cluster.records()[0]?.status?.height === 20);
    isFaulty = true;
    cluster.unread = true;
    cluster.behave = onePlan;
    cluster.height = 30;
    cluster.api.drop(POD);
    await until("two failures", () => failures >= 2);
    expect(cluster.halts()).toEqual([]);
    later = LASTING_MS;
    await until("the page", () => pager.keys().length === 1);
  });

  test.each([
    ["busy", busy()],
    ["at fault", new ControllerError("server-error", "etcd: leader changed")],
  ])("as the API server is %s while its pod goes is recorded once it is not", async (_, fault) => {
    const cluster = new FakeCluster(() => undefined);
    await setStage(cluster);
    let failures = 0;
    let isBusy = false;
    cluster.height = 20;
    await start(cluster, {
      onCall: (call) => {
        if (!isBusy || !isWriteOf("/noderecords")(call)) return;
        failures += 1;
        if (failures === 3) isBusy = false;
        throw fault;
      },
    });
    cluster.height = 25;
    await until("its image to be recorded", () => cluster.records()[0]?.status?.images?.length === 1);
    cluster.height = 27;
    await until("27 to be told", () => cluster.heightsTold.get("sei-0-0") === 27);
    isBusy = true;
    const [pod] = cluster.pods();
    cluster.silent.add("sei-0-0");
    cluster.api.drop(POD);
    await until("what its node told last", () => cluster.records()[0]?.status?.height === 27);
    expect(cluster.records()[0]?.status?.podUID).toBe(pod?.metadata.uid);
    expect(failures).toBe(3);
  });
});

describe("an API server that refuses", () => {
  test("with conflicts is asked less and less often, and the halt ends as without them", async () => {
    const cluster = new FakeCluster();
    await setStage(cluster);
    const refused: number[] = [];
    await start(cluster, {
      onCall: (call) => {
        if (!isWriteOf("/nodehalts/")(call) || refused.length === 15) return;
        refused.push(performance.now());
        throw new ControllerError("conflict", "the object has been modified");
      },
    });
    cluster.reach(30);
    await until("Recovered", () => {
      cluster.reach(cluster.height + 1);
      return inPhase(cluster, "Recovered");
    });
    // Three refusals a turn, and 12, 25, 50 and 100 ms between the turns at least. What changes meanwhile, as the halt's own
    // journal does at first, is looked at without delay: that may take the first two of these away.
    expect((refused.at(-1) ?? 0) - (refused[0] ?? 0)).toBeGreaterThan(140);
    expect(cluster.imagesSet).toHaveLength(1);
    expect(cluster.podsDeleted).toHaveLength(1);
  });

  test("with a journal that it never takes is told of by a page", async () => {
    const cluster = new FakeCluster();
    const pager = await setStage(cluster, { upgrades: [] });
    const replace = cluster.api.replace.bind(cluster.api);
    cluster.api.replace = async (path, body) => {
      const { reason } = (body as Partial<NodeHalt>).status ?? {};
      if (reason === "ImageMappingMissing") throw new ControllerError("invalid", "status.phase: Unsupported");
      return await replace(path, body);
    };
    await start(cluster);
    cluster.reach(30);
    await until("the page", () => pager.keys().some((key) => key.endsWith("/JournalRefused")));
    expect(cluster.halts()[0]?.status?.message).toContain("status.phase: Unsupported");
    // Its pod may show it no more once the rest is taken.
    expect(cluster.halts()[0]?.status?.seen?.sources).toContain("exit-code");
  });

  test("with what a pod showed that it never takes is told of by a page, too", async () => {
    const cluster = new FakeCluster();
    const pager = await setStage(cluster, { upgrades: [] });
    const replace = cluster.api.replace.bind(cluster.api);
    cluster.api.replace = async (path, body) => {
      if ((body as Partial<NodeHalt>).status?.seen !== undefined)
        throw new ControllerError("invalid", "status.seen: Invalid value");
      return await replace(path, body);
    };
    await start(cluster);
    cluster.reach(30);
    await until("the page", () => pager.keys().some((key) => key.endsWith("/JournalRefused")));
    expect(cluster.halts()[0]?.status?.message).toContain("status.seen: Invalid value");
  });

  test("of which it takes no record is paged for once, until it does, and nothing is done", async () => {
    const cluster = new FakeCluster();
    const pager = await setStage(cluster);
    const create = cluster.api.create.bind(cluster.api);
    let isFull = true;
    let refusals = 0;
    cluster.api.create = async (path, body) => {
      if (isFull && (body as Partial<NodeHalt>).kind === "NodeHalt") {
        refusals += 1;
        throw new ControllerError("forbidden", "exceeded quota: count/nodehalts.upgrade-halt.dev");
      }
      return await create(path, body);
    };
    cluster.height = 29;
    let later = 0;
    await start(cluster, { now: () => Date.now() + later });
    await until("its record", () => cluster.records().length === 1);
    cluster.reach(30);
    // A server that has just started refuses at first what it allows later.
    await until("two refusals", () => refusals >= 2);
    expect(pager.received).toEqual([]);
    later = STARTING_MS;
    await until("the page", () => pager.received.length === 1);
    const unready = () =>
      cluster.policy().status?.conditions?.find(({ reason }) => reason === "JournalRefused");
    const condition = await until("the condition", unready);
    expect(condition).toMatchObject({ type: "Ready", status: "False" });
    expect(condition.message).toContain("sei-0-0, so nothing is done about it: exceeded quota");
    expect(cluster.halts()).toEqual([]);
    await touch(cluster);
    isFull = false;
    await until("the swap", () => inPhase(cluster, "Recovering"));
    await until("the end of the page", () => pager.resolvedKeys().length === 1);
    expect(pager.keys()).toEqual([expect.stringMatching(/\/JournalRefused$/)]);
    expect(pager.resolvedKeys()).toEqual(pager.keys());
    await until("the end of the condition", () => unready() === undefined);
  });

  /** A halt whose status may not be written, nobody says for how long. */
  async function haltUnwritten(policy: object = {}) {
    const cluster = new FakeCluster();
    const pager = await setStage(cluster, policy);
    const store = { isFull: true, refusals: 0, later: 0 };
    cluster.height = 29;
    const options: TestControllerOptions = {
      now: () => Date.now() + store.later,
      onCall: (call) => {
        if (!store.isFull || !isWriteOf("/nodehalts/")(call)) return;
        store.refusals += 1;
        throw new ControllerError("forbidden", "nodehalts/status is forbidden");
      },
    };
    const controller = await start(cluster, options);
    await until("its record", () => cluster.records().length === 1);
    cluster.reach(30);
    await until("two refusals", () => store.refusals >= 2);
    expect(pager.received).toEqual([]);
    store.later = STARTING_MS;
    await until("the page", () => pager.received.length === 1);
    return { cluster, pager, store, controller };
  }

  test("of whose record it takes no status is paged for once, until it does, and nothing is done", async () => {
    const { cluster, pager, store } = await haltUnwritten();
    const unready = () =>
      cluster.policy().status?.conditions?.find(({ reason }) => reason === "JournalRefused");
    const condition = await until("the condition", unready);
    expect(condition.message).toContain("what is to be written about the halt of pod sei-0-0");
    expect(cluster.halts().map(({ status }) => status)).toEqual([undefined]);
    expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
    await touch(cluster);
    store.isFull = false;
    await until("the swap", () => inPhase(cluster, "Recovering"));
    await until("the end of the page", () => pager.resolvedKeys().length === 1);
    expect(pager.keys()).toEqual([expect.stringMatching(/\/JournalRefused$/)]);
    expect(pager.resolvedKeys()).toEqual(pager.keys());
    await until("the end of the condition", () => unready() === undefined);
  });

  test("of whose record it takes no status is told by the policy's other name", async () => {
    const { cluster, pager } = await haltUnwritten();
    await cluster.addPolicy({ paging: [{ webhook: { url: pager.url } }] }, "validators");
    cluster.api.drop(objectPath(HALT_POLICIES, NAMESPACE, "sei"));
    await until("the condition", async () => {
      const path = objectPath(HALT_POLICIES, NAMESPACE, "validators");
      const { status } = await cluster.api.get<HaltPolicy>(path);
      return status?.conditions?.some(({ reason }) => reason === "JournalRefused");
    });
    expect(pager.received).toHaveLength(1);
  });

  test("of whose record it takes no status is told of no longer once that NodeHalt is deleted", async () => {
    const { cluster, pager } = await haltUnwritten({ upgrades: [] });
    cluster.behave = () => undefined;
    cluster.api.drop(POD);
    const { name } = cluster.halts()[0]?.metadata ?? {};
    cluster.api.drop(`/apis/upgrade-halt.dev/v1alpha1/namespaces/sei/nodehalts/${name}`);
    await until("the end of the page", () => pager.resolvedKeys().length === 1);
    expect(pager.resolvedKeys()).toEqual(pager.keys());
  });

  test("with a record that it does not take has a shorter one", async () => {
    const cluster = new FakeCluster();
    await setStage(cluster, { upgrades: [] });
    const create = cluster.api.create.bind(cluster.api);
    cluster.api.create = async (path, body) => {
      if ((body as Partial<NodeHalt>).spec?.planName !== undefined)
        throw new ControllerError("invalid", "spec.planName: Too long");
      return await create(path, body);
    };
    await start(cluster);
    cluster.reach(30);
    const halt = await until("the journal", () => cluster.halts()[0]);
    expect(halt.spec).toMatchObject({ reason: "upgrade_required", sources: [] });
    expect(halt.spec.verdict).toContain("spec.planName: Too long");
  });

  test("with a status that it never takes shows why in the log", async () => {
    const cluster = new FakeCluster();
    await setStage(cluster);
    const errors: string[] = [];
    await start(cluster, {
      onCall: (call) => {
        if (isWriteOf("/nodehalts/")(call)) throw new ControllerError("invalid", "steps: Too many");
      },
      log: pino({ level: "warn" }, { write: (line) => errors.push(JSON.parse(line).error) }),
    });
    cluster.reach(30);
    await until("a warning", () => errors.length > 0);
    expect(errors[0]).toBe("steps: Too many");
  });
});

describe("two controllers that both act", () => {
  test("swap once, and page once", async () => {
    const cluster = new FakeCluster((of) =>
      of.endsWith("v6.5") ? 72 : of.endsWith("v6.6") ? 70 : undefined,
    );
    const pager = await setStage(cluster);
    await cluster.addNode("low", "v6.5");
    await Promise.all([start(cluster), start(cluster), start(cluster)]);
    await until("both ends", () => {
      cluster.reach(cluster.height + 1);
      return inPhase(cluster, "Recovered") && inPhase(cluster, "Paged");
    });
    expect(cluster.halts()).toHaveLength(2);
    expect(cluster.imagesSet).toEqual([`sei-0 ${image("v6.7")}`]);
    expect(cluster.podsDeleted).toHaveLength(1);
    expect(pager.received).toHaveLength(1);
  });
});

describe("a page whose delivery can't be journaled", () => {
  test("is not sent again by the same controller", async () => {
    const cluster = new FakeCluster((of) => (of.endsWith("v6.6") ? 72 : undefined));
    const pager = await setStage(cluster);
    let [now, refused] = [Date.now(), 0];
    await start(cluster, {
      now: () => now,
      onCall: (call) => {
        if (!isWriteOf("/nodehalts/")(call) || pager.received.length === 0 || refused === 3) return;
        refused += 1;
        throw new ControllerError("server-error", "etcd: leader changed");
      },
    });
    await until("Paged", () => {
      now += 1_000;
      void touch(cluster).catch(() => {});
      return inPhase(cluster, "Paged");
    });
    expect(refused).toBe(3);
    expect(pager.received).toHaveLength(1);
  });
});

describe("a policy that changes in the middle of a swap", () => {
  /** Changes it when the swap is journaled, and before its image is set. */
  async function changeBeforeImage(change: (cluster: FakeCluster) => Promise<void>) {
    const cluster = new FakeCluster();
    const pager = await setStage(cluster);
    const first = await start(cluster, {
      onBoundary: (boundary, kill) => boundary === "after:journal-Swapping" && kill(),
    });
    cluster.reach(30);
    await until("the kill", () => first.killed);
    await change(cluster);
    await start(cluster);
    return { cluster, pager };
  }

  test.each([
    ["lists nothing any more", (cluster: FakeCluster) => cluster.changePolicy({ upgrades: [] })],
    [
      "lists another image",
      (cluster: FakeCluster) =>
        cluster.changePolicy({ upgrades: [{ planName: "v6.7", image: image("v6.7.1") }] }),
    ],
    [
      "contradicts itself",
      (cluster: FakeCluster) =>
        cluster.changePolicy({
          upgrades: [
            { planName: "v6.7", image: image("v6.7") },
            { planName: "v6.7", height: 30, image: image("v6.7.1") },
          ],
        }),
    ],
    [
      "asks for a person",
      (cluster: FakeCluster) => cluster.changePolicy({ actions: { upgradeRequired: "Page" } }),
    ],
  ])("and %s sets nothing, and is paged", async (_, change) => {
    const { cluster, pager } = await changeBeforeImage(change);
    await until(
      "the page",
      () => inPhase(cluster, "Failed", "ImageWithdrawn")?.status?.page?.state === "Sent",
    );
    expect(cluster.imagesSet).toEqual([]);
    expect(cluster.podsDeleted).toEqual([]);
    expect(pager.received).toHaveLength(1);
  });

  test("and is deleted sets nothing until it is made anew", async () => {
    const { cluster } = await changeBeforeImage(async ({ api }) =>
      api.drop("/apis/upgrade-halt.dev/v1alpha1/namespaces/sei/haltpolicies/sei"),
    );
    await until("held", () => inPhase(cluster, "Swapping", "PolicyMissing"));
    expect(cluster.imagesSet).toEqual([]);
    expect(cluster.podsDeleted).toEqual([]);
    await cluster.addPolicy({ upgrades: [{ planName: "v6.7", height: 30, image: image("v6.7") }] });
    await until("Recovered", () => {
      cluster.reach(cluster.height + 1);
      return inPhase(cluster, "Recovered");
    });
    expect(cluster.imagesSet).toHaveLength(1);
  });

  test("and is paused waits until it is resumed", async () => {
    const { cluster } = await changeBeforeImage((cluster) => cluster.changePolicy({ paused: true }));
    await until("a look", () => cluster.halts()[0]?.status?.phase === "Swapping");
    await touch(cluster);
    expect(cluster.imagesSet).toEqual([]);
    await cluster.changePolicy({ paused: false });
    await until("Recovered", () => {
      cluster.reach(cluster.height + 1);
      return inPhase(cluster, "Recovered");
    });
    expect(cluster.imagesSet).toHaveLength(1);
  });
});

describe("an image that was changed and changed back", () => {
  test("is not set by a patch that was made before and arrives late", async () => {
    const cluster = new FakeCluster();
    await setStage(cluster);
    const set = (to: string) =>
      cluster.api.jsonPatch(SET, [
        { op: "replace", path: "/spec/template/spec/containers/0/image", value: to },
      ]);
    let meddled = false;
    const controller = await start(cluster, {
      onCall: (call) => {
        if (!isWriteOf("/statefulsets/")(call) || meddled) return;
        meddled = true;
        void set(image("v6.0"));
        void set(image("v6.6"));
      },
    });
    cluster.reach(30);
    await until("Recovered", () => {
      cluster.reach(cluster.height + 1);
      return inPhase(cluster, "Recovered");
    });
    const patches = controller.api.calls.filter(isWriteOf("/statefulsets/"));
    expect(patches).toHaveLength(2);
    expect(cluster.imagesSet.at(-1)).toBe(`sei-0 ${image("v6.7")}`);
  });
});

describe("a wrong image", () => {
  test("that halts for the same plan fails, is paged once and not tried again", async () => {
    const cluster = new FakeCluster(() => 70);
    const pager = await setStage(cluster);
    await start(cluster);
    await until("the page", () => inPhase(cluster, "Failed", "HaltedAgain")?.status?.page?.state === "Sent");
    const second = await until("the second journal", () => inPhase(cluster, "Held", "ImageDoesNotHelp"));
    expect(second.status?.page).toBeUndefined();
    expect(pager.received).toHaveLength(1);
    expect(cluster.imagesSet).toHaveLength(1);
    expect(cluster.podsDeleted).toHaveLength(1);
  });
});

describe("a binary that is too new", () => {
  test("is rolled back once its exit says what its announcement said alone", async () => {
    const cluster = new FakeCluster(() => undefined);
    const pager = await startPager();
    await cluster.addPolicy({ upgrades: [], paging: [{ webhook: { url: pager.url } }] });
    await cluster.addNode("sei-0", "v6.7");
    await start(cluster);
    await until("its image to be recorded", () => {
      cluster.reach(cluster.height + 1);
      return cluster.records()[0]?.status?.images?.length === 1;
    });
    await cluster.api.jsonPatch(SET, [
      { op: "replace", path: "/spec/template/spec/containers/0/image", value: image("v6.8") },
    ]);
    cluster.startedAt = new Date().toISOString();
    cluster.api.drop(POD);
    await until("the new pod", () => cluster.pods()[0]?.spec.containers[0]?.image === image("v6.8"));
    cluster.intent = { reason: 71, plan_name: "v6.8" };
    await until("Held", () => inPhase(cluster, "Held", "NotCorroborated"));
    cluster.behave = (of) => (of.endsWith("v6.8") ? 71 : undefined);
    cluster.intent = undefined;
    await cluster.api.mergePatch(`${POD}/status`, { status: { containerStatuses: null } });
    await until("Recovered", () => {
      cluster.reach(cluster.height + 1);
      return inPhase(cluster, "Recovered");
    });
    expect(cluster.imagesSet.at(-1)).toBe(`sei-0 ${image("v6.7")}`);
  });
});

describe("a clock that is set", () => {
  test.each([
    ["an hour ahead", HOUR_MS],
    ["an hour back", -HOUR_MS],
  ])("%s between two controllers loses and doubles nothing", async (_, jump) => {
    const cluster = new FakeCluster((of) => (of.endsWith("v6.6") ? 70 : undefined));
    const pager = await setStage(cluster, { upgrades: [], recoveryTimeoutSeconds: 7_200 });
    pager.status = 503;
    const first = await start(cluster);
    await until("a failed page", () => inPhase(cluster, "Held")?.status?.page?.attempts === 1);
    await first.stop();
    pager.status = 200;
    await start(cluster, { now: () => Date.now() + jump });
    await until("the page", () => inPhase(cluster, "Held")?.status?.page?.state === "Sent");
    await cluster.changePolicy({ upgrades: [{ planName: "v6.7", height: 30, image: image("v6.7") }] });
    await until("Recovered", () => {
      cluster.reach(cluster.height + 1);
      return inPhase(cluster, "Recovered")?.status?.page?.state === "Resolved";
    });
    expect(pager.received).toHaveLength(2);
    expect(pager.resolvedKeys()).toEqual(pager.keys());
    expect(cluster.imagesSet).toHaveLength(1);
  });
});

describe("a page receiver that is down for an hour", () => {
  test("gets its page once when it is back, and was asked ever less often", async () => {
    const cluster = new FakeCluster((of) => (of.endsWith("v6.6") ? 72 : undefined));
    const pager = await setStage(cluster);
    pager.status = 503;
    let now = Date.parse("2026-08-21T18:00:00Z");
    const back = now + HOUR_MS;
    await start(cluster, { now: () => now });
    const attempts: number[] = [];
    while (now < back) {
      const count = attempts.length;
      const page = await until("an attempt", () => {
        const page = cluster.halts()[0]?.status?.page;
        return page !== undefined && page.attempts > count && page.lastError !== undefined ? page : undefined;
      });
      attempts.push(now);
      expect(page).toMatchObject({ state: "Pending", lastError: expect.stringContaining("503") });
      now = Date.parse(page.nextAttemptAt ?? "");
      if (now >= back) pager.status = 200;
      await touch(cluster);
    }
    await until("Paged", () => inPhase(cluster, "Paged"));
    expect(pager.received).toHaveLength(1);
    expect(attempts.length).toBeGreaterThan(12);
    expect(attempts.length).toBeLessThan(35);
    expect(now - back).toBeLessThan(300_000);
  });
});

describe("a pod whose halted container crashes as it restarts", () => {
  test("keeps the label and the condition of its halt", async () => {
    const cluster = new FakeCluster();
    await setStage(cluster, { upgrades: [] });
    await start(cluster);
    cluster.reach(30);
    const label = () => cluster.pods()[0]?.metadata.labels?.["upgrade-halt.dev/halt"];
    await until("the label", () => label() === "upgrade_required");
    const crash = (exitCode: number) => ({ terminated: { exitCode, reason: "Error", message: "" } });
    const statuses = { name: "seid", restartCount: 2, state: crash(2), lastState: crash(130) };
    await cluster.api.mergePatch(`${POD}/status`, { status: { containerStatuses: [statuses] } });
    await until("the crash to be counted", () => {
      const policy = cluster.api.objects.get(
        "/apis/upgrade-halt.dev/v1alpha1/namespaces/sei/haltpolicies/sei",
      );
      return (policy?.status as { restarts?: number } | undefined)?.restarts === 2;
    });
    expect(label()).toBe("upgrade_required");
  });
});

describe("a pod that has a journal already", () => {
  const intent = (plan: string, height: number) => ({
    reason: 70,
    reason_string: "upgrade_required",
    plan_name: plan,
    height,
  });

  /** A node that stays alive, and was seen to announce its halt. */
  async function standing(spec: object = {}, announced: object = intent("v6.7", 30)) {
    const cluster = new FakeCluster(() => undefined);
    const pager = await setStage(cluster, { upgrades: [], ...spec });
    await start(cluster);
    await announce(cluster, 30, announced);
    return { cluster, pager };
  }

  async function announce(cluster: FakeCluster, height: number, announced: object): Promise<void> {
    cluster.reach(height);
    cluster.intent = announced;
    await until("its journal", () => halts(cluster, announced).length > 0);
  }

  const halts = (cluster: FakeCluster, { plan_name }: { plan_name?: string }) =>
    cluster.halts().filter(({ spec }) => plan_name === undefined || spec.planName === plan_name);

  test("and halts for another plan before that is over has another, and both are told", async () => {
    const { cluster, pager } = await standing({
      upgrades: [{ planName: "v6.7", height: 30, image: image("v6.7") }],
      paused: true,
    });
    await announce(cluster, 50, intent("v6.8", 50));
    await until("the page", () => pager.keys().some((key) => key.endsWith("/ImageMappingMissing")));
    const [first] = halts(cluster, { plan_name: "v6.7" });
    await until(
      "the first to be over",
      () => inPhase(cluster, "Recovered")?.metadata.name === first?.metadata.name,
    );
    expect(cluster.halts()).toHaveLength(2);
  });

  test("and halts for another plan in the same run has another, and so has the same plan once more", async () => {
    const upgrades = [50, 70].map((height) => ({ planName: `v${height}`, height, image: image("v6.7") }));
    const { cluster } = await standing({ upgrades, paused: true });
    for (const count of [1, 2]) {
      cluster.intent = undefined;
      cluster.reach(51);
      await until(
        "the halt to be over",
        () => cluster.halts().filter(({ status }) => status?.phase === "Withdrawn").length === count,
      );
      cluster.reach(50);
      cluster.intent = intent("v50", 50);
      await until("the next journal", () => cluster.halts().length === count + 1);
    }
    expect(new Set(cluster.halts().map(({ metadata }) => metadata.name)).size).toBe(3);
  });

  test("is none that somebody wrote under another name", async () => {
    const cluster = new FakeCluster();
    await setStage(cluster, { upgrades: [] });
    await start(cluster);
    const { uid = "" } = cluster.pods()[0]?.metadata ?? {};
    for (const name of ["copy-1", "copy-2"])
      await cluster.api.create("/apis/upgrade-halt.dev/v1alpha1/namespaces/sei/nodehalts", {
        metadata: { name, namespace: "sei" },
        spec: { ...haltWith().spec, podUID: uid, image: image("v6.6"), workload: SET_REF },
      });
    cluster.reach(30);
    const own = await until("its own", () =>
      cluster
        .halts()
        .find(({ metadata, status }) => !metadata.name.startsWith("copy") && status?.page !== undefined),
    );
    await cluster.changePolicy({ upgrades: [{ planName: "v6.7", height: 30, image: image("v6.7") }] });
    await until("Recovered", () => {
      cluster.reach(cluster.height + 1);
      return (
        cluster.halts().find(({ metadata }) => metadata.name === own.metadata.name)?.status?.reason ===
        "Recovered"
      );
    });
    const swapped = cluster.halts().filter(({ status }) => status?.toImage !== undefined);
    expect(swapped.map(({ metadata }) => metadata.name)).toEqual([own.metadata.name]);
  });

  test("and tells a height below nought is recorded without it, and paged for", async () => {
    const { cluster, pager } = await standing({}, intent("v6.7", -5));
    expect(cluster.halts()[0]?.spec).not.toHaveProperty("height");
    expect(cluster.halts()[0]?.spec.verdict).toContain("-5");
    await until("the page", () => pager.received.length > 0);
  });
});

describe("a pod that no policy selects any more", () => {
  test("is watched until it is put right, and its page is resolved", async () => {
    const cluster = new FakeCluster();
    const pager = await setStage(cluster, { paused: true });
    await start(cluster);
    cluster.reach(30);
    await until("Held", () => inPhase(cluster, "Held"));
    await cluster.api.mergePatch(POD, { metadata: { labels: { "app.kubernetes.io/name": "taken-out" } } });
    await until("the page", () => pager.keys().some((key) => key.endsWith("/PodNotSelected")));
    cluster.restart("sei-0-0");
    await until("every page to be over", () => {
      cluster.reach(cluster.height + 1);
      return pager.keys().every((key) => pager.resolvedKeys().includes(key));
    });
    expect(inPhase(cluster, "Withdrawn")).toBeDefined();
  });
});

describe("a NodeHalt that somebody deletes", () => {
  const NODE_HALTS = "/apis/upgrade-halt.dev/v1alpha1/namespaces/sei/nodehalts";

  /** A node that stands halted, with a page at its receiver. */
  async function pagedHalt() {
    const cluster = new FakeCluster();
    const pager = await setStage(cluster, { upgrades: [] });
    await start(cluster);
    cluster.reach(30);
    await until("the page", () => cluster.halts()[0]?.status?.page?.state === "Sent");
    const name = cluster.halts()[0]?.metadata.name ?? "";
    return { cluster, pager, name };
  }

  test("has its page taken back, at the next attempt if need be, once its pod is gone", async () => {
    const { cluster, pager, name } = await pagedHalt();
    cluster.behave = () => undefined;
    cluster.api.drop(POD);
    await until("its successor", () => cluster.pods().length === 1);
    pager.status = 503;
    cluster.api.drop(`${NODE_HALTS}/${name}`);
    await until("an attempt", () => pager.refused === 1);
    pager.status = 200;
    await until("the end of the page", () => pager.resolvedKeys().length === 1);
    expect(pager.resolvedKeys()).toEqual(pager.keys());
    expect(pager.received).toHaveLength(2);
  });

  test("has its page taken back where its policy was deleted before it", async () => {
    const { cluster, pager, name } = await pagedHalt();
    cluster.api.drop(objectPath(HALT_POLICIES, NAMESPACE, "sei"));
    await until("the policy to be missed", () => cluster.halts()[0]?.status?.reason === "PolicyMissing");
    expect(pager.resolvedKeys()).toEqual([]);
    cluster.api.drop(`${NODE_HALTS}/${name}`);
    await until("the end of the page", () => pager.resolvedKeys().length === 1);
    expect(pager.resolvedKeys()).toEqual(pager.keys());
  });

  test("while its page is on its way, and is recorded anew, has that page sent once more", async () => {
    const cluster = new FakeCluster();
    const pager = await setStage(cluster, { upgrades: [] });
    let isDropped = false;
    let isTaken = false;
    await start(cluster, {
      onBoundary: (boundary) => {
        if (boundary !== "before:confirm-page" || isDropped) return;
        isDropped = true;
        cluster.api.drop(`${NODE_HALTS}/${cluster.halts()[0]?.metadata.name}`);
      },
      // Until its page is taken back.
      onCall: ({ verb, path }) => {
        isTaken ||= pager.resolvedKeys().length > 0;
        if (verb === "create" && path === NODE_HALTS && isDropped && !isTaken)
          throw new ControllerError("server-error", "etcd: leader changed");
      },
    });
    cluster.reach(30);
    await until("the page of the next", () => {
      void touch(cluster);
      return cluster.halts()[0]?.status?.page?.state === "Sent";
    });
    const states = pager.received.map(({ body }) => JSON.parse(body).state);
    expect(states).toEqual(["firing", "resolved", "firing"]);
  });

  test("of a node that stands halted is recorded anew, and its page stands", async () => {
    const { cluster, pager, name } = await pagedHalt();
    const { uid } = cluster.halts()[0]?.metadata ?? {};
    cluster.api.drop(`${NODE_HALTS}/${name}`);
    await until("its page", () => {
      const [halt] = cluster.halts();
      return halt !== undefined && halt.metadata.uid !== uid && halt.status?.page?.state === "Sent";
    });
    await touch(cluster);
    await until(
      "the label",
      () => cluster.pods()[0]?.metadata.labels?.["upgrade-halt.dev/halt"] !== undefined,
    );
    expect(pager.resolvedKeys()).toEqual([]);
    expect(pager.keys()).toHaveLength(1);
  });
});

describe("a pod that was marked as halted", () => {
  const dropPolicy = ({ api }: FakeCluster) => api.drop(objectPath(HALT_POLICIES, NAMESPACE, "sei"));

  test.each<[string, (cluster: FakeCluster, controller: TestController) => Promise<unknown>]>([
    ["its policy is a dry run", (cluster) => cluster.changePolicy({ dryRun: true })],
    [
      "no policy selects it",
      ({ api }) => api.mergePatch(POD, { metadata: { labels: { "app.kubernetes.io/name": "taken-out" } } }),
    ],
    ["its policy was deleted", async (cluster) => dropPolicy(cluster)],
    [
      "its policy was deleted, and another controller leads",
      async (cluster, controller) => {
        dropPolicy(cluster);
        await controller.stop();
        await start(cluster);
      },
    ],
    [
      "its policy and its NodeHalt were deleted",
      async (cluster) => {
        dropPolicy(cluster);
        for (const { metadata } of cluster.halts())
          cluster.api.drop(objectPath(NODE_HALTS, NAMESPACE, metadata.name));
      },
    ],
  ])("and runs again loses its marks, though %s by then", async (_, change) => {
    const cluster = new FakeCluster();
    await setStage(cluster, { upgrades: [] });
    const controller = await start(cluster);
    cluster.reach(30);
    const marks = () => {
      const [pod] = cluster.pods();
      const condition = pod?.status?.conditions?.find(({ type }) => type === "upgrade-halt.dev/NotHalted");
      return [pod?.metadata.labels?.["upgrade-halt.dev/halt"], condition?.status];
    };
    await until("its marks", () => marks().join() === "upgrade_required,False");
    await change(cluster, controller);
    cluster.restart("sei-0-0");
    await until("them to be taken off", () => {
      cluster.reach(cluster.height + 1);
      return marks().join() === ",True";
    });
  });
});

test("the label of a pod that was never marked, and that no policy selects, is left to whoever wrote it", async () => {
  const cluster = new FakeCluster();
  await setStage(cluster);
  const labels = { "upgrade-halt.dev/halt": "maintenance" };
  await cluster.api.create(collectionPath(PODS, NAMESPACE), {
    ...{ kind: "Pod", metadata: { name: "stranger", namespace: NAMESPACE, labels } },
    spec: { containers: [{ name: "x", image: "x" }] },
  });
  await cluster.api.create(collectionPath(PODS, NAMESPACE), {
    ...{ kind: "Pod", metadata: { name: "marked", namespace: NAMESPACE, labels } },
    spec: { containers: [{ name: "x", image: "x" }] },
    status: { conditions: [{ type: CONDITION_NOT_HALTED, status: "False" }] },
  });
  await start(cluster);
  const labelsOf = (name: string) =>
    cluster.pods().find(({ metadata }) => metadata.name === name)?.metadata.labels ?? {};
  // They are looked at in order.
  await until("the mark of the other to be taken off", () => !(LABEL_HALT in labelsOf("marked")));
  await touch(cluster);
  cluster.reach(30);
  await until("the swap", () => cluster.imagesSet.length === 1);
  expect(labelsOf("stranger")).toEqual(labels);
});
