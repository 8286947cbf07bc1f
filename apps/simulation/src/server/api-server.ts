import { type JsonPatchOperation, KubeError, type Query } from "@upgrade-halt/kube";
import type { LogLine } from "../cluster/node.ts";
import { EPOCH, type VirtualTime } from "../time/virtual-time.ts";
import { type Json, type Meta, PATHS, type Stored } from "./objects.ts";
import { applyJsonPatch, applyMergePatch, sameValue } from "./patches.ts";

/** Who writes: a replica of the controller, or the name of somebody else. */
export type Actor = string;

/** One write as it was committed. */
export interface Commit {
  readonly by: Actor;
  readonly verb: "create" | "update" | "delete";
  readonly collection: string;
  readonly subresource: string | undefined;
  readonly before: Stored | undefined;
  readonly after: Stored | undefined;
}

/** One line of a collection's history, as a watch tells it. */
export interface Change {
  readonly version: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: Stored;
}

export interface Target {
  readonly collection: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** Objects that a pod's own kubelet removes after their process has ended. */
const GRACEFUL = "/api/v1/pods";
/** Changes that a collection remembers for watches; older ones are answered 410. */
const HISTORY = 400;
/** Collections whose status is written by its own subresource alone. */
const WITH_STATUS = /pods$|statefulsets$|haltpolicies$|nodehalts$|noderecords$|deployments$/;

/** What makes pods, and what is kept of their templates. */
const WORKLOADS = /^\/apis\/(?:apps|sei\.io)\//;

const targets = new Map<string, Target>();

/** Takes a URL path apart. */
export function targetOf(path: string): Target {
  const known = targets.get(path);
  if (known !== undefined) return known;
  const [, prefix = "", namespace, plural = "", name, subresource] =
    /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(
      path,
    ) ?? [];
  if (plural === "") throw new Error(`the simulated API server knows no path ${path}`);
  const target = { collection: `${prefix}/${plural}`, namespace, name, subresource };
  targets.set(path, target);
  return target;
}

/** The part of an API server that the controller relies on, each request in one instant. */
export class ApiServer {
  readonly #time: VirtualTime;
  readonly #collections = new Map<string, Map<string, Stored>>();
  readonly #histories = new Map<string, Change[]>();
  readonly #watchers = new Map<string, Set<(change: Change) => void>>();
  readonly #onCommit: (commit: Commit) => void;
  /** Asks a pod's kubelet for a log: `undefined` where it does not answer. */
  #readLog: (pod: Stored, isPrevious: boolean) => readonly LogLine[] | undefined = () => undefined;
  /** Nobody may read logs. */
  refusesLogs = false;
  /** It reaches no kubelet: pods are reported, and their logs are out of reach. */
  losesLogs = false;
  /** It answers with no times before the lines of a log, whatever it is asked. */
  stampsNoLogs = false;
  /** CustomResourceDefinitions of another release: they take no halt with a height, no journal that goes on, or none that has what its pod showed. */
  definitions: "of-now" | "short-spec" | "short-status" | "short-seen" = "of-now";
  /** It fails to store a new NodeHalt of the controller's, or has a quota that leaves no room for one. */
  takesNoHalts: "server-error" | "forbidden" | undefined;
  /** What it says to a controller that writes a NodeHalt's status, if it does not take it. */
  takesNoStatus: "server-error" | "forbidden" | "too-large" | undefined;
  /** What becomes of an image that a controller of halts sets: it is refused, put back, or set to another, as by a webhook. */
  rewritesImages: "forbidden" | "back" | "to-another" | undefined;
  /** What it says to a program that reads workloads, if it does not show them. */
  refusesWorkloads: "forbidden" | "server-error" | undefined;
  #version = 1;

  constructor(time: VirtualTime, onCommit: (commit: Commit) => void) {
    this.#time = time;
    this.#onCommit = onCommit;
    // Of the cluster before.
    targets.clear();
  }

