import type { KubeApi } from "@upgrade-halt/kube";
import { until } from "@upgrade-halt/testing";
import { describe, expect, test } from "vitest";
import { ControllerError } from "../controller-error.ts";
import { FakeApi } from "../testing/fake-api.ts";
import { GuardedApi } from "../testing/guarded-api.ts";
import { Fence } from "./fence.ts";
import { LeaderElection } from "./leader-election.ts";

const LEASE = "/apis/coordination.k8s.io/v1/namespaces/system/leases/lease";
/** What a test waits for the end of. */
const LEASE_MS = 1_000;
/** Of a lease that is not to end while a test looks, however long the machine stands still. */
const LONG_MS = 300_000;

function candidate(api: KubeApi, identity: string, leaseMs = LONG_MS, retryMs = 20) {
  const fence = new Fence((leaseMs * 2) / 3);
  const problems: string[] = [];
  const election = new LeaderElection({
    api,
    namespace: "system",
    name: "lease",
    identity,
    fence,
    leaseMs,
    retryMs,
    onProblem: (message) => problems.push(message),
  });
  return { election, fence, problems, stop: new AbortController() };
}

function holder(api: FakeApi): string | undefined {
  return (api.objects.get(LEASE)?.spec as { holderIdentity?: string } | undefined)?.holderIdentity;
}

