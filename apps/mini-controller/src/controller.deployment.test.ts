import { until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { ANNOTATION_ABORT } from "./api/group.ts";
import { collectionPath, NODE_HALTS, objectPath, PODS } from "./kube/paths.ts";
import { startDeployment } from "./testing/deployed-node.ts";
import { type Behaviour, image, NAMESPACE, onePlan } from "./testing/fake-cluster.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

test("what a person aborted of a Deployment's node stays so for the pod that comes after it, of another name", async () => {
  const { cluster, addPod, drain, imageSet } = await startDeployment(undo, onePlan, { paused: true });
  cluster.reach(30);
  const said = (reason: string) => () => cluster.halts().find(({ status }) => status?.reason === reason);
  const halt = await until("the halt to be held", said("Paused"));
  await cluster.api.mergePatch(objectPath(NODE_HALTS, NAMESPACE, halt.metadata.name), {
    metadata: { annotations: { [ANNOTATION_ABORT]: "yes" } },
  });
  await cluster.changePolicy({ paused: false });
  await until("the halt to be aborted", said("Aborted"));

  drain("val-abc-1");
  await addPod("val-abc-2");

  const next = await until("the next pod's halt to be held", said("AbortedBefore"));
  expect(next.status?.message).toContain(`NodeHalt ${halt.metadata.name}`);
  expect(await imageSet()).toBe(image("v6.6"));
});

test("a halt that is a person's is told once, however often a Deployment makes its pod anew", async () => {
  const { cluster, pager, addPod, drain } = await startDeployment(undo, (_, height) =>
    height >= 30 ? 72 : undefined,
  );
  cluster.failedPods = true;
  cluster.reach(30);
  await until("the page", () => pager.keys().length === 1);

  for (const number of [2, 3]) {
    drain(`val-abc-${number - 1}`);
    await addPod(`val-abc-${number}`);
    const name = `val-abc-${number}`;
    const hasHalted = () =>
      cluster.pods().find(({ metadata }) => metadata.name === name)?.status?.phase === "Failed";
    await until("the next pod to have halted", hasHalted);
  }
  // A node of its own, whose halt comes through after all that.
  await cluster.addNode("sei-0");
  await until("its page", () => pager.keys().length > 1);

  expect(
    cluster
      .halts()
      .map(({ spec }) => spec.podName)
      .toSorted(),
  ).toEqual(["sei-0-0", "val-abc-1"]);
});

test("the page of a Deployment's pod that is gone stands for the pods after it until one runs, and the next halt is told", async () => {
  let isHalting = true;
  const { cluster, pager, addPod, drain } = await startDeployment(undo, (_, height) =>
    isHalting && height >= 30 ? 72 : undefined,
  );
  cluster.failedPods = true;
  cluster.reach(30);
  await until("the page", () => pager.keys().length === 1);
  drain("val-abc-1");
  await addPod("val-abc-2");
  await until("the next pod to have halted", () => cluster.pods()[0]?.status?.phase === "Failed");
  expect(pager.resolvedKeys()).toEqual([]);

  isHalting = false;
  drain("val-abc-2");
  await addPod("val-abc-3");
  await until("the page to be over", () => {
    cluster.reach(cluster.height + 1);
    return pager.resolvedKeys().length === 1;
  });
  expect(pager.resolvedKeys()).toEqual(pager.keys());

  isHalting = true;
  drain("val-abc-3");
  await addPod("val-abc-4");
  await until("the page about the next halt", () => pager.keys().length === 2);
  expect(cluster.halts().map(({ spec }) => spec.podName)).toEqual(["val-abc-1", "val-abc-4"]);
});

test("a halt that waits for its image is told once, however often a Deployment makes its pod anew, and swapped once it is listed", async () => {
  const { cluster, pager, addPod, drain, imageSet } = await startDeployment(undo, onePlan, { upgrades: [] });
  cluster.reach(30);
  await until("the page", () => pager.keys().length === 1);

  for (const number of [2, 3]) {
    drain(`val-abc-${number - 1}`);
    await addPod(`val-abc-${number}`);
    await until("the next pod's halt to wait as well", () => {
      const next = cluster.halts().find(({ spec }) => spec.podName === `val-abc-${number}`);
      return next?.status?.reason === "ImageMappingMissing";
    });
  }
  expect([pager.keys().length, pager.resolvedKeys()]).toEqual([1, []]);

  await cluster.changePolicy({ upgrades: [{ planName: "v6.7", height: 30, image: image("v6.7") }] });
  await until("the image to be set", async () => (await imageSet()) === image("v6.7"));
  expect(pager.keys()).toHaveLength(1);
});

test("of a Deployment's halt whose reason changes once its pod is gone the next reason is told once, and the first is over", async () => {
  const { cluster, pager, addPod, drain, pass } = await startDeployment(undo, onePlan, { upgrades: [] });
  cluster.reach(30);
  await until("the page", () => pager.keys().length === 1);
  drain("val-abc-1");
  await addPod("val-abc-2");
  await until("the next pod's halt to wait as well", () => cluster.halts()[1]?.status?.phase === "Held");
  await cluster.changePolicy({ upgrades: [{ planName: "v6.7", height: 31, image: image("v6.7") }] });
  const reasons = () => cluster.halts().map(({ status }) => status?.reason);
  await until("both to wait for the other reason", () =>
    reasons().every((reason) => reason === "ListedForAnotherHeight"),
  );
  expect(pager.keys(), "a reason that may be gone in a moment is no page").toHaveLength(1);
  pass(61_000);
  await until("the first page to be over", () => pager.resolvedKeys().length === 1);
  expect([pager.keys().length, pager.resolvedKeys()]).toEqual([2, [pager.keys()[0]]]);
});

test("a page for what is waited for at first stands while a Deployment's pod is made anew, and is told once", async () => {
  const volumes = [{ name: "data", persistentVolumeClaim: { claimName: "data" } }];
  const { cluster, pager, addPod, drain, pass, haltOf } = await startDeployment(
    undo,
    onePlan,
    {},
    { volumes },
  );
  const waits = (name: string) => () => haltOf(name)?.status?.reason === "SameValidatorMayRun";
  await cluster.api.create(collectionPath(PODS, NAMESPACE), {
    ...{ kind: "Pod", metadata: { name: "backup", namespace: NAMESPACE, labels: { app: "backup" } } },
    spec: { volumes, containers: [{ name: "backup", image: "backup:1", volumeMounts: [{ name: "data" }] }] },
    status: { phase: "Running" },
  });
  cluster.reach(30);
  await until("the halt to wait", waits("val-abc-1"));
  pass(61_000);
  await until("the page", () => pager.keys().length === 1);
  drain("val-abc-1");
  await addPod("val-abc-2");
  await until("the next pod's halt to wait", waits("val-abc-2"));
  pass(61_000);
  await until("that to be held", () => haltOf("val-abc-2")?.status?.phase === "Held");
  expect([pager.keys().length, pager.resolvedKeys()]).toEqual([1, []]);
});

test("a Deployment's node does not go back to an image that halted itself", async () => {
  const { cluster, addSet, drain, setImage, haltOf } = await startDeployment(
    undo,
    onePlan,
    { upgrades: [] },
    { height: 27 },
  );
  await until("v6.6 to be seen making blocks", () => {
    if (cluster.height < 29) cluster.reach(cluster.height + 1);
    return cluster.records()[0]?.status?.images?.[0]?.image === image("v6.6");
  });
  cluster.reach(30);
  await until("its halt to be held", () => haltOf("val-abc-1")?.status?.phase === "Held");
  await setImage("v6.8");
  drain("val-abc-1");
  await (await addSet("def", "v6.8", 2))("val-def-1");
  const told = await until("the next halt to be told", () => haltOf("val-def-1")?.status?.reason);
  expect([haltOf("val-def-1")?.spec.reason, told]).toEqual(["binary_too_new", "PreviousImageUnknown"]);
});

test("a Deployment's new image that halts, too, is paged once", async () => {
  const halts: Behaviour = (_, height) => (height >= 30 ? 70 : undefined);
  const { cluster, pager, addSet, drain, imageSet, haltOf } = await startDeployment(undo, halts);
  cluster.reach(30);
  await until("the image to be set", async () => (await imageSet()) === image("v6.7"));
  drain("val-abc-1");
  await (await addSet("def", "v6.7", 2))("val-def-1");
  await until("the page", () => pager.keys().length === 1);
  await until("the next halt to be held", () => haltOf("val-def-1")?.status?.phase === "Held");
  expect(haltOf("val-abc-1")?.status?.reason).toBe("HaltedAgain");
  expect([
    haltOf("val-def-1")?.status?.reason,
    haltOf("val-def-1")?.status?.page,
    pager.keys().length,
  ]).toEqual(["ImageDoesNotHelp", undefined, 1]);
});
