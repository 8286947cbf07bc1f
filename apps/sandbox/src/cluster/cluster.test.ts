import { until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApiClient } from "../client/api-client.ts";
import {
  CONTROLLER_REVISIONS,
  DEPLOYMENTS,
  PODS,
  pathOf,
  REPLICA_SETS,
  STATEFUL_SETS,
} from "../client/resource-path.ts";
import { arrayAt, at, type Json, type JsonObject, numberAt, stringAt } from "../json/json.ts";
import { testClient } from "../testing/client.ts";
import { type Cluster, startCluster } from "./cluster.ts";

const PAUSE = "registry.k8s.io/pause:3.10";

let cluster: Cluster;
let client: ApiClient;
beforeAll(async () => {
  cluster = await startCluster({ backOff: { baseMs: 300, maxMs: 1_000, resetMs: 60_000 } });
  client = await testClient(cluster.server);
});
afterAll(() => cluster.stop());

/** A container that runs a shell script. */
function script(text: string, more: JsonObject = {}): JsonObject {
  return { name: "main", image: PAUSE, command: ["sh", "-c", text], ...more };
}

async function createPod(name: string, containers: JsonObject[], spec: JsonObject = {}): Promise<void> {
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: { containers, ...spec } };
  await client.create(pathOf(PODS, "default"), pod);
}

function getPod(name: string): Promise<JsonObject> {
  return client.get(pathOf(PODS, "default", name));
}

function statusOf(pod: Json, container = "main"): Json | undefined {
  return arrayAt(pod, "status", "containerStatuses").find((one) => at(one, "name") === container);
}

/** Waits until the pod's first container's status satisfies `holds`. */
function untilStatus(name: string, holds: (status: Json, pod: JsonObject) => boolean): Promise<JsonObject> {
  return until(`pod ${name}`, async () => {
    const pod = await getPod(name);
    const status = statusOf(pod);
    return status !== undefined && holds(status, pod) && pod;
  });
}

describe("the process kubelet", () => {
  it("runs a pod with an address of its own, and keeps its log", async () => {
    const env = [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }];
    await createPod("hello", [script("echo I am at $(POD_IP); sleep 600", { env })]);
    const pod = await untilStatus("hello", (status) => at(status, "state", "running") !== undefined);
    const ip = stringAt(pod, "status", "podIP") ?? "";
    expect(ip).toMatch(/^127\.(?!0\.)/);
    const log = await until("the log", async () => {
      const answer = await fetch(`${cluster.server}${pathOf(PODS, "default", "hello", "log")}`);
      return (await answer.text()) || false;
    });
    expect(log).toBe(`I am at ${ip}\n`);
  });

  it("reports an end that stays down, with the log's end as its message, and the pod Running beside it", async () => {
    const rules = [{ action: "Restart", exitCodes: { operator: "NotIn", values: [70] } }];
    const halting = {
      terminationMessagePolicy: "FallbackToLogsOnError",
      restartPolicy: "Never",
      restartPolicyRules: rules,
    };
    await createPod("halts", [script("echo NEEDED >&2; exit 70", halting), { name: "hold", image: PAUSE }]);
    // While the second container has not started, the pod is Pending still.
    const isSettled = (pod: Json): boolean => at(pod, "status", "phase") !== "Pending";
    const pod = await untilStatus(
      "halts",
      (status, found) => at(status, "state", "terminated") !== undefined && isSettled(found),
    );
    expect(at(statusOf(pod), "state", "terminated")).toMatchObject({
      exitCode: 70,
      reason: "Error",
      message: "NEEDED\n",
    });
    expect(at(pod, "status", "phase")).toBe("Running");
    expect(at(statusOf(pod), "restartCount")).toBe(0);
  });

  it("makes a pod Failed when its only container stays down", async () => {
    await createPod("fails", [script("exit 70", { restartPolicy: "Never" })]);
    await untilStatus("fails", (_, pod) => at(pod, "status", "phase") === "Failed");
  });

  it("restarts a crash at once, then backs off", async () => {
    await createPod("crashes", [script("exit 2")]);
    const pod = await untilStatus(
      "crashes",
      (status) => at(status, "state", "waiting", "reason") === "CrashLoopBackOff",
    );
    const status = statusOf(pod);
    expect(at(status, "restartCount")).toBe(1);
    expect(at(status, "lastState", "terminated", "exitCode")).toBe(2);
    expect(at(status, "state", "waiting", "message")).toMatch(
      /^back-off 0\.3s restarting failed container=main pod=crashes_default\(/,
    );
    await untilStatus("crashes", (later) => (numberAt(later, "restartCount") ?? 0) >= 3);
  });

  it("says that an image can't be pulled", async () => {
    await createPod("pulls", [{ name: "main", image: "upgrade-halt.dev/mock-node:v0.0" }]);
    await untilStatus("pulls", (status) => at(status, "state", "waiting", "reason") === "ErrImagePull");
    await untilStatus("pulls", (status) => at(status, "state", "waiting", "reason") === "ImagePullBackOff");
  });

  it("waits for a ConfigMap that isn't there yet", async () => {
    const env = [{ name: "K", valueFrom: { configMapKeyRef: { name: "late", key: "k" } } }];
    await createPod("waits", [script("sleep 600", { env })]);
    await untilStatus(
      "waits",
      (status) => at(status, "state", "waiting", "reason") === "CreateContainerConfigError",
    );
    const map = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "late" }, data: { k: "v" } };
    await client.create("/api/v1/namespaces/default/configmaps", map);
    await untilStatus("waits", (status) => at(status, "state", "running") !== undefined);
  });

  it("ends a deleted pod with SIGTERM, then forgets it", async () => {
    await createPod("goes", [script("trap 'exit 0' TERM; while :; do sleep 0.01; done")]);
    await untilStatus("goes", (status) => at(status, "state", "running") !== undefined);
    await client.delete(pathOf(PODS, "default", "goes"));
    await until("the pod to go", async () => (await getPod("goes").catch(() => undefined)) === undefined);
  });
});

