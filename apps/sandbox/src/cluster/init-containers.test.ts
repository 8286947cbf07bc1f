import { until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApiClient } from "../client/api-client.ts";
import { EVENTS, PODS, pathOf } from "../client/resource-path.ts";
import { arrayAt, at, type Json, type JsonObject, stringAt } from "../json/json.ts";
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

function script(name: string, text: string, more: JsonObject = {}): JsonObject {
  return { name, image: PAUSE, command: ["sh", "-c", text], ...more };
}

/** A volume that all of the pod's containers share, where each writes its name when it starts. */
const SHARED = {
  volumes: [{ name: "shared", emptyDir: {} }],
  mounts: { volumeMounts: [{ name: "shared", mountPath: "/shared" }] },
};

async function create(name: string, spec: JsonObject): Promise<void> {
  await client.create(pathOf(PODS, "default"), { apiVersion: "v1", kind: "Pod", metadata: { name }, spec });
}

function untilPod(name: string, holds: (pod: JsonObject) => boolean): Promise<JsonObject> {
  return until(`pod ${name}`, async () => {
    const pod = await client.get(pathOf(PODS, "default", name));
    return holds(pod) && pod;
  });
}

function statusOf(pod: Json, name: string): Json | undefined {
  return ["initContainerStatuses", "containerStatuses"]
    .flatMap((list) => arrayAt(pod, "status", list))
    .find((one) => at(one, "name") === name);
}

function conditionOf(pod: Json, type: string): Json | undefined {
  return arrayAt(pod, "status", "conditions").find((one) => at(one, "type") === type);
}

async function logOf(pod: string, container: string, options = ""): Promise<string> {
  const path = `${pathOf(PODS, "default", pod, "log")}?container=${container}${options}`;
  return (await fetch(`${cluster.server}${path}`)).text();
}

describe("init containers and sidecars", () => {
  it("run in order, each when the one before is done or started, and the main ones last", async () => {
    const order = (name: string, rest: string): string => `echo ${name} >> /shared/order; ${rest}`;
    await create("ordered", {
      volumes: SHARED.volumes,
      initContainers: [
        script("first", order("first", "sleep 0.3"), SHARED.mounts),
        script("sidecar", order("sidecar", "exec sleep 600"), { ...SHARED.mounts, restartPolicy: "Always" }),
        script("second", order("second", "exit 0"), SHARED.mounts),
      ],
      containers: [script("main", order("main", "cat /shared/order; exec sleep 600"), SHARED.mounts)],
    });
    const pod = await untilPod("ordered", (one) => at(conditionOf(one, "Ready"), "status") === "True");
    await until("the log", async () => (await logOf("ordered", "main")) === "first\nsidecar\nsecond\nmain\n");
    expect(stringAt(pod, "status", "phase")).toBe("Running");
    expect(arrayAt(pod, "status", "containerStatuses").map((one) => at(one, "name"))).toEqual(["main"]);
    expect(statusOf(pod, "first")).toMatchObject({
      ready: true,
      started: false,
      restartCount: 0,
      state: { terminated: { exitCode: 0, reason: "Completed" } },
    });
    expect(statusOf(pod, "sidecar")).toMatchObject({ ready: true, started: true, state: { running: {} } });
    for (const name of ["first", "sidecar", "second", "main"]) {
      expect(stringAt(statusOf(pod, name), "imageID")).toMatch(/@sha256:[0-9a-f]{64}$/);
    }
  });

  it("hold the pod Pending while one fails, and say which", async () => {
    const fails = { terminationMessagePolicy: "FallbackToLogsOnError" };
    await create("stuck", {
      initContainers: [script("seid-init", "echo no genesis >&2; exit 3", fails)],
      containers: [script("main", "exec sleep 600")],
    });
    const pod = await untilPod("stuck", (one) => at(statusOf(one, "seid-init"), "restartCount") === 2);
    expect(stringAt(pod, "status", "phase")).toBe("Pending");
    expect(at(statusOf(pod, "main"), "state", "waiting", "reason")).toBe("PodInitializing");
    expect(at(statusOf(pod, "seid-init"), "lastState", "terminated")).toMatchObject({
      exitCode: 3,
      message: "no genesis\n",
    });
    expect(conditionOf(pod, "Initialized")).toMatchObject({
      status: "False",
      reason: "ContainersNotInitialized",
      message: "containers with incomplete status: [seid-init]",
    });
  });

  it("fail the pod where one fails for good", async () => {
    await create("failed", {
      restartPolicy: "Never",
      initContainers: [script("init", "exit 3")],
      containers: [script("main", "exec sleep 600")],
    });
    const pod = await untilPod("failed", (one) => stringAt(one, "status", "phase") === "Failed");
    expect(at(statusOf(pod, "main"), "state", "waiting", "reason")).toBe("PodInitializing");
  });

  it("start a sidecar again when it ends, and end it when the main containers are done", async () => {
    await create("batch", {
      restartPolicy: "Never",
      volumes: SHARED.volumes,
      initContainers: [
        script("sidecar", "[ -e /shared/again ] && exec sleep 600; touch /shared/again", {
          ...SHARED.mounts,
          restartPolicy: "Always",
        }),
      ],
      containers: [
        script("main", "while [ ! -e /shared/again ]; do sleep 0.05; done; sleep 1", SHARED.mounts),
      ],
    });
    await untilPod("batch", (one) => at(statusOf(one, "sidecar"), "restartCount") === 1);
    const running = await untilPod(
      "batch",
      (one) => at(statusOf(one, "sidecar"), "state", "running") !== undefined,
    );
    expect(stringAt(running, "status", "phase")).toBe("Running");
    const done = await untilPod("batch", (one) => stringAt(one, "status", "phase") === "Succeeded");
    expect(at(statusOf(done, "sidecar"), "state", "terminated")).toBeDefined();
  });

  it("end with a pod that is deleted while it initialises", async () => {
    await create("leaves", {
      terminationGracePeriodSeconds: 5,
      initContainers: [script("init", "exec sleep 600")],
      containers: [script("main", "exec sleep 600")],
    });
    await untilPod("leaves", (one) => at(statusOf(one, "init"), "state", "running") !== undefined);
    await client.delete(pathOf(PODS, "default", "leaves"));
    await until("the pod to go", async () => {
      const answer = await fetch(`${cluster.server}${pathOf(PODS, "default", "leaves")}`);
      return answer.status === 404;
    });
  });
});