  get version(): string {
    return String(this.#version);
  }

  /** All objects of a collection, in the order in which they were made. */
  all<T extends Stored = Stored>(collection: string): readonly T[] {
    return [...(this.#collections.get(collection)?.values() ?? [])] as T[];
  }

  find<T extends Stored = Stored>(collection: string, namespace: string, name: string): T | undefined {
    return this.#collections.get(collection)?.get(`${namespace}/${name}`) as T | undefined;
  }

  get(path: string): Stored {
    const target = targetOf(path);
    const found = this.find(target.collection, target.namespace ?? "", target.name ?? "");
    if (found === undefined) throw new KubeError("not-found", `${path} not found`);
    return found;
  }

  list(path: string, query: Query = {}): readonly Stored[] {
    const { collection, namespace } = targetOf(path);
    const fits = selectorOf(query);
    return this.all(collection).filter(
      (object) => (namespace === undefined || object.metadata.namespace === namespace) && fits(object),
    );
  }

  /** Refuses a program's reading of what makes pods, while that is so. */
  allowRead(path: string): void {
    const code = this.refusesWorkloads;
    if (code !== undefined && WORKLOADS.test(targetOf(path).collection))
      throw new KubeError(code, `${path} is not shown`);
  }

  serveLogs(readLog: (pod: Stored, isPrevious: boolean) => readonly LogLine[] | undefined): void {
    this.#readLog = readLog;
  }

  /** The log of a pod's node, or of the process before. */
  log(path: string, { previous, tailLines, sinceTime, timestamps }: Query = {}): string {
    if (this.refusesLogs) throw new KubeError("forbidden", `${path} may not be read`);
    const log = this.losesLogs ? undefined : this.#readLog(this.get(path), previous === true);
    if (log === undefined) throw new KubeError("server-error", `${path}: no kubelet answers`);
    const since = sinceTime === undefined ? 0 : Date.parse(String(sinceTime)) - EPOCH;
    const recent = log.filter(({ at }) => at >= since);
    const lines = tailLines === undefined ? recent : recent.slice(-Number(tailLines));
    const isStamped = timestamps === true && !this.stampsNoLogs;
    return lines
      .map(({ at, text }) => `${isStamped ? `${new Date(EPOCH + at).toISOString()} ` : ""}${text}\n`)
      .join("");
  }

  create(by: Actor, path: string, body: Json): Stored {
    const { collection, namespace = "" } = targetOf(path);
    const { metadata, status, ...rest } = body as Json & {
      readonly metadata: Partial<Meta>;
      readonly status?: Json;
    };
    const name = metadata.name ?? "";
    const { height } = (body.spec ?? {}) as { readonly height?: number };
    if (
      this.definitions === "short-spec" &&
      isController(by) &&
      collection.endsWith("/nodehalts") &&
      height !== undefined
    )
      throw new KubeError("invalid", `${path}/${name}: spec.height is not known`);
    if (this.takesNoHalts !== undefined && isController(by) && collection === PATHS.halts)
      throw new KubeError(this.takesNoHalts, `${path}/${name} is not stored`);
    if (this.find(collection, namespace, name) !== undefined)
      throw new KubeError("already-exists", `${path}/${name} already exists`);
    const version = this.#next();
    const object: Stored = {
      ...rest,
      ...(status !== undefined && (collection === GRACEFUL || !WITH_STATUS.test(collection))
        ? { status }
        : {}),
      metadata: {
        ...metadata,
        name,
        namespace,
        uid: `uid-${version}`,
        resourceVersion: String(version),
        generation: 1,
        creationTimestamp: this.#time.timestamp.replace(/\.\d+Z$/, "Z"),
      },
    };
    this.#put(by, collection, undefined, undefined, object);
    return object;
  }

  /** A removal in the foreground: the object stays, marked, until all that it owns is gone. */
  beginRemoval(by: Actor, path: string): void {
    const { collection } = targetOf(path);
    const before = this.get(path);
    const deletionTimestamp = this.#time.timestamp.replace(/\.\d+Z$/, "Z");
    const resourceVersion = String(this.#next());
    const after = { ...before, metadata: { ...before.metadata, deletionTimestamp, resourceVersion } };
    this.#put(by, collection, undefined, before, after);
  }

  endRemoval(by: Actor, path: string): void {
    const { collection, namespace = "", name = "" } = targetOf(path);
    const found = this.find(collection, namespace, name);
    if (found?.metadata.deletionTimestamp !== undefined) this.#drop(by, collection, found);
  }

  replace(by: Actor, path: string, body: Json): Stored {
    const before = this.get(path);
    const { metadata } = body as unknown as Stored;
    return this.#write(by, path, before, body, metadata?.resourceVersion);
  }

  mergePatch(by: Actor, path: string, patch: Json, keyed: boolean): Stored {
    const before = this.get(path);
    const { metadata } = patch as { readonly metadata?: Partial<Meta> };
    if (metadata?.uid !== undefined && metadata.uid !== before.metadata.uid)
      throw new KubeError(keyed ? "conflict" : "invalid", `${path} has another UID`);
    return this.#write(
      by,
      path,
      before,
      applyMergePatch(before, patch, keyed) as Json,
      metadata?.resourceVersion,
    );
  }

  jsonPatch(by: Actor, path: string, operations: readonly JsonPatchOperation[]): Stored {
    const before = this.get(path);
    const after = applyJsonPatch(before, operations);
    if (after === undefined) throw new KubeError("invalid", `a test of the patch of ${path} failed`);
    const image = operations.find((one) => one.op !== "test" && one.path.endsWith("/image"))?.value;
    const isRewritten = typeof image === "string" && isController(by) && this.rewritesImages !== undefined;
    return isRewritten
      ? this.#rewrite(path, before, after as Json, image)
      : this.#write(by, path, before, after as Json, undefined);
  }

  /** Pods are asked to end; everything else is gone at once. */
  remove(by: Actor, path: string, uid?: string, resourceVersion?: string): void {
    const { collection } = targetOf(path);
    const before = this.get(path);
    const fits =
      (uid === undefined || uid === before.metadata.uid) &&
      (resourceVersion === undefined || resourceVersion === before.metadata.resourceVersion);
    if (!fits) throw new KubeError("conflict", `${path} is another object by now`);
    if (collection !== GRACEFUL) {
      this.#drop(by, collection, before);
      return;
    }
    if (before.metadata.deletionTimestamp !== undefined) return;
    const metadata = { ...before.metadata, deletionTimestamp: this.#time.timestamp.replace(/\.\d+Z$/, "Z") };
    this.#commit({ by, verb: "delete", collection, subresource: undefined, before, after: undefined });
    this.#store(
      collection,
      { ...before, metadata: { ...metadata, resourceVersion: String(this.#next()) } },
      "MODIFIED",
    );
  }

  /** What a kubelet does once nothing of the pod runs any more. */
  finishRemoval(pod: Stored): void {
    const now = this.find(GRACEFUL, pod.metadata.namespace, pod.metadata.name);
    if (now?.metadata.uid === pod.metadata.uid) this.#drop("kubelet", GRACEFUL, now);
  }

  /** Calls back with each change after `version`. `undefined` when so much is not remembered: 410. */
  watch(collection: string, version: number, onChange: (change: Change) => void): (() => void) | undefined {
    const history = this.#histories.get(collection) ?? [];
    const [oldest] = history;
    if (history.length >= HISTORY && oldest !== undefined && version < oldest.version) return undefined;
    for (const change of history) if (change.version > version) onChange(change);
    const watchers = this.#watchers.get(collection) ?? new Set();
    this.#watchers.set(collection, watchers.add(onChange));
    return () => watchers.delete(onChange);
  }

  #write(by: Actor, path: string, before: Stored, body: Json, expected: string | undefined): Stored {
    const { collection, subresource } = targetOf(path);
    if (expected !== undefined && expected !== before.metadata.resourceVersion)
      throw new KubeError("conflict", `${path} was written meanwhile`);
    const isStatus = subresource === "status";
    const hasStatus = WITH_STATUS.test(collection);
    const { metadata = before.metadata, spec, status } = body as unknown as Stored;
    const wanted: Stored = {
      ...before,
      ...(isStatus ? {} : { spec }),
      ...(isStatus || !hasStatus ? { status } : {}),
    };
    const isSpecSame = isStatus || sameValue(spec, before.spec);
    refuseForbidden(collection, before, wanted, isSpecSame);
    if (
      this.definitions === "short-status" &&
      collection.endsWith("/nodehalts") &&
      stepsOf(wanted) > stepsOf(before)
    )
      throw new KubeError("invalid", `${path}: status.steps has too many`);
    if (isStatus && collection === PATHS.halts && isController(by)) this.#refuseStatus(path, before, wanted);
    const { uid, creationTimestamp, generation, deletionTimestamp, name, namespace } = before.metadata;
    const kept = { uid, creationTimestamp, name, namespace, ...(deletionTimestamp && { deletionTimestamp }) };
    const plain = isStatus ? before.metadata : { ...metadata };
    const isSame = isSpecSame && sameValue(wanted.status, before.status) && sameMeta(plain, before.metadata);
    if (isSame) return before;
    const after: Stored = {
      ...wanted,
      metadata: {
        ...plain,
        ...kept,
        generation: isSpecSame ? generation : generation + 1,
        resourceVersion: String(this.#next()),
      },
    };
    this.#put(by, collection, subresource, before, after);
    return after;
  }

  /** A webhook keeps the image as it was, sets another one, or refuses to have it set. */
  #rewrite(path: string, before: Stored, after: Json, image: string): Stored {
    if (this.rewritesImages === "forbidden") throw new KubeError("forbidden", `${path} may not be changed`);
    if (this.rewritesImages === "back") return before;
    const rewritten = JSON.parse(JSON.stringify(after).replaceAll(image, OTHER_IMAGE));
    return this.#write("webhook", path, before, rewritten, undefined);
  }

  #refuseStatus(path: string, before: Stored, { status }: Stored): void {
    if (this.takesNoStatus !== undefined)
      throw new KubeError(this.takesNoStatus, `${path}: status is not stored`);
    const isSeen = status?.seen !== undefined && before.status?.seen === undefined;
    if (this.definitions === "short-seen" && isSeen)
      throw new KubeError("invalid", `${path}: status.seen is not known`);
  }

  #put(
    by: Actor,
    collection: string,
    subresource: string | undefined,
    before: Stored | undefined,
    after: Stored,
  ): void {
    this.#commit({
      by,
      verb: before === undefined ? "create" : "update",
      collection,
      subresource,
      before,
      after,
    });
    this.#store(collection, after, before === undefined ? "ADDED" : "MODIFIED");
  }

  #drop(by: Actor, collection: string, before: Stored): void {
    if (collection !== GRACEFUL || by !== "kubelet")
      this.#commit({ by, verb: "delete", collection, subresource: undefined, before, after: undefined });
    this.#collections.get(collection)?.delete(`${before.metadata.namespace}/${before.metadata.name}`);
    const metadata = { ...before.metadata, resourceVersion: String(this.#next()) };
    this.#tell(collection, { version: this.#version, type: "DELETED", object: { ...before, metadata } });
  }

  #store(collection: string, object: Stored, type: "ADDED" | "MODIFIED"): void {
    const objects = this.#collections.get(collection) ?? new Map<string, Stored>();
    this.#collections.set(collection, objects);
    objects.set(`${object.metadata.namespace}/${object.metadata.name}`, object);
    this.#tell(collection, { version: this.#version, type, object });
  }

  #tell(collection: string, change: Change): void {
    const history = this.#histories.get(collection) ?? [];
    this.#histories.set(collection, history);
    history.push(change);
    if (history.length > HISTORY * 2) history.splice(0, HISTORY);
    for (const onChange of this.#watchers.get(collection) ?? []) onChange(change);
  }

  #commit(commit: Commit): void {
    this.#onCommit(commit);
  }

