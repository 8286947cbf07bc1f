import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { KubernetesObject } from "@kubernetes/client-node";
import { type Program, until } from "@upgrade-halt/testing";
import { describe, expect } from "vitest";
import { parseAllDocuments } from "yaml";
import { type ControllerOptions, startControllerWith } from "../harness/controller.ts";
import { scenario } from "../harness/scenario.ts";
import type { Testbed } from "../harness/testbed.ts";
import type { FaultProxy, ProxiedRequest } from "./fault-proxy.ts";
import { jumpingClock } from "./jumping-clock.ts";
import { expectSameEnd, letNodesHalt, PATIENCE, prepareHalts, startProxy, untilAsked } from "./same-end.ts";

const LEADER_ROLE = join(import.meta.dirname, "../../apps/mini-controller/deploy/rbac/leader.yaml");
const LEASE = "upgrade-halt-mini-controller";
/** Long enough to be renewed in time on a machine that stands still for seconds: a leader has two thirds of it. */
const LEASE_SECONDS = 15;

/** Lets controllers elect a leader in the testbed's own namespace, with the rules that the manifests give for theirs. */
async function allowLeading({ api, namespace }: Testbed): Promise<void> {
  for (const document of parseAllDocuments(readFileSync(LEADER_ROLE, "utf8"))) {
    const manifest = document.toJS() as KubernetesObject;
    await api.objects.create({ ...manifest, metadata: { ...manifest.metadata, namespace } });
  }
}

/** Starts a candidate for the testbed's lease. */
function startCandidate(testbed: Testbed, { env = {}, server }: ControllerOptions): Promise<Program> {
  const flags = [
    "--leader-elect",
    "--leader-namespace",
    testbed.namespace,
    "--lease-seconds",
    `${LEASE_SECONDS}`,
  ];
  return startControllerWith(testbed, { server, env, flags });
}

async function untilLeading(controller: Program): Promise<void> {
  await until("it to lead", () => controller.lines().some((line) => line.includes('"leading"')), {
    within: PATIENCE,
    explain: () => controller.output(),
  });
}

/** A leader, and another that waits to be, each behind a proxy of its own. */
async function startTwo(testbed: Testbed, proxy: FaultProxy, env: NodeJS.ProcessEnv = {}) {
  await allowLeading(testbed);
  const leader = await startCandidate(testbed, { server: proxy.url, env });
  await untilLeading(leader);
  const proxyOfOther = await startProxy(testbed);
  const other = await startCandidate(testbed, { server: proxyOfOther.url });
  return { leader, other };
}

/** A leader that is killed as soon as the swap is in the journal. */
async function startLeaderToBeKilled(testbed: Testbed) {
  const prepared = await prepareHalts(testbed);
  await allowLeading(testbed);
  const env = { MINI_CONTROLLER_CRASH_AT: "after:journal-Swapping" };
  const leader = await startCandidate(testbed, { env, server: prepared.proxy.url });
  await untilLeading(leader);
  return { prepared, leader };
}

/** A leader that has asked for something and waits for what it is told: `answer` lets it be. */
async function holdLeader(
  testbed: Testbed,
  what: string,
  fits: typeof setsImage,
  env: NodeJS.ProcessEnv = {},
) {
  const prepared = await prepareHalts(testbed);
  const { proxy } = prepared;
  const { leader } = await startTwo(testbed, proxy, env);
  const { promise, resolve: answer } = Promise.withResolvers<void>();
  testbed.cleanup.add(answer);
  proxy.inject((request) => (fits(request) ? { kind: "hold-answer", until: promise } : undefined));
  await letNodesHalt(testbed);
  await untilAsked(proxy, what, fits);
  return { prepared, proxy, leader, answer };
}

/** A write that changes what is done: an Event only tells of it. */
const isWrite = ({ method, path }: ProxiedRequest) => method !== "GET" && !/\/(leases|events)\b/.test(path);
const setsImage = ({ method, path }: { readonly method: string; readonly path: string }) =>
  method === "PATCH" && path.includes("/statefulsets/");
const readsSet = ({ method, path }: { readonly method: string; readonly path: string }) =>
  method === "GET" && path.includes("/statefulsets/sei-0");

async function endOf(controller: Program) {
  const end = await Promise.race([controller.ended, delay(PATIENCE, undefined, { ref: false })]);
  return { end, said: controller.output().includes("the lease was lost") };
}

