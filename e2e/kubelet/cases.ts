import type {
  V1Container,
  V1ContainerState,
  V1ContainerStatus,
  V1Pod,
  V1PodSpec,
} from "@kubernetes/client-node";
import { CONTAINER, HALT_CODES } from "../harness/fixtures/mock-nodes.ts";
import { NEW_IMAGE, OLD_IMAGE, PAUSE_IMAGE, PLAN } from "./images.ts";

/** A pod, and how to tell that it is in the state that is to be seen. */
export interface Case {
  readonly spec: V1PodSpec;
  readonly isThere: (pod: V1Pod) => boolean;
  /** What brings it there, once it is ready. */
  readonly once?: "deleted" | "lost";
  /** The case whose sample a kubelet may give instead, by which of its own steps comes first. */
  readonly orAs?: string;
}

const HALT_LINE = `UPGRADE "${PLAN.name}" NEEDED at height: ${PLAN.height}: `;
/** As the guide has them. */
const STAYS_DOWN: Partial<V1Container> = {
  restartPolicy: "Never",
  restartPolicyRules: [{ action: "Restart", exitCodes: { operator: "NotIn", values: HALT_CODES } }],
};
/** Keeps a pod from being over when its node's container is. */
export const HOLD: V1Container = { name: "hold", image: PAUSE_IMAGE };
const DATA = { name: "data", mountPath: "/data" };

function seid(container: Partial<V1Container>): V1Container {
  return {
    name: CONTAINER,
    image: OLD_IMAGE,
    args: ["start"],
    terminationMessagePolicy: "FallbackToLogsOnError",
    ...container,
  };
}

function shell(script: string, container: Partial<V1Container> = {}): V1Container {
  return seid({ command: ["sh", "-c", script], args: [], ...container });
}

function alone(container: V1Container, spec: Partial<V1PodSpec> = {}): V1PodSpec {
  return { terminationGracePeriodSeconds: 2, restartPolicy: "Never", containers: [container], ...spec };
}

function held(container: V1Container, spec: Partial<V1PodSpec> = {}): V1PodSpec {
  return alone(container, { containers: [container, HOLD], restartPolicy: "Always", ...spec });
}

/** For a shell that is not the first process of its container, which the kernel spares. Kubernetes reads `$$` as one `$`. */
const killSelf = (signal: string): string => `kill -${signal} $$$$`;

/** Ends with one code first, and after its restart with another. */
function twice(first: number, second: string): V1PodSpec {
  const script = `[ -e /data/again ] && ${second}; touch /data/again; echo '${HALT_LINE}' >&2; exit ${first}`;
  const rules = [{ action: "Restart", exitCodes: { operator: "In", values: [first] } }];
  const container = shell(script, {
    restartPolicy: "Never",
    restartPolicyRules: rules,
    volumeMounts: [DATA],
  });
  return held(container, { volumes: [{ name: "data", emptyDir: {} }] });
}

export { CONTAINER };

const statusOf = ({ status }: V1Pod): V1ContainerStatus | undefined =>
  [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].find(
    ({ name }) => name === CONTAINER,
  );
const last = (pod: V1Pod) => statusOf(pod)?.lastState?.terminated;
const state = (pod: V1Pod): V1ContainerState => statusOf(pod)?.state ?? {};
const ended = (code: number) => (pod: V1Pod) => state(pod).terminated?.exitCode === code;
const over = (code: number) => (pod: V1Pod) =>
  ended(code)(pod) && pod.status?.phase === (code === 0 ? "Succeeded" : "Failed");
const waits = (reason: string) => (pod: V1Pod) => state(pod).waiting?.reason === reason;
const failedFor = (reason: string) => (pod: V1Pod) =>
  pod.status?.phase === "Failed" && pod.status.reason === reason;
const runs = (pod: V1Pod) => state(pod).running !== undefined;

