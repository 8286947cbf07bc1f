import { until } from "@upgrade-halt/testing";
import { describe, expect } from "vitest";
import { metricsUrlOf, startControllerWith } from "../harness/controller.ts";
import { haltOf, heightOf } from "../harness/observe.ts";
import { scenario } from "../harness/scenario.ts";
import type { Testbed } from "../harness/testbed.ts";
import type { Fault, ProxiedRequest } from "./fault-proxy.ts";
import { expectSameEnd, letNodesHalt, PATIENCE, type PreparedHalts, prepareHalts } from "./same-end.ts";

/** Plays the two halts with a controller whose requests meet `decide`. */
async function playWith(
  testbed: Testbed,
  decide: (request: ProxiedRequest) => Fault | undefined,
): Promise<PreparedHalts> {
  const prepared = await prepareHalts(testbed);
  await startControllerWith(testbed, { server: prepared.proxy.url });
  // One that opens only after the cut would meet no fault, and leave them all to the others.
  await until("all watches to be open", () => openWatches(prepared) === WATCHED, { within: PATIENCE });
  prepared.proxy.inject(decide);
  prepared.proxy.cutWatches();
  await letNodesHalt(testbed);
  await expectSameEnd(testbed, prepared);
  return prepared;
}

/** Pods, policies, journals and records. */
const WATCHED = 4;
const openWatches = ({ proxy }: PreparedHalts) =>
  new Set(proxy.requests().flatMap((watch) => (watch.isWatch && watch.status === 200 ? pathOf(watch) : [])))
    .size;

const isWrite = ({ method }: ProxiedRequest) => method !== "GET";
const pathOf = ({ method, path }: ProxiedRequest) => `${method} ${path.split("?")[0]}`;

/** The fault for the first `times` requests that fit, and for those with the same method and path alone each. */
function first(times: number, fits: (request: ProxiedRequest) => boolean, fault: Fault) {
  const met = new Map<string, number>();
  return (request: ProxiedRequest): Fault | undefined => {
    if (!fits(request)) return undefined;
    const before = met.get(pathOf(request)) ?? 0;
    met.set(pathOf(request), before + 1);
    return before < times ? fault : undefined;
  };
}

