import { expect, test } from "vitest";
import {
  containerOf,
  containerStatusOf,
  ephemeralContainersOf,
  mayRun,
  type Pod,
  statusUrlAt,
} from "./pod.ts";
import { cutCopy, projectPod, projectUnselected } from "./projected-pod.ts";
import { storagesOf } from "./storages.ts";

const podWith = (labels: Record<string, string>): Pod => ({
  metadata: { name: "a", namespace: "sei", uid: "u", labels },
  spec: {
    containers: [{ name: "x", image: "x", volumeMounts: [{ name: "data" }, { name: "keys" }] }],
    nodeName: "n",
    volumes: [
      { name: "data", persistentVolumeClaim: { claimName: "data-sei-0" } },
      { name: "keys", hostPath: { path: "/keys" } },
    ],
  },
  status: { phase: "Running" },
});

test("a pod that no policy selects is kept as it is, unless it is larger than any node's pod", () => {
  const small = projectPod(podWith({ app: "x" }));
  expect(projectUnselected(small)).toBe(small);
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`label-${index}`, "x"]));
  const large = projectUnselected(projectPod(podWith(many)));
  expect(JSON.stringify(large).length).toBeLessThan(1_000);
  expect(large).toMatchObject({
    metadata: { name: "a", namespace: "sei", uid: "u" },
    spec: { nodeName: "n" },
    status: { phase: "Running" },
  });
  expect(storagesOf(large)).toEqual(storagesOf(small));
  expect(storagesOf(large)).toHaveLength(2);
});

test("of a pod with thousands of ports those with a name are kept, and few others", () => {
  const pod = podWith({ app: "x" });
  const many = Array.from({ length: 5_000 }, (_, index) => ({ containerPort: 1_000 + index }));
  const rpc = { name: "rpc", containerPort: 26657 };
  const containers = [{ name: "x", image: "seid:v6.6", ports: [...many, rpc] }];
  const cut = projectUnselected(projectPod({ ...pod, spec: { ...pod.spec, containers } }));
  expect(cut.spec.containers[0]?.ports).toEqual([...many.slice(0, 16), rpc]);
});

test.each([
  ["by its own word", { hostNetwork: true }, {}],
  ["by its address", {}, { hostIP: "10.0.0.1" }],
])("of a pod on its machine's network, %s, what looks like a node and answers is kept", (_, spec, status) => {
  const state = { running: { startedAt: "2026-01-01T00:00:00Z" } };
  const pod = podWith({ app: "x" });
  const ports = [{ name: "rpc", containerPort: 26657 }];
  const raw = {
    ...pod,
    spec: { containers: [{ name: "x", image: "seid:v6.6", ports, command: ["x"] }], ...spec },
    status: { podIP: "10.0.0.1", containerStatuses: [{ name: "x", image: "seid:v6.6", state }], ...status },
  };
  expect(cutCopy(projectPod(raw))).toEqual({
    isCut: true,
    metadata: { name: "a", namespace: "sei", uid: "u" },
    spec: { containers: [{ name: "x", image: "seid:v6.6", ports }], hostNetwork: true },
    status: { podIP: "10.0.0.1", containerStatuses: [{ name: "x", state: { running: {} } }] },
  });
});

test.each([
  ["on a network of its own", { podIP: "10.1.0.1", hostIP: "10.0.0.1" }],
  ["that has no address yet", { podIP: "", hostIP: "" }],
])("a pod %s is not on its machine's", (_, status) => {
  expect(projectPod({ ...podWith({}), status }).spec.hostNetwork).toBeUndefined();
});

test("of init containers their mounts are kept, and whether they run", () => {
  const pod = podWith({});
  const initContainers = [
    { name: "node", image: "seid", volumeMounts: [{ name: "data" }, { name: "other" }], env: [] },
  ];
  const initContainerStatuses = [
    { name: "node", state: { running: {} } },
    { name: "done", state: { terminated: { exitCode: 0 } } },
  ];
  const kept = projectPod({
    ...pod,
    spec: { ...pod.spec, initContainers },
    status: { phase: "Running", initContainerStatuses },
  });
  expect(kept.spec.initContainers).toEqual([
    { name: "node", image: "seid", volumeMounts: [{ name: "data" }] },
  ]);
  expect(kept.status?.initContainerStatuses).toEqual([{ name: "node", state: { running: {} } }]);
});

