import { Store } from "@upgrade-halt/kube";
import pino from "pino";
import { expect, test } from "vitest";
import type { NodeRecord } from "../api/node-record.ts";
import { NODE_RECORDS, objectPath } from "../kube/paths.ts";
import type { LiveStatus } from "../model/live-status.ts";
import type { Pod } from "../model/pod.ts";
import { FakeApi } from "../testing/fake-api.ts";
import { policyWith } from "../testing/observations.ts";
import { NodeRecorder } from "./node-recorder.ts";

const IMAGE = "registry/seid:v6.6";
const policy = policyWith({ upgrades: [{ planName: "v6.7", height: 30, image: "registry/seid:v6.7" }] });

function podOf(uid: string, revision = "sei-0-a"): Pod {
  return {
    metadata: {
      ...{ name: "sei-0-0", namespace: "sei", uid },
      labels: { "controller-revision-hash": revision },
      ownerReferences: [
        { apiVersion: "apps/v1", kind: "StatefulSet", name: "sei-0", uid: "set-1", controller: true },
      ],
    },
    spec: { containers: [{ name: "seid", image: IMAGE }] },
    status: { containerStatuses: [{ name: "seid", restartCount: 0, imageID: "registry/seid@sha256:a" }] },
  };
}

function liveAt(height: number, changes: Partial<LiveStatus> = {}): LiveStatus {
  return {
    ...{ sighting: { kind: "answered" } as never, chainId: "pacific-1", validatorAddress: "AB", height },
    ...{ firstHeight: 1, firstHeightAt: 0, run: 0, runHeight: 1, ...changes },
  };
}

function recorderAt(
  time: { now: number } = { now: 0 },
  [api, records]: [FakeApi, Store<NodeRecord>] = [new FakeApi(), new Store()],
) {
  return new NodeRecorder({ api, records, log: pino({ level: "silent" }), now: () => time.now });
}

test("a height is recalled for the very pod that told it, chain and validator for the node", async () => {
  const recorder = recorderAt();
  await recorder.note(podOf("one"), policy, liveAt(29));
  expect(recorder.recall(podOf("one"))).toEqual({
    ...{ chainId: "pacific-1", height: 29, validatorAddress: "AB" },
  });
  const { height, ...rest } = recorder.recall(podOf("two")) ?? {};
  expect([height, rest]).toEqual([undefined, { chainId: "pacific-1", validatorAddress: "AB" }]);
});

test("a new pod at the height of the one before is recorded as itself", async () => {
  const recorder = recorderAt();
  await recorder.note(podOf("one"), policy, liveAt(29));
  await recorder.note(podOf("two"), policy, liveAt(29));
  expect(recorder.recall(podOf("two"))?.height).toBe(29);
  expect(recorder.recall(podOf("one"))?.height).toBeUndefined();
});

test("a node that passed a listed height is recorded past it", async () => {
  const recorder = recorderAt();
  await recorder.note(podOf("one"), policy, liveAt(29));
  await recorder.note(podOf("one"), policy, liveAt(5_000));
  expect(recorder.recall(podOf("one"))?.height).toBe(5_000);
});

test("another validator that the node tells it signs as is recorded at once", async () => {
  const recorder = recorderAt();
  await recorder.note(podOf("one"), policy, liveAt(20));
  await recorder.note(podOf("one"), policy, liveAt(20, { validatorAddress: "CD" }));
  expect(recorder.recall(podOf("one"))?.validatorAddress).toBe("CD");
});

test("several validators that one run told are recorded with it, and recalled of that very pod", async () => {
  const recorder = recorderAt();
  await recorder.note(podOf("one"), policy, liveAt(20, { addressOf: 2 }));
  const unread = { height: undefined, sighting: { kind: "silent" } as never };
  await recorder.note(podOf("one"), policy, liveAt(20, { ...unread, addressOf: 2, alsoTold: ["CD"] }));
  expect(recorder.recall(podOf("one"))).toMatchObject({
    validatorAddress: "AB",
    alsoTold: ["CD"],
    addressOf: 2,
  });
  expect(recorder.recall(podOf("one"))?.height).toBeUndefined();
  expect(recorder.recall(podOf("two"))?.alsoTold).toBeUndefined();
  await recorder.note(podOf("one"), policy, liveAt(21, { addressOf: 3 }));
  expect(recorder.recall(podOf("one"))).toMatchObject({ height: 21, addressOf: 3 });
  expect(recorder.recall(podOf("one"))?.alsoTold).toBeUndefined();
});

