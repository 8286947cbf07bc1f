import type { AuditEvent } from "./audit-log.ts";
import { JSON_PATCH, MERGE_PATCH, type Write } from "./bare-client.ts";

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

/** The fewest writes about one halt that a crash at any moment leaves nothing open after, in order. */
export interface HaltScript {
  readonly node: NodeIdentity;
  readonly writes: readonly Write[];
}

/** Which of the controller's writes these are: docs/adr/0012 says why none of them can be left out. */
const FEWEST: readonly ((write: Write) => boolean)[] = [
  ({ method, path }) => method === "POST" && path.endsWith("/nodehalts"),
  (write) => saysPhase(write, "Swapping"),
  ({ method, path }) => method === "PATCH" && path.includes("/statefulsets/"),
  ({ method, path }) => method === "DELETE" && path.includes("/pods/"),
  (write) => saysPhase(write, "Recovered"),
];

/** A write that changes what runs. */
export function isAct({ method, path }: Write): boolean {
  return method === "DELETE" || (method === "PATCH" && path.includes("/statefulsets/"));
}

function saysPhase({ method, path, body }: Write, phase: string): boolean {
  if (method !== "PUT" || !/\/nodehalts\/[^/]+\/status$/.test(path)) return false;
  return (body as { status?: { phase?: string } }).status?.phase === phase;
}

/** Of what the controller wrote about the halts of a block the fewest that a journal needs. */
export function fewestWrites(
  events: readonly AuditEvent[],
  nodes: readonly NodeIdentity[],
): readonly HaltScript[] {
  const written = events.filter(
    ({ verb, responseStatus }) => verb in METHODS && (responseStatus?.code ?? 500) < 300,
  );
  const byNode = Map.groupBy(written, nodeOf);
  return nodes.map((node) => {
    const all = (byNode.get(node.name) ?? []).map(writeOf);
    const writes = FEWEST.flatMap((isNeeded) => all.find(isNeeded) ?? []);
    if (writes.length < FEWEST.length) throw new Error(`the audit log has no whole halt of ${node.name}`);
    return { node, writes };
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
  return { ...write, contentType: Array.isArray(body) ? JSON_PATCH : MERGE_PATCH };
}

/** The same writes about the node of the same name in another block. */
export function moved(script: HaltScript, node: NodeIdentity): HaltScript {
  const text = JSON.stringify(script)
    .replaceAll(script.node.podUid, node.podUid)
    .replaceAll(script.node.setUid, node.setUid)
    .replaceAll(script.node.namespace, node.namespace);
  return JSON.parse(text) as HaltScript;
}