test("an init container that runs beside the others is a container like them, and a step of the start is none", () => {
  const pod = podWith({});
  const restarting = {
    name: "node",
    image: "seid",
    restartPolicy: "Always",
    ports: [{ name: "rpc", containerPort: 26657 }],
  };
  const ended = { restartCount: 2, state: { terminated: { exitCode: 70, message: "x" } } };
  const kept = projectPod({
    ...pod,
    spec: { ...pod.spec, initContainers: [restarting, { name: "step", image: "sh" }] },
    status: {
      phase: "Running",
      initContainerStatuses: [
        { name: "node", ...ended },
        { name: "step", state: { terminated: { exitCode: 0 } } },
      ],
    },
  });
  expect(containerOf(kept, "node")).toMatchObject({ image: "seid" });
  expect(containerStatusOf(kept, "node")).toMatchObject(ended);
  expect(containerOf(kept, "step")).toBeUndefined();
  expect(containerStatusOf(kept, "step")).toBeUndefined();
});

test("what somebody runs in a pod by hand is one of its containers until it has ended", () => {
  const pod = podWith({});
  const byHand = (name: string) => ({ name, image: "seid", volumeMounts: [{ name: "data" }] });
  const statuses = [
    { name: "debugger-a", state: { running: {} } },
    { name: "debugger-b", state: { terminated: { exitCode: 0 } } },
  ];
  const raw = {
    ...pod,
    spec: { ...pod.spec, ephemeralContainers: ["debugger-a", "debugger-b", "debugger-c"].map(byHand) },
    status: { phase: "Running", ephemeralContainerStatuses: statuses },
  };
  const kept = projectPod(raw);
  expect(ephemeralContainersOf(kept)).toEqual(["debugger-a", "debugger-c"]);
  expect(containerStatusOf(kept, "debugger-a")?.state).toEqual({ running: {} });
  expect(ephemeralContainersOf(projectPod(kept))).toEqual(["debugger-a", "debugger-c"]);
  expect(mayRun({ ...kept, status: { ...kept.status, phase: "Failed" } })).toBe(true);
});

test.each<[string, string, boolean]>([
  ["was seen to end", "Error", false],
  ["was lost by its kubelet, which makes an end up", "ContainerStatusUnknown", true],
])("of a pod that failed a container that %s may run: %s, %s", (_, reason, runs) => {
  const containerStatuses = [{ name: "seid", state: { terminated: { exitCode: 137, reason } } }];
  expect(mayRun({ ...podWith({}), status: { phase: "Failed", containerStatuses } })).toBe(runs);
});

test.each([
  ["was seen", "Completed", false],
  ["nobody saw", "ContainerStatusUnknown", true],
])("that a pod may run is told by its native sidecar, whose end %s", (_, reason, runs) => {
  const ended = (name: string, as: string) => ({ name, state: { terminated: { exitCode: 0, reason: as } } });
  const pod = projectPod({
    metadata: { name: "a", namespace: "sei", uid: "u" },
    spec: {
      containers: [{ name: "job", image: "x" }],
      initContainers: [{ name: "seid", image: "x", restartPolicy: "Always" }],
    },
    status: {
      phase: "Failed",
      containerStatuses: [ended("job", "Completed")],
      initContainerStatuses: [ended("seid", reason)],
    },
  });
  expect(mayRun(pod)).toBe(runs);
});

test.each([
  ["10.0.0.7", "http://10.0.0.7:26657/status"],
  ["fd00::7", "http://[fd00::7]:26657/status"],
  ["", undefined],
])("a pod whose address is %j is asked at %s", (podIP, url) => {
  expect(statusUrlAt({ ...podWith({}), status: { phase: "Running", podIP } }, 26657)).toBe(url);
});