describe.concurrent("the same halts end the same way", () => {
  scenario("in a storm of conflicts", ["FAULT-CONFLICTS"], async (testbed) => {
    const { proxy } = await playWith(testbed, first(8, isWrite, { kind: "answer", status: 409 }));
    expect(proxy.requests().filter(({ status }) => status === undefined).length).toBeGreaterThan(30);
  });

  scenario("when watches are too old", ["FAULT-EXPIRED"], async (testbed) => {
    const expired = { type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired" } };
    let watches = 0;
    const { proxy } = await playWith(testbed, ({ isWatch }) => {
      if (!isWatch) return undefined;
      watches += 1;
      if (watches > 9) return undefined;
      return watches % 2 ? { kind: "event", event: expired } : { kind: "answer", status: 410 };
    });
    const explain = () =>
      JSON.stringify(
        proxy.requests().filter(({ isWatch }) => isWatch),
        null,
        1,
      );
    await until("watches to be accepted again", () => watches > 9, { explain });
    const lists = proxy.requests().filter(({ path }) => path.includes("limit="));
    expect(lists.length).toBeGreaterThan(9);
  });

  scenario("when a server asks to wait", ["FAULT-RETRY-AFTER"], async (testbed) => {
    const refused = first(2, ({ method }) => ["PUT", "PATCH", "DELETE"].includes(method), {
      kind: "answer",
      status: 429,
      headers: { "retry-after": "1" },
    });
    const { proxy } = await playWith(testbed, refused);
    const pauses = proxy.requests().flatMap((request, index, all) => {
      if (request.status !== undefined || request.method === "GET") return [];
      const again = all.slice(index + 1).find((other) => pathOf(other) === pathOf(request));
      return again ? [again.at - request.at] : [];
    });
    expect(pauses.length).toBeGreaterThan(8);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(990);
  });

  scenario("when watches end with the wish to wait", ["FAULT-RETRY-AFTER"], async (testbed) => {
    const status = { kind: "Status", code: 429, reason: "TooManyRequests", message: "slow down" };
    const object = { ...status, details: { retryAfterSeconds: 2 } };
    const decide = first(2, ({ isWatch }) => isWatch, { kind: "event", event: { type: "ERROR", object } });
    const refused: ProxiedRequest[] = [];
    const { proxy } = await playWith(testbed, (request) => {
      const fault = decide(request);
      if (fault !== undefined) refused.push(request);
      return fault;
    });
    const watches = proxy.requests().filter(({ isWatch }) => isWatch);
    const pauses = refused.flatMap((watch) => {
      const again = watches.find((other) => other.at > watch.at && pathOf(other) === pathOf(watch));
      return again ? [again.at - watch.at] : [];
    });
    expect(pauses.length).toBeGreaterThan(2);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1_990);
  });

  scenario("when requests fail", ["FAULT-SERVER-ERRORS"], async (testbed) => {
    await playWith(
      testbed,
      first(2, () => true, { kind: "answer", status: 500 }),
    );
  });

  scenario("when answers are lost", ["FAULT-LOST-ANSWERS"], async (testbed) => {
    const { proxy } = await playWith(testbed, first(1, isWrite, { kind: "lose-answer" }));
    expect(
      proxy.requests().filter((request) => isWrite(request) && request.status === 200).length,
    ).toBeGreaterThan(5);
  });

  scenario("when watches are cut again and again", ["FAULT-WATCH-CUT"], async (testbed) => {
    const prepared = await prepareHalts(testbed);
    await startControllerWith(testbed, { server: prepared.proxy.url });
    const cutting = setInterval(() => prepared.proxy.cutWatches(), 150);
    testbed.cleanup.add(() => clearInterval(cutting));
    await letNodesHalt(testbed);
    await expectSameEnd(testbed, prepared);
    expect(prepared.proxy.requests().filter(({ isWatch }) => isWatch).length).toBeGreaterThan(20);
  });

  scenario("when the API server is away as they happen", ["FAULT-SERVER-RESTART"], async (testbed) => {
    const prepared = await prepareHalts(testbed);
    await startControllerWith(testbed, { server: prepared.proxy.url });
    prepared.proxy.setDown(true);
    await letNodesHalt(testbed);
    await until(
      "both nodes to halt",
      async () => {
        const { items } = await testbed.api.core.listNamespacedPod({ namespace: testbed.namespace });
        const ended = items.filter(({ status }) =>
          status?.containerStatuses?.some(({ state }) => state?.terminated),
        );
        return ended.length === 1 && (await heightOf(testbed, "sei-0")) >= 10;
      },
      { within: PATIENCE },
    );
    prepared.proxy.setDown(false);
    await expectSameEnd(testbed, prepared);
  });

  scenario("when every answer is slow", ["FAULT-SLOW"], async (testbed) => {
    await playWith(testbed, ({ isWatch }) => ({ kind: "slow", ms: isWatch ? 50 : 250 }));
  });

  scenario("when requests are never answered", ["FAULT-HALF-OPEN"], async (testbed) => {
    const never = new Promise(() => {});
    const fits = ({ method, path }: ProxiedRequest) => method === "PATCH" && path.includes("/statefulsets/");
    await playWith(testbed, first(1, fits, { kind: "hold-answer", until: never }));
    await haltOf(testbed, "sei-0", "Recovered");
  });

  scenario("when a watch is open and silent for ever", ["FAULT-HALF-OPEN"], async (testbed) => {
    const prepared = await prepareHalts(testbed);
    prepared.proxy.inject(first(1, ({ isWatch }) => isWatch, { kind: "mute" }));
    const controller = await startControllerWith(testbed, { server: prepared.proxy.url });
    await letNodesHalt(testbed);
    await expectSameEnd(testbed, prepared);
    const metrics = await (await fetch(`${metricsUrlOf(controller)}/metrics`)).text();
    expect(metrics).toContain('upgrade_halt_watch_restarts_total{resource="pods",reason="silent"} 1');
  });
});