test("on another chain nothing of the first is left", async () => {
  const recorder = recorderAt();
  await recorder.note(podOf("one"), policy, liveAt(29));
  await recorder.note(podOf("one"), policy, liveAt(3, { chainId: "atlantic-2", runHeight: 3 }));
  const { status } = recorder.recordOf(podOf("one")) ?? {};
  expect(status).toMatchObject({ chainId: "atlantic-2", height: 3, images: [] });
});

test("an image is recorded with its template, and again when its pod goes", async () => {
  const time = { now: 0 };
  const recorder = recorderAt(time);
  await recorder.note(podOf("one"), policy, liveAt(20));
  time.now = 60_000;
  await recorder.note(podOf("one"), policy, liveAt(21));
  const imagesOf = () => recorder.recordOf(podOf("one"))?.status?.images;
  expect(imagesOf()).toMatchObject([{ image: IMAGE, revision: "sei-0-a", height: 20 }]);
  await recorder.note(podOf("one"), policy, liveAt(21), true);
  expect(imagesOf()).toMatchObject([{ height: 21, at: "1970-01-01T00:01:00.000Z" }]);
  await recorder.note(podOf("two", "sei-0-b"), policy, liveAt(22));
  expect(imagesOf()).toMatchObject([{ revision: "sei-0-b", height: 22 }]);
});

test("a pod that nobody read since this process began is not recorded as it goes", async () => {
  const recorder = recorderAt();
  await recorder.note(podOf("one"), policy, liveAt(20));
  await recorder.note(podOf("one"), policy, liveAt(21, { sighting: undefined }), true);
  expect(recorder.recordOf(podOf("one"))?.status?.height).toBe(20);
});

test("an image is recorded by its first block: it may have applied a plan, and older ones are behind it", async () => {
  const recorder = recorderAt();
  await recorder.note(podOf("one"), policy, liveAt(20, { runHeight: 20 }));
  expect(recorder.recordOf(podOf("one"))?.status?.images).toEqual([]);
  await recorder.note(podOf("one"), policy, liveAt(21, { runHeight: 20 }));
  expect(recorder.recordOf(podOf("one"))?.status?.images).toMatchObject([{ image: IMAGE, height: 21 }]);
});

const madeBy = (uid: string, { labels = {}, owner }: { labels?: object; owner?: string } = {}): Pod => ({
  ...podOf(uid),
  metadata: {
    ...{ name: owner === undefined ? "val" : `${owner}-x`, namespace: "sei", uid },
    labels: { ...labels },
    ownerReferences:
      owner === undefined
        ? []
        : [
            {
              apiVersion: "apps/v1",
              kind: "ReplicaSet",
              name: owner,
              uid: `uid of ${owner}`,
              controller: true,
            },
          ],
  },
});
const deployed = (hash: string) =>
  madeBy(hash, { labels: { "pod-template-hash": hash }, owner: `val-${hash}` });

test.each([
  ["a pod that nothing made", madeBy("lone")],
  ["a pod of a ReplicaSet that no Deployment named", madeBy("lone", { owner: "val-b" })],
])("the record of a Deployment is none of %s, which has its name", async (_, other) => {
  const recorder = recorderAt();
  await recorder.note(deployed("a"), policy, liveAt(29));
  expect(recorder.recall(other)).toBeUndefined();

  await recorder.note(other, policy, liveAt(20, { validatorAddress: "CD" }));

  expect(recorder.recall(deployed("b"))?.validatorAddress).toBe("AB");
});

const ofSet = (name: string, uid: string): Pod => {
  const pod = podOf(uid);
  return { ...pod, metadata: { ...pod.metadata, name } };
};
const ofDeployment = (name: string): Pod =>
  madeBy("intruder", { labels: { "pod-template-hash": "abc" }, owner: `${name}-abc` });

