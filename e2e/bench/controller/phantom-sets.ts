import { CONTAINER, imageOf, NODE_LABELS, RPC_PORT } from "../../harness/fixtures/mock-nodes.ts";
import { STRATEGIC_MERGE_PATCH, type Write } from "./bare-client.ts";

/** The plan that every node of the benchmark halts for, and its height. */
export const PLAN = "v6.7";
export const HEIGHT = 1_000;
export const OLD_IMAGE = imageOf("v6.6");
export const NEW_IMAGE = imageOf("v6.7");
/** What the upstream node prints as it halts. */
export const PLAN_LINE = `UPGRADE "${PLAN}" NEEDED at height: ${HEIGHT}: `;

/** A pod, as far as the benchmark looks. */
export interface PhantomPod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
  readonly status?: { readonly phase?: string; readonly podIP?: string };
}

/** Makes a StatefulSet of one pod, bound to a node that no kubelet serves: the benchmark writes its status. */
export function createSet(namespace: string, name: string, rpcPort: number): Write {
  const labels = { ...NODE_LABELS, "sei.io/node": name };
  return {
    method: "POST",
    path: `/apis/apps/v1/namespaces/${namespace}/statefulsets`,
    body: {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name, labels },
      spec: {
        replicas: 1,
        serviceName: "mock-node",
        updateStrategy: { type: "OnDelete" },
        selector: { matchLabels: { "sei.io/node": name } },
        template: {
          metadata: { labels },
          spec: {
            nodeName: "phantom",
            terminationGracePeriodSeconds: 0,
            containers: [
              {
                name: CONTAINER,
                image: OLD_IMAGE,
                ports: [{ name: RPC_PORT, containerPort: rpcPort }],
              },
            ],
          },
        },
      },
    },
  };
}

/** Reports a phantom's container as running at an address. */
export function reportRunning(namespace: string, { metadata, spec }: PhantomPod, podIP: string): Write {
  const running = { startedAt: now() };
  return reportStatus(namespace, metadata.name, {
    podIP,
    containerStatuses: [{ ...containerStatus(spec), ready: true, started: true, state: { running } }],
  });
}

/** Reports that a phantom's container halted for the upgrade, the end of its log as the message. */
export function reportHalted(namespace: string, { metadata, spec }: PhantomPod): Write {
  const at = now();
  const terminated = {
    exitCode: 70,
    reason: "Error",
    message: `${PLAN_LINE}\n`,
    startedAt: at,
    finishedAt: at,
  };
  return reportStatus(namespace, metadata.name, {
    containerStatuses: [{ ...containerStatus(spec), ready: false, started: false, state: { terminated } }],
  });
}

/** Tells the API server that nothing runs any more of a pod that is being deleted. */
export function endPod(namespace: string, { metadata: { name, uid } }: PhantomPod): Write {
  const options = { gracePeriodSeconds: 0, preconditions: { uid } };
  const body = { apiVersion: "v1", kind: "DeleteOptions", ...options };
  return { method: "DELETE", path: `/api/v1/namespaces/${namespace}/pods/${name}`, body };
}

function containerStatus({ containers }: PhantomPod["spec"]) {
  return { name: CONTAINER, image: containers[0]?.image ?? "", imageID: "", restartCount: 0 };
}

function reportStatus(namespace: string, name: string, status: object): Write {
  return {
    method: "PATCH",
    path: `/api/v1/namespaces/${namespace}/pods/${name}/status`,
    contentType: STRATEGIC_MERGE_PATCH,
    body: { status: { phase: "Running", ...status } },
  };
}

/** `metav1.Time` knows no fractions. */
function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