/** By what a pod is, as `packages/consumer/src/adapters/fixtures/pods.json` has them. */
export const CASES: Readonly<Record<string, Case>> = {
  healthy: {
    spec: alone(seid({ image: NEW_IMAGE, env: [{ name: "INITIAL_HEIGHT", value: `${PLAN.height}` }] })),
    isThere: runs,
  },
  "halted and kept down by a restart rule": { spec: held(seid(STAYS_DOWN)), isThere: ended(70) },
  "halted and never restarted": { spec: alone(seid({})), isThere: over(70) },
  "in back-off after an upgrade halt": {
    spec: alone(seid({}), { restartPolicy: "Always" }),
    isThere: waits("CrashLoopBackOff"),
  },
  "halted with its own words as the message": {
    spec: alone(
      shell(`echo '${HALT_LINE}' > /dev/termination-log; exit 70`, { terminationMessagePolicy: "File" }),
    ),
    isThere: over(70),
  },
  "halted without a message": {
    spec: held(seid({ ...STAYS_DOWN, terminationMessagePolicy: "File" })),
    isThere: ended(70),
  },
  "too new, and kept down by a restart rule": {
    spec: held(seid({ ...STAYS_DOWN, image: NEW_IMAGE })),
    isThere: ended(71),
  },
  "older than its data, and kept down by a restart rule": {
    spec: held(seid({ ...STAYS_DOWN, volumeMounts: [DATA] }), {
      volumes: [{ name: "data", emptyDir: {} }],
      initContainers: [
        {
          name: "before",
          image: NEW_IMAGE,
          args: ["start", `--halt-height=${PLAN.height + 2}`],
          env: [{ name: "INITIAL_HEIGHT", value: `${PLAN.height}` }],
          volumeMounts: [DATA],
        },
      ],
    }),
    isThere: ended(72),
  },
  "crashed, and restarted by its rules": {
    spec: held(seid({ ...STAYS_DOWN, args: ["start", `--fault-panic-at=${PLAN.height - 8}`] })),
    isThere: (pod) => last(pod)?.exitCode === 2 && waits("CrashLoopBackOff")(pod),
  },
  "halted as a sidecar": {
    spec: alone(HOLD, { initContainers: [seid({ restartPolicy: "Always" })] }),
    isThere: waits("CrashLoopBackOff"),
  },
  "interrupted while it restarts after a halt": { spec: twice(70, "exit 130"), isThere: ended(130) },
  "panicked while it restarts after a halt": {
    spec: twice(70, "exec /pause panic interrupted"),
    isThere: ended(2),
  },
  "running again after a halt": {
    spec: twice(70, "exec sleep infinity"),
    isThere: (pod) => runs(pod) && last(pod) !== undefined,
  },
  "killed for its memory": {
    // containerd now and then hears of the kernel's kill after the end itself, and then tells an end by SIGKILL
    // for good. So the kill comes again with each restart, until it was told.
    spec: held(shell("exec tail /dev/zero", { resources: { limits: { memory: "16Mi" } } })),
    isThere: (pod) => last(pod)?.reason === "OOMKilled" && waits("CrashLoopBackOff")(pod),
  },
  "killed by a signal": {
    spec: alone(shell(killSelf("SEGV")), { hostPID: true }),
    isThere: over(139),
  },
  "killed from outside": { spec: alone(shell(killSelf("KILL")), { hostPID: true }), isThere: over(137) },
  panicked: {
    spec: alone(seid({ command: ["/pause", "panic", "runtime error"], args: [] })),
    isThere: over(2),
  },
  "panicked at an upgrade, as nodes did that know no exit codes": {
    spec: alone(seid({ command: ["/pause", "panic", HALT_LINE], args: [] })),
    isThere: over(2),
  },
  "failed with an error": {
    spec: alone(seid({ args: ["start", `--fault-error-at=${PLAN.height - 5}`] })),
    isThere: over(1),
  },
  "without the program that it is to run": {
    spec: alone(seid({ command: ["no-such-program"] })),
    isThere: over(128),
  },
  "stopped in order": {
    spec: alone(
      seid({
        image: NEW_IMAGE,
        args: ["start", "--port-file=/port"],
        env: [{ name: "INITIAL_HEIGHT", value: `${PLAN.height}` }],
        readinessProbe: { exec: { command: ["test", "-e", "/port"] }, periodSeconds: 1 },
      }),
      { terminationGracePeriodSeconds: 30 },
    ),
    isThere: over(0),
    once: "deleted",
  },
  "stopped by the signal itself": {
    spec: alone(shell(killSelf("TERM")), { hostPID: true }),
    isThere: over(143),
  },
  "out of its time": {
    spec: alone(shell("exec sleep infinity"), { activeDeadlineSeconds: 3 }),
    isThere: failedFor("DeadlineExceeded"),
  },
  evicted: {
    // Not before the kubelet has seen it run, as its probe tells: else the kubelet knows of no end.
    spec: alone(
      shell(
        "until [ -e /data/seen ]; do sleep 0.1; done; head -c 4m /dev/zero > /data/much; exec sleep infinity",
        {
          volumeMounts: [DATA],
          readinessProbe: { exec: { command: ["sh", "-c", ": > /data/seen"] }, periodSeconds: 1 },
        },
      ),
      { volumes: [{ name: "data", emptyDir: { sizeLimit: "1Mi" } }] },
    ),
    isThere: failedFor("Evicted"),
    // The kubelet removes an evicted pod's container, and may do so before it has written how the container ended.
    orAs: "lost by its kubelet",
  },
  "refused by its kubelet": {
    spec: alone(seid({ resources: { requests: { memory: "1Ei" } } })),
    isThere: failedFor("OutOfmemory"),
  },
  "still being made": {
    spec: alone(seid({ volumeMounts: [DATA] }), {
      volumes: [{ name: "data", configMap: { name: "nobody-made-it" } }],
    }),
    isThere: waits("ContainerCreating"),
  },
  "short of its configuration": {
    spec: alone(seid({ envFrom: [{ configMapRef: { name: "nobody-made-it" } }] })),
    isThere: waits("CreateContainerConfigError"),
  },
  "without an image": {
    spec: alone(seid({ image: "upgrade-halt.dev/nobody-made-it:v1", imagePullPolicy: "Never" })),
    isThere: waits("ErrImageNeverPull"),
  },
  "still pulling its image": {
    spec: alone(seid({ image: "127.0.0.1:1/nobody-serves-it:v1" })),
    isThere: waits("ImagePullBackOff"),
  },
  "lost by its kubelet": {
    spec: alone(shell("exec sleep infinity")),
    isThere: (pod) =>
      `${state(pod).terminated?.reason} ${last(pod)?.reason}`.includes("ContainerStatusUnknown"),
    once: "lost",
  },
  "not seen by any kubelet": {
    spec: alone(seid({}), { schedulerName: "nobody" }),
    isThere: (pod) => pod.status?.phase === "Pending",
  },
};