describe.concurrent("the leader", () => {
  scenario(
    "that is killed leaves what it began to another",
    ["LEADER-KILLED", "EXACTLY-ONCE"],
    async (testbed) => {
      const { prepared, leader } = await startLeaderToBeKilled(testbed);
      await startCandidate(testbed, { server: prepared.proxy.url });
      await letNodesHalt(testbed);
      await expectSameEnd(testbed, prepared);
      expect(await leader.ended).toEqual({ code: null, signal: "SIGKILL" });
    },
  );

  scenario(
    "whose clock is 15 minutes ahead goes on with the swap of the one before",
    ["CLOCK-JUMP", "EXACTLY-ONCE"],
    async (testbed) => {
      const { prepared, leader } = await startLeaderToBeKilled(testbed);
      const next = await startCandidate(testbed, { server: prepared.proxy.url, env: jumpingClock(900_000) });
      next.signal("SIGUSR2");
      await until("its clock to be set", () => next.output().includes("clock set"));
      await letNodesHalt(testbed);
      await expectSameEnd(testbed, prepared);
      expect(await leader.ended).toEqual({ code: null, signal: "SIGKILL" });
    },
  );

  scenario(
    "that is cut off stops, and what it sent before arrives too late",
    ["LEADER-PARTITIONED", "EXACTLY-ONCE"],
    async (testbed) => {
      const prepared = await prepareHalts(testbed);
      const { proxy } = prepared;
      const { leader } = await startTwo(testbed, proxy);
      const healed = Promise.withResolvers<void>();
      testbed.cleanup.add(healed.resolve);
      let cutOffAt = Number.POSITIVE_INFINITY;
      proxy.inject((request) => {
        if (setsImage(request)) cutOffAt = Math.min(cutOffAt, request.at);
        return request.at >= cutOffAt ? { kind: "hold", until: healed.promise } : undefined;
      });
      await letNodesHalt(testbed);
      await untilAsked(proxy, "set the image", setsImage);

      await expectSameEnd(testbed, prepared);
      expect(await endOf(leader)).toEqual({ end: { code: 1, signal: null }, said: true });
      healed.resolve();

      const late = proxy.requests().filter((request) => request.at >= cutOffAt && isWrite(request));
      await until("its late writes to be answered", () => late.every(({ status }) => status !== undefined));
      expect(late.filter(setsImage)).toHaveLength(1);
      expect(late.filter(({ status = 0 }) => status < 300)).toEqual([]);
      for (const { at } of late) expect(at - cutOffAt).toBeLessThan(LEASE_SECONDS * 1000);
      await expectSameEnd(testbed, prepared);
    },
  );

  scenario(
    "that is stopped past its lease writes nothing when it goes on",
    ["LEADER-PAUSED", "EXACTLY-ONCE"],
    async (testbed) => {
      const { prepared, proxy, leader, answer } = await holdLeader(testbed, "read the StatefulSet", readsSet);
      leader.signal("SIGSTOP");
      testbed.cleanup.add(() => leader.signal("SIGCONT"));

      await expectSameEnd(testbed, prepared);
      const before = proxy.requests().length;
      answer();
      leader.signal("SIGCONT");

      expect(await endOf(leader)).toEqual({ end: { code: 1, signal: null }, said: true });
      expect(
        proxy
          .requests()
          .slice(before)
          .filter(({ method }) => method !== "GET"),
      ).toEqual([]);
      await expectSameEnd(testbed, prepared);
    },
  );

  scenario(
    "whose clock is set an hour ahead writes nothing more, and another goes on",
    ["CLOCK-JUMP", "EXACTLY-ONCE"],
    async (testbed) => {
      const { prepared, proxy, leader, answer } = await holdLeader(
        testbed,
        "read the StatefulSet",
        readsSet,
        jumpingClock(3_600_000),
      );
      leader.signal("SIGUSR2");
      await until("its clock to be set", () => leader.output().includes("clock set"));
      const before = proxy.requests().length;
      answer();

      expect(await endOf(leader)).toEqual({ end: { code: 1, signal: null }, said: true });
      expect(proxy.requests().slice(before).filter(isWrite)).toEqual([]);
      await expectSameEnd(testbed, prepared);
    },
  );

  scenario(
    "that is asked to stop finishes what it has in hand, and another goes on at once",
    ["LEADER-KILLED"],
    async (testbed) => {
      const { prepared, leader, answer } = await holdLeader(testbed, "set the image", setsImage);
      leader.signal("SIGTERM");
      const holder = () => testbed.api.objects.read<LeaseObject>(leaseIn(testbed));
      const held = (await holder()).spec?.holderIdentity;
      answer();

      expect(await endOf(leader)).toEqual({ end: { code: 0, signal: null }, said: false });
      expect(held).not.toBe("");
      await expectSameEnd(testbed, prepared);
    },
  );

  scenario("that there are two of, both acting, changes nothing", ["EXACTLY-ONCE"], async (testbed) => {
    const prepared = await prepareHalts(testbed);
    const server = prepared.proxy.url;
    await Promise.all([1, 2, 3].map(() => startControllerWith(testbed, { server })));
    await letNodesHalt(testbed);
    await expectSameEnd(testbed, prepared);
  });
});

interface LeaseObject extends KubernetesObject {
  readonly spec?: { readonly holderIdentity?: string };
}

function leaseIn({ namespace }: Testbed) {
  return { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name: LEASE, namespace } };
}