test("a Deployment that is called as a pod of a set, and a pod that is called as its record, leave each other's record alone", async () => {
  const recorder = recorderAt();
  const [own, intruder] = [ofSet("sei-0-0", "one"), ofDeployment("sei-0-0")];
  await recorder.note(own, policy, liveAt(29));
  await recorder.note(intruder, policy, liveAt(29, { validatorAddress: "CD" }));
  const squatter = ofSet("sei-0-0.deployment", "two");
  await recorder.note(squatter, policy, liveAt(29, { validatorAddress: "EF" }));
  expect([own, intruder, squatter].map((pod) => recorder.recall(pod)?.validatorAddress)).toEqual([
    "AB",
    "CD",
    undefined,
  ]);
});

test("a Deployment takes its record from a pod that is called as that", async () => {
  const recorder = recorderAt();
  await recorder.note(ofSet("val.deployment", "two"), policy, liveAt(29, { validatorAddress: "EF" }));
  await recorder.note(deployed("a"), policy, liveAt(29));
  expect(recorder.recall(deployed("b"))?.validatorAddress).toBe("AB");
});

test("the record that a Deployment had under its own name is its until it has another", async () => {
  const [api, records] = [new FakeApi(), new Store<NodeRecord>()];
  const recorder = recorderAt(undefined, [api, records]);
  await recorder.note(deployed("a"), policy, liveAt(29));
  const [record] = [...records.values()];
  if (record === undefined) throw new Error("nothing was recorded");
  api.drop(objectPath(NODE_RECORDS, "sei", "val.deployment"));
  records.delete("sei/val.deployment");
  records.put({ ...record, metadata: { ...record.metadata, name: "val" } });
  expect(recorder.recall(deployed("b"))?.validatorAddress).toBe("AB");
  await recorder.note(deployed("b"), policy, liveAt(30, { validatorAddress: "CD" }));
  expect(recorder.recall(deployed("b"))?.validatorAddress).toBe("CD");
});

test("the record that a Deployment had under its own name is its where a pod has the other name", async () => {
  const [api, records] = [new FakeApi(), new Store<NodeRecord>()];
  const recorder = recorderAt(undefined, [api, records]);
  await recorder.note(deployed("a"), policy, liveAt(29));
  const [record] = [...records.values()];
  if (record === undefined) throw new Error("nothing was recorded");
  const { status = { seenAt: "", images: [] }, metadata } = record;
  records.put({ ...record, metadata: { ...metadata, name: "val" } });
  records.put({ ...record, status: { ...status, ownerUID: "lone", podUID: "lone", validatorAddress: "CD" } });
  expect(recorder.recall(deployed("a"))?.validatorAddress).toBe("AB");
});

test("a workload takes the record that a pod of its name has, and such a pod that of one before it", async () => {
  const recorder = recorderAt();
  await recorder.note(madeBy("one"), policy, liveAt(29));
  await recorder.note(madeBy("two"), policy, liveAt(28, { validatorAddress: "CD" }));
  expect([recorder.recall(madeBy("one")), recorder.recall(madeBy("two"))?.validatorAddress]).toEqual([
    undefined,
    "CD",
  ]);
  await recorder.note(deployed("a"), policy, liveAt(29));
  expect(recorder.recall(deployed("a"))?.validatorAddress).toBe("AB");
});

test("a pod that nothing made has the record that named no owner of it, and no other's", async () => {
  const [api, records] = [new FakeApi(), new Store<NodeRecord>()];
  const recorder = recorderAt(undefined, [api, records]);
  await recorder.note(madeBy("lone"), policy, liveAt(29));
  const [record] = [...records.values()];
  const { ownerUID: _, ...ofBefore } = record?.status ?? { seenAt: "", images: [] };
  await api.mergePatch(objectPath(NODE_RECORDS, "sei", "val", "status"), { status: { ownerUID: null } });
  records.put(await api.get<NodeRecord>(objectPath(NODE_RECORDS, "sei", "val")));
  expect(records.get("sei/val")?.status).toEqual(ofBefore);

  expect(recorder.recall(madeBy("another"))).toBeUndefined();
  expect(recorder.recall(madeBy("lone"))?.height).toBe(29);
  await recorder.note(madeBy("lone"), policy, liveAt(30, { validatorAddress: "CD" }));
  expect(recorder.recordOf(madeBy("lone"))?.status).toMatchObject({ height: 30, ownerUID: "lone" });
});
