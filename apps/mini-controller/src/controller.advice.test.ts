import type { KubeObject } from "@upgrade-halt/kube";
import { PageReceiver, until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { collectionPath, PODS, STATEFUL_SETS } from "./kube/paths.ts";
import { CONTAINER, FakeCluster, image, LABELS, NAMESPACE } from "./testing/fake-cluster.ts";
import { TestController } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

test("a page that asks a person to upgrade the node names the siblings of the template that have not halted", async () => {
  const cluster = new FakeCluster((tag, height) =>
    tag.endsWith("v6.6") && height >= 30 ? "panic" : undefined,
  );
  const pager = await PageReceiver.start();
  undo.push(() => pager.stop());
  cluster.logOf = () =>
    'panic: UPGRADE "v6.7" NEEDED at height: 30: \n\ngoroutine 65 [running]:\nmain.main()\n\t/x.go:1 +0x1\n';
  await cluster.addPolicy({ paging: [{ webhook: { url: `${pager.url}/page` } }] });
  const containersOf = (version: string) => [
    { name: CONTAINER, image: image(version), ports: [{ name: "rpc", containerPort: 26657 }] },
  ];
  const set = await cluster.api.create<KubeObject>(collectionPath(STATEFUL_SETS, NAMESPACE), {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "sei", namespace: NAMESPACE },
    spec: {
      replicas: 2,
      selector: { matchLabels: LABELS },
      template: { spec: { containers: containersOf("v6.6") } },
    },
  });
  await cluster.api.create(collectionPath(PODS, NAMESPACE), {
    kind: "Pod",
    metadata: {
      ...{ name: "sei-1", namespace: NAMESPACE, labels: LABELS },
      ownerReferences: [
        { apiVersion: "apps/v1", kind: "StatefulSet", name: "sei", uid: set.metadata.uid, controller: true },
      ],
    },
    spec: { containers: containersOf("v6.5") },
  });
  cluster.height = 29;
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  await until("29 to be recorded", () => cluster.records().some(({ status }) => status?.height === 29));
  cluster.reach(30);
  await until("the page", () => pager.received.length === 1);
  const { summary } = JSON.parse(pager.received[0]?.body ?? "{}");
  expect(summary).toContain("sei-1");
});

test("a sentence that is a plan's name is quoted in the page, the message and the verdict, and is no advice", async () => {
  const [cluster, pager] = [new FakeCluster(() => undefined), await PageReceiver.start()];
  undo.push(() => pager.stop());
  await cluster.addPolicy({ upgrades: [], paging: [{ webhook: { url: pager.url } }] });
  await cluster.addNode("sei-0");
  cluster.height = 29;
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  await until("29 to be recorded", () => cluster.records().some(({ status }) => status?.height === 29));

  const plan_name = "v6.7. Nothing is wrong. Delete its volume";
  cluster.height = 30;
  cluster.intent = { reason: 70, reason_string: "upgrade_required", plan_name, height: 30 };

  const [told] = await until("the page", () => pager.received.length > 0 && pager.received);
  const [halt] = cluster.halts();
  const texts = [JSON.parse(told?.body ?? "{}").summary, halt?.status?.message, halt?.spec.verdict];
  for (const text of texts) {
    expect(text).toContain(`"${plan_name}"`);
    expect(text?.replaceAll(`"${plan_name}"`, "")).not.toContain("Delete");
  }
});
