import { ApiError } from "../api-error.ts";

const REAL = "use a real control plane: pnpm run test:control-plane starts one";

/** Subresources of pods that need a container runtime, and what does instead. */
const SUBRESOURCES: Readonly<Record<string, string>> = {
  exec: "the pod's processes run on this machine: look at them there",
  attach: "read the log instead: kubectl logs -f",
  portforward: "connect to the pod's own address (status.podIP) on this machine",
  proxy: "connect to the pod's own address (status.podIP) on this machine",
  ephemeralcontainers: "start a pod of your own beside it",
};

/** API groups that would change what others write, and are not served. */
const GROUPS: Readonly<Record<string, string>> = {
  "admissionregistration.k8s.io": `admission policies and webhooks are not run here; ${REAL}`,
  "apiregistration.k8s.io": `aggregated APIs are not served here; ${REAL}`,
};

/** @throws ApiError 404 that names what is not served and what to use. */
export function refuseUnserved(group: string, resource: string, subresource: string): void {
  const why = Object.hasOwn(GROUPS, group)
    ? GROUPS[group]
    : group === "" && resource === "pods" && Object.hasOwn(SUBRESOURCES, subresource)
      ? `pods/${subresource} is not served here: a container is a process; ${SUBRESOURCES[subresource]}`
      : undefined;
  if (why !== undefined) throw new ApiError(404, "NotFound", `the sandbox: ${why}`, {});
}