describe("leader election", () => {
  test("one of two leads, and the other begins as soon as it gives the lease back", async () => {
    const api = new FakeApi();
    const [a, b] = [candidate(api, "a"), candidate(api, "b")];
    await a.election.acquire(a.stop.signal);
    const waiting = b.election.acquire(b.stop.signal);
    const held = a.election.hold(a.stop.signal);
    expect(holder(api)).toBe("a");
    expect([a.fence.isOpen, b.fence.isOpen]).toEqual([true, false]);
    a.stop.abort();
    expect(await held).toBe("held");
    expect(a.fence.isOpen).toBe(true);
    await a.election.release();
    expect(a.fence.isOpen).toBe(false);
    await waiting;
    expect(holder(api)).toBe("b");
    expect(api.objects.get(LEASE)?.spec).toMatchObject({ leaseTransitions: 1 });
  });

  test("a lease that nobody renews is taken over, not before its duration was watched", async () => {
    const api = new FakeApi();
    const [a, b] = [candidate(api, "a", LEASE_MS), candidate(api, "b", LEASE_MS)];
    await a.election.acquire(a.stop.signal);
    const began = performance.now();
    await b.election.acquire(b.stop.signal);
    expect(performance.now() - began).toBeGreaterThanOrEqual(LEASE_MS);
    expect(a.fence.isOpen).toBe(false);
    expect(holder(api)).toBe("b");
  });

  test("it is taken over as soon as that is over, however seldom it is looked at", async () => {
    const api = new FakeApi();
    const [a, b] = [candidate(api, "a", LEASE_MS), candidate(api, "b", LEASE_MS, LONG_MS)];
    await a.election.acquire(a.stop.signal);
    await b.election.acquire(b.stop.signal);
    expect(holder(api)).toBe("b");
  });

  test("a lease that is over is not asked for without a pause while the API server can't be reached", async () => {
    const api = new FakeApi();
    let requests = 0;
    let cut = false;
    const guarded = new GuardedApi(api, () => {
      requests += 1;
      if (cut) throw new ControllerError("unreachable", "no route to host");
    });
    const [a, b] = [candidate(api, "a", LEASE_MS), candidate(guarded, "b", LEASE_MS, LEASE_MS)];
    await a.election.acquire(a.stop.signal);
    const waiting = b.election.acquire(b.stop.signal);
    await until("b has seen the lease", () => requests > 0 || undefined);
    cut = true;
    await until("the lease is over and was asked for again", () => b.problems.length > 4 || undefined);
    cut = false;
    await waiting;
    expect(requests).toBeLessThan(12);
  });

  test("a leader that is cut off from the API server stops leading before its lease is over", async () => {
    const api = new FakeApi();
    let cut = false;
    const guarded = new GuardedApi(api, () => {
      if (cut) throw new ControllerError("unreachable", "no route to host");
    });
    const [a, b] = [candidate(guarded, "a", LEASE_MS), candidate(api, "b", LEASE_MS)];
    await a.election.acquire(a.stop.signal);
    const held = a.election.hold(a.stop.signal);
    cut = true;
    await b.election.acquire(b.stop.signal);
    expect(a.fence.isOpen, "no longer when another may lead").toBe(false);
    expect(await held).toBe("lost");
    expect(a.problems).toContain("no route to host");
    expect(a.fence.check).toThrow();
  });

  test("a leader that wakes up after another took over finds its fence shut and its lease lost", async () => {
    const api = new FakeApi();
    const a = candidate(api, "a");
    await a.election.acquire(a.stop.signal);
    await api.mergePatch(LEASE, { spec: { holderIdentity: "b" } });
    expect(await a.election.hold(a.stop.signal)).toBe("lost");
    expect(holder(api)).toBe("b");
  });

  test("a leader that woke up too late has lost its lease, also when nobody took it", async () => {
    const api = new FakeApi();
    const a = candidate(api, "a");
    await a.election.acquire(a.stop.signal);
    a.fence.renew(performance.now() - LONG_MS, Date.now() - LONG_MS);
    const before = api.objects.get(LEASE)?.metadata.resourceVersion;
    expect(await a.election.hold(a.stop.signal)).toBe("lost");
    expect(api.objects.get(LEASE)?.metadata.resourceVersion).toBe(before);
  });

  test("a leader that stood still while it renewed writes nothing when it goes on", async () => {
    const api = new FakeApi();
    let isStopped = false;
    const guarded = new GuardedApi(api, ({ verb }) => {
      if (isStopped && verb === "get") a.fence.renew(performance.now() - LONG_MS, Date.now() - LONG_MS);
    });
    const a = candidate(guarded, "a");
    await a.election.acquire(a.stop.signal);
    const before = api.objects.get(LEASE)?.metadata.resourceVersion;
    isStopped = true;
    expect(await a.election.hold(a.stop.signal)).toBe("lost");
    expect(guarded.calls.at(-1)?.verb, "it was in the middle of a renewal").toBe("get");
    expect(api.objects.get(LEASE)?.metadata.resourceVersion).toBe(before);
  });

  test("a leader does not take its lease back from one that had it and gave it back", async () => {
    const api = new FakeApi();
    const a = candidate(api, "a");
    await a.election.acquire(a.stop.signal);
    await api.mergePatch(LEASE, { spec: { holderIdentity: "", leaseTransitions: 1 } });
    expect(await a.election.hold(a.stop.signal)).toBe("lost");
    expect(holder(api)).toBe("");
  });

  test("a lease whose acquisition was not answered is held at the next attempt, not after its duration", async () => {
    const api = new FakeApi();
    let [lost, asked] = [0, 0];
    const counted = new GuardedApi(api, () => (asked += 1));
    const unanswered: KubeApi = Object.assign(counted, {
      create: async (path: string, body: object) => {
        await api.create(path, body);
        lost += 1;
        throw new ControllerError("unreachable", "read ECONNRESET");
      },
    });
    const a = candidate(unanswered, "a");
    await a.election.acquire(a.stop.signal);
    expect([lost, holder(api)]).toEqual([1, "a"]);
    expect(asked, "read twice, written once").toBe(3);
  });

  test("an attempt that is refused with a time to wait is made again after it", async () => {
    const at: number[] = [];
    const guarded = new GuardedApi(new FakeApi(), ({ verb }) => {
      if (verb !== "create") return;
      at.push(performance.now());
      if (at.length === 1) throw new ControllerError("too-many-requests", "x", { retryAfterMs: 150 });
    });
    const a = candidate(guarded, "a");
    await a.election.acquire(a.stop.signal);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(149);
  });

  test("two that find no lease at once end with one leader", async () => {
    const api = new FakeApi();
    const candidates = ["a", "b", "c"].map((identity) => candidate(api, identity));
    const leading = candidates.map(({ election, stop }) =>
      election.acquire(stop.signal).then(
        () => true,
        () => false,
      ),
    );
    await until("a holder", () => holder(api));
    expect(candidates.filter(({ fence }) => fence.isOpen)).toHaveLength(1);
    for (const { stop } of candidates) stop.abort();
    expect((await Promise.all(leading)).filter(Boolean)).toHaveLength(1);
  });
});
