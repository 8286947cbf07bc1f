import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SERVICE_ACCOUNT, SYSTEM_NAMESPACE } from "../../harness/install.ts";
import { JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH, type Write } from "./bare-client.ts";

/** An event of the API server's audit log (`audit.k8s.io/v1`). */
interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
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
    rules: [{ level: "Request", users: [user], verbs: Object.keys(METHODS) }, { level: "None" }],
  };
  writeFileSync(join(folder, "audit-policy.json"), JSON.stringify(policy));
  return [`--audit-policy-file=${join(folder, "audit-policy.json")}`, `--audit-log-path=${logIn(folder)}`];
}

function logIn(folder: string): string {
  return join(folder, "audit.log");
}

const METHODS: Readonly<Record<string, Write["method"]>> = {
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
};

/** What tells one node of a block from another, and the same node of two blocks. */
export interface NodeIdentity {
  readonly namespace: string;
  /** The StatefulSet's name; its pod's is this and `-0`. */
  readonly name: string;
  readonly setUid: string;
  readonly podUid: string;
}

/** What the controller writes about one halt, in order. */
export interface HaltScript {
  readonly node: NodeIdentity;
  readonly writes: readonly Write[];
  /** How many of them it takes until the halted pod is deleted, that deletion included. */
  readonly untilReplaced: number;
}

/** What the controller wrote about the halts of a block, and did not have to write again. */
export function recordedScripts(folder: string, nodes: readonly NodeIdentity[]): readonly HaltScript[] {
  const [{ namespace = "" } = {}] = nodes;
  const events = readFileSync(logIn(folder), "utf8")
    .split("\n")
    .filter((line) => line.includes(`/namespaces/${namespace}/`))
    .map((line): AuditEvent => JSON.parse(line))
    .filter(({ responseStatus }) => (responseStatus?.code ?? 500) < 300)
    .sort((a, b) => (a.requestReceivedTimestamp < b.requestReceivedTimestamp ? -1 : 1));
  const byNode = Map.groupBy(events, nodeOf);
  return nodes.map((node) => {
    const writes = (byNode.get(node.name) ?? []).map(writeOf);
    const deletion = writes.findIndex(({ method, path }) => method === "DELETE" && path.includes("/pods/"));
    if (deletion < 0) throw new Error(`the audit log in ${folder} has no whole halt of ${node.name}`);
    return { node, writes, untilReplaced: deletion + 1 };
  });
}

/** The StatefulSet that a request is about: every object of a node has its name at the beginning of its own. */
function nodeOf({ requestURI, requestObject }: AuditEvent): string | undefined {
  return (
    /\bsei-\d+\b/.exec(requestURI)?.[0] ?? /"name":"(sei-\d+)\b/.exec(JSON.stringify(requestObject))?.[1]
  );
}

function writeOf({ verb, requestURI, requestObject }: AuditEvent): Write {
  const method = METHODS[verb] ?? "POST";
  // The log names the server's own version of DeleteOptions, which it takes from nobody.
  const body = method === "DELETE" ? { ...(requestObject as object), apiVersion: "v1" } : requestObject;
  const write = { method, path: requestURI, body };
  if (verb !== "patch") return write;
  return { ...write, contentType: patchTypeOf(requestURI, requestObject) };
}

/** The log doesn't name it: operations are a list, and the conditions of a pod are merged by their type. */
function patchTypeOf(uri: string, body: unknown): string {
  if (Array.isArray(body)) return JSON_PATCH;
  return /\/pods\/[^/]+\/status\b/.test(uri) ? STRATEGIC_MERGE_PATCH : MERGE_PATCH;
}

/** The same writes about the node of the same name in another block. */
export function moved(script: HaltScript, node: NodeIdentity): HaltScript {
  const text = JSON.stringify(script)
    .replaceAll(script.node.podUid, node.podUid)
    .replaceAll(script.node.setUid, node.setUid)
    .replaceAll(script.node.namespace, node.namespace);
  return JSON.parse(text) as HaltScript;
}