describe("the Deployment loop", () => {
  const DEPLOYMENT = pathOf(DEPLOYMENTS, "default", "api");
  const labels = { app: "api" };

  function template(tag: string): JsonObject {
    const containers = [{ name: "main", image: `registry.k8s.io/pause:${tag}` }];
    return { spec: { template: { metadata: { labels }, spec: { containers } } } };
  }

  async function untilThrough(tag: string): Promise<void> {
    await until(`two replicas of ${tag}`, async () => {
      const { status, metadata } = await client.get(DEPLOYMENT);
      const isSeen = at(status, "observedGeneration") === metadata.generation;
      return (
        isSeen &&
        at(status, "updatedReplicas") === 2 &&
        at(status, "availableReplicas") === 2 &&
        at(status, "replicas") === 2
      );
    });
    const pods = await client.get(`${pathOf(PODS, "default")}?labelSelector=app%3Dapi`);
    const alive = arrayAt(pods, "items").filter(
      (pod) => at(pod, "metadata", "deletionTimestamp") === undefined,
    );
    expect(alive.map((pod) => at(pod, "spec", "containers", 0, "image"))).toEqual(
      Array(2).fill(`registry.k8s.io/pause:${tag}`),
    );
  }

  it("rolls its ReplicaSets from one template to the next, and back", async () => {
    const spec = { ...(template("1").spec as JsonObject), replicas: 2, selector: { matchLabels: labels } };
    const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "api" }, spec };
    await client.create(pathOf(DEPLOYMENTS, "default"), deployment);
    await untilThrough("1");
    await client.mergePatch(DEPLOYMENT, template("2"));
    await untilThrough("2");
    await client.mergePatch(DEPLOYMENT, template("1"));
    await untilThrough("1");
    const sets = await client.get(`${pathOf(REPLICA_SETS, "default")}?labelSelector=app%3Dapi`);
    const revisions = arrayAt(sets, "items").map((set) =>
      at(set, "metadata", "annotations", "deployment.kubernetes.io/revision"),
    );
    expect(revisions.toSorted()).toEqual(["2", "3"]);
  });
});

describe("the StatefulSet loop", () => {
  const SET = pathOf(STATEFUL_SETS, "default", "web");

  function image(tag: string): JsonObject {
    const containers = [{ name: "main", image: `registry.k8s.io/pause:${tag}` }];
    return { spec: { template: { metadata: { labels: { app: "web" } }, spec: { containers } } } };
  }

  it("keeps its pods, revisions and status as a StatefulSet does", async () => {
    const spec = {
      ...(image("1").spec as JsonObject),
      replicas: 2,
      serviceName: "web",
      selector: { matchLabels: { app: "web" } },
    };
    await client.create(pathOf(STATEFUL_SETS, "default"), {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "web" },
      spec,
    });
    await until("two ready replicas", async () => at(await client.get(SET), "status", "readyReplicas") === 2);
    await client.mergePatch(SET, image("2"));
    await until("the update to be through", async () => {
      const set = await client.get(SET);
      const { currentRevision, updateRevision, updatedReplicas, observedGeneration } =
        set.status as JsonObject;
      const isSeen = observedGeneration === set.metadata.generation;
      return isSeen && updatedReplicas === 2 && currentRevision === updateRevision;
    });
    const revisions = await client.get(`${pathOf(CONTROLLER_REVISIONS, "default")}?labelSelector=app%3Dweb`);
    expect(arrayAt(revisions, "items").map((one) => at(one, "revision"))).toEqual(
      expect.arrayContaining([1, 2]),
    );
    const pod = await getPod("web-1");
    expect(at(pod, "spec", "containers", 0, "image")).toBe("registry.k8s.io/pause:2");
    const set = await client.get(SET);
    expect(at(pod, "metadata", "labels", "controller-revision-hash")).toBe(
      at(set, "status", "updateRevision"),
    );
  });

  it("takes its pods with it", async () => {
    await client.delete(SET);
    await until("web-0 to go", async () => (await getPod("web-0").catch(() => undefined)) === undefined);
  });
});
