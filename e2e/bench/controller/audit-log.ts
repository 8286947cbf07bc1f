import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SERVICE_ACCOUNT, SYSTEM_NAMESPACE } from "../../harness/install.ts";

/** An event of the API server's audit log (`audit.k8s.io/v1`): one request of the controller's account, and how it ended. */
export interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string };
  readonly requestObject?: unknown;
  readonly requestReceivedTimestamp: string;
  readonly responseStatus?: { readonly code?: number };
}

/** Flags for an API server that records the controller's requests in `folder`. */
export function auditFlags(folder: string): readonly string[] {
  const user = `system:serviceaccount:${SYSTEM_NAMESPACE}:${SERVICE_ACCOUNT}`;
  const policy = {
    apiVersion: "audit.k8s.io/v1",
    kind: "Policy",
    omitStages: ["RequestReceived"],
    rules: [{ level: "Request", users: [user] }, { level: "None" }],
  };
  writeFileSync(join(folder, "audit-policy.json"), JSON.stringify(policy));
  return [`--audit-policy-file=${join(folder, "audit-policy.json")}`, `--audit-log-path=${logIn(folder)}`];
}

function logIn(folder: string): string {
  return join(folder, "audit.log");
}

/** What was asked about a namespace since its first halt was recorded, in order. */
export function requestsSinceHalt(folder: string, namespace: string): readonly AuditEvent[] {
  const events = readFileSync(logIn(folder), "utf8")
    .split("\n")
    .filter((line) => line.includes(`/namespaces/${namespace}/`))
    .map((line): AuditEvent => JSON.parse(line))
    .sort((a, b) => (a.requestReceivedTimestamp < b.requestReceivedTimestamp ? -1 : 1));
  const first = events.findIndex(
    ({ verb, objectRef }) => verb === "create" && objectRef?.resource === "nodehalts",
  );
  return first < 0 ? [] : events.slice(first);
}

/** How many of these requests there are of each kind, the most first; a watch is one for a whole block, and none of a halt. */
export function countedByKind(events: readonly AuditEvent[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { verb, objectRef: { resource = "?", subresource } = {} } of events) {
    if (verb === "watch") continue;
    const kind = `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return new Map([...counts].sort(([, a], [, b]) => b - a));
}