describe("a pod's log", () => {
  it("honours tailLines, limitBytes, timestamps and sinceSeconds", async () => {
    await create("talks", { containers: [script("main", "printf 'one\\ntwo\\nthree\\n'; exec sleep 600")] });
    await until("the log", async () => (await logOf("talks", "main")) === "one\ntwo\nthree\n");
    expect(await logOf("talks", "main", "&tailLines=2")).toBe("two\nthree\n");
    expect(await logOf("talks", "main", "&limitBytes=5")).toBe("one\nt");
    expect(await logOf("talks", "main", "&sinceSeconds=600")).toBe("one\ntwo\nthree\n");
    const later = new Date(Date.now() + 60_000).toISOString();
    expect(await logOf("talks", "main", `&sinceTime=${later}`)).toBe("");
    const [line = ""] = (await logOf("talks", "main", "&timestamps=true")).split("\n");
    expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z one$/);
  });

  it("of a previous run is of the run that ended last, during the back-off too", async () => {
    await create("runs", {
      volumes: SHARED.volumes,
      containers: [
        script("main", "echo run >> /shared/n; wc -l < /shared/n | tr -d ' '; exit 1", SHARED.mounts),
      ],
    });
    const path = pathOf(PODS, "default", "runs");
    await until("the previous log to be that of the last end", async () => {
      const before = await client.get(path);
      const previous = await logOf("runs", "main", "&previous=true");
      const after = await client.get(path);
      const isSame = at(before, "metadata", "resourceVersion") === at(after, "metadata", "resourceVersion");
      const status = statusOf(after, "main");
      const isWaiting = at(status, "state", "waiting", "reason") === "CrashLoopBackOff";
      if (!isSame || !isWaiting) return false;
      expect(Number(previous)).toBe(Number(at(status, "restartCount")) + 1);
      return true;
    });
  });

  it("is refused in a kubelet's words where there is none", async () => {
    await create("fresh", { containers: [script("main", "exec sleep 600")] });
    await untilPod("fresh", (one) => at(statusOf(one, "main"), "state", "running") !== undefined);
    const refusal = async (container: string, options: string): Promise<readonly unknown[]> => {
      const answer: Json = JSON.parse(await logOf("fresh", container, options));
      return [at(answer, "code"), at(answer, "message")];
    };
    expect(await refusal("main", "&previous=true")).toEqual([
      400,
      'previous terminated container "main" in pod "fresh" not found',
    ]);
    expect(await refusal("other", "")).toEqual([400, "container other is not valid for pod fresh"]);
    expect(await refusal("main", "&tailLines=-1")).toEqual([
      422,
      'PodLogOptions "fresh" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
    ]);
    expect((await refusal("main", "&stream=Stderr"))[0]).toBe(400);
  });
});

describe("the scheduler", () => {
  it("leaves a pod that no node fits, and says why; one of another scheduler it leaves alone", async () => {
    const containers = [script("main", "exec sleep 600")];
    await create("picky", { nodeSelector: { disk: "ssd" }, containers });
    await create("others", { schedulerName: "another", containers });
    const message = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.";
    const picky = await untilPod(
      "picky",
      (one) => at(conditionOf(one, "PodScheduled"), "status") === "False",
    );
    expect(conditionOf(picky, "PodScheduled")).toMatchObject({ reason: "Unschedulable", message });
    await until("the Event", async () => {
      const events = await client.get(pathOf(EVENTS, "default"));
      return arrayAt(events, "items").some((one) => at(one, "reason") === "FailedScheduling");
    });
    await client.mergePatch("/api/v1/nodes/sandbox", { metadata: { labels: { disk: "ssd" } } });
    await untilPod("picky", (one) => stringAt(one, "status", "phase") === "Running");
    expect(stringAt(await untilPod("others", () => true), "spec", "nodeName")).toBeUndefined();
  });
});
