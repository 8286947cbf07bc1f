import { until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { FakeCluster } from "./testing/fake-cluster.ts";
import { RequestTrace } from "./testing/request-trace.ts";
import { TestController } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/**
 * What one node's swap waits for: the status of policies, Events and marks on pods wait for nothing, and nothing for them; nor
 * does it wait for what is read of the other nodes.
 */
const isOfHalt = (what: string) =>
  !/\/(events|noderecords)|\/other-\d|haltpolicies\/.*\/status|PATCH .*\/pods\//.test(what);
const isProof = (what: string) => /^GET .*\/statefulsets\/sei-0$/.test(what);
const isSwap = (what: string) => /^PATCH .*\/statefulsets\//.test(what);
/** The requests in a row until the image of the one node that halts is set, beside others that don't. */
async function untilSwap(others: number): Promise<readonly string[]> {
  const cluster = new FakeCluster((image, height) =>
    height >= 30 && image.endsWith("v6.6") ? 70 : undefined,
  );
  await cluster.addPolicy();
  await cluster.addNode("sei-0");
  for (let index = 0; index < others; index += 1) await cluster.addNode(`other-${index}`, "v6.7");
  const trace = new RequestTrace();
  const controller = await new TestController(cluster, { through: trace.through }).start();
  undo.push(() => controller.stop());
  await until("its workload to be known", () => trace.has(isProof));
  trace.clear();
  cluster.reach(30);
  await until("the swap", () => cluster.imagesSet.length > 0);
  return trace.inARow(isSwap, isOfHalt);
}

test.each([0, 99])(
  "a halt is swapped after four requests in a row, beside %i other nodes: record, announce, read again, set",
  async (others) => {
    const row = await untilSwap(others);
    expect(row, row.join(", then ")).toHaveLength(4);
  },
);