  #next(): number {
    this.#version += 1;
    return this.#version;
  }
}

/** What a webhook may set in the place of an image. */
const OTHER_IMAGE = `registry.example/seid@sha256:${"7".repeat(64)}`;

/** People's NodeHalts are not held against another release's definitions: what comes of those is no matter of theirs. */
function isController(by: Actor): boolean {
  return by.startsWith("controller-");
}

function stepsOf({ status }: Stored): number {
  return Array.isArray(status?.steps) ? status.steps.length : 0;
}

/** The rules of the CustomResourceDefinitions that matter here: what was seen, and what has ended, stays. */
function refuseForbidden(collection: string, before: Stored, after: Stored, isSpecSame: boolean): void {
  if (!collection.endsWith("/nodehalts")) return;
  if (!isSpecSame) throw new KubeError("invalid", "spec records what was seen and can't be changed");
  const [was, is] = [before.status?.phase, after.status?.phase];
  if (["Recovered", "Failed", "Paged"].includes(String(was)) && is !== was)
    throw new KubeError("invalid", "a halt that ended stays so");
}

function sameMeta(one: Partial<Meta>, other: Meta): boolean {
  return (
    sameValue(one.labels ?? {}, other.labels ?? {}) &&
    sameValue(one.annotations ?? {}, other.annotations ?? {}) &&
    sameValue(one.ownerReferences ?? [], other.ownerReferences ?? [])
  );
}

function selectorOf({ labelSelector, fieldSelector }: Query): (object: Stored) => boolean {
  if (labelSelector === undefined && fieldSelector === undefined) return () => true;
  const labels = pairsOf(labelSelector);
  const fields = pairsOf(fieldSelector);
  return ({ metadata }) =>
    labels.every(([name, value]) => metadata.labels?.[name] === value) &&
    fields.every(([name, value]) => (name === "metadata.name" ? metadata.name === value : true));
}

function pairsOf(selector: unknown): readonly (readonly [string, string])[] {
  if (typeof selector !== "string" || selector === "") return [];
  return selector.split(",").map((pair) => {
    const [name = "", value = ""] = pair.split("=");
    return [name, value];
  });
}
