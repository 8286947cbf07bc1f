import { arrayAt, at, isObject, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import type { ApiContext, Target } from "./operations/context.ts";
import { remove } from "./operations/delete.ts";
import { replace } from "./operations/update.ts";
import type { ResourceType } from "./resources/resource-type.ts";
import type { Change } from "./store.ts";

const MANAGER = { name: "kube-controller-manager", operation: "Update", subresource: "" } as const;
const OPTIONS = { manager: MANAGER, dryRun: false, fieldValidation: "Ignore" } as const;

/**
 * Deletes what has lost its last owner, and everything in a namespace that goes away: the garbage collector and
 * namespace loops of kube-controller-manager, here inside the server because they need to see every type.
 */
export class GarbageCollector {
  readonly #context: ApiContext;
  readonly #dependents = new Map<string, Map<string, Change>>();
  readonly #uids = new Set<string>();

  constructor(context: ApiContext) {
    this.#context = context;
    context.store.watchAll((change) => this.#onChange(change));
  }

  #onChange(change: Change): void {
    const uid = stringAt(change.object, "metadata", "uid") ?? "";
    this.#index(change, uid);
    setImmediate(() => this.#settle(change, uid));
  }

  #index(change: Change, uid: string): void {
    if (change.type === "DELETED") this.#uids.delete(uid);
    else this.#uids.add(uid);
    for (const owner of [...ownerUids(change.object), ...ownerUids(change.previous)]) {
      const dependents = this.#dependents.get(owner) ?? new Map<string, Change>();
      this.#dependents.set(owner, dependents);
      if (change.type === "DELETED" || !ownerUids(change.object).includes(owner)) dependents.delete(uid);
      else dependents.set(uid, change);
      if (dependents.size === 0) this.#dependents.delete(owner);
    }
  }

  #settle(change: Change, uid: string): void {
    const { object, type, storageKey } = change;
    if (type === "DELETED") {
      for (const dependent of this.#dependentsOf(uid)) this.#collect(dependent);
      this.#releaseOwners(object);
      this.#finishNamespace(stringAt(object, "metadata", "namespace") ?? "");
      return;
    }
    if (type === "ADDED") this.#collect(change);
    if (object.metadata.deletionTimestamp === undefined) return;
    if (storageKey === "/namespaces") this.#emptyNamespace(object.metadata.name);
    else this.#finalize(change, uid);
  }

  #dependentsOf(uid: string): readonly Change[] {
    return [...(this.#dependents.get(uid)?.values() ?? [])];
  }

  /** Deletes the object when it has owners and none of them exists any more. */
  #collect({ object, storageKey }: Change): void {
    const owners = ownerUids(object);
    if (owners.length === 0 || owners.some((owner) => this.#uids.has(owner))) return;
    this.#delete(storageKey, object);
  }

  /** Foreground deletion waits for the dependents, orphaning lets them go. */
  #finalize({ object, storageKey }: Change, uid: string): void {
    const finalizers = arrayAt(object, "metadata", "finalizers");
    if (finalizers.includes("foregroundDeletion")) {
      const dependents = this.#dependentsOf(uid);
      for (const dependent of dependents) this.#delete(dependent.storageKey, dependent.object);
      if (this.#dependentsOf(uid).length === 0) this.#dropFinalizer(storageKey, object, "foregroundDeletion");
    } else if (finalizers.includes("orphan")) {
      for (const dependent of this.#dependentsOf(uid)) this.#disown(dependent, uid);
      this.#dropFinalizer(storageKey, object, "orphan");
    }
  }

  /** A dependent is gone: an owner in foreground deletion may have been waiting for it. */
  #releaseOwners(object: KubeObject): void {
    for (const reference of arrayAt(object, "metadata", "ownerReferences").filter(isObject)) {
      const type = this.#typeOfOwner(
        stringAt(reference, "apiVersion") ?? "",
        stringAt(reference, "kind") ?? "",
      );
      const namespace = type?.namespaced === true ? (stringAt(object, "metadata", "namespace") ?? "") : "";
      const owner =
        type && this.#context.store.get(type.storageKey, namespace, stringAt(reference, "name") ?? "");
      if (owner?.metadata.deletionTimestamp === undefined || type === undefined) continue;
      const revision = this.#context.store.revision;
      this.#finalize(
        { type: "MODIFIED", revision, storageKey: type.storageKey, object: owner, previous: owner },
        stringAt(owner, "metadata", "uid") ?? "",
      );
    }
  }

  #typeOfOwner(apiVersion: string, kind: string): ResourceType | undefined {
    const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
    return this.#context.registry.all().find((type) => type.group === group && type.kind === kind);
  }

  #emptyNamespace(name: string): void {
    for (const type of this.#namespacedTypes()) {
      for (const object of this.#context.store.list(type.storageKey, name))
        this.#delete(type.storageKey, object);
    }
    this.#finishNamespace(name);
  }

  #finishNamespace(name: string): void {
    const { store } = this.#context;
    const namespace = store.get("/namespaces", "", name);
    if (namespace?.metadata.deletionTimestamp === undefined) return;
    if (this.#namespacedTypes().some((type) => store.list(type.storageKey, name).length > 0)) return;
    store.commit("DELETED", "/namespaces", namespace);
  }

  #namespacedTypes(): readonly ResourceType[] {
    return this.#context.registry.all().filter((type) => type.namespaced && type.conversion === undefined);
  }

  #target(storageKey: string, object: KubeObject): Target | undefined {
    const type = this.#context.registry
      .all()
      .find((one) => one.storageKey === storageKey && one.conversion === undefined);
    const namespace = stringAt(object, "metadata", "namespace") ?? "";
    const { name } = object.metadata;
    const current = type && this.#context.store.get(storageKey, namespace, name);
    const isSame = current !== undefined && current.metadata.uid === object.metadata.uid;
    return type !== undefined && isSame ? { type, namespace, name, subresource: "" } : undefined;
  }

  #delete(storageKey: string, object: KubeObject): void {
    const target = this.#target(storageKey, object);
    if (target !== undefined && object.metadata.deletionTimestamp === undefined) {
      remove(this.#context, target, { dryRun: false });
    }
  }

  #dropFinalizer(storageKey: string, object: KubeObject, finalizer: string): void {
    const finalizers = arrayAt(object, "metadata", "finalizers").filter((one) => one !== finalizer);
    this.#rewrite(storageKey, object, { finalizers });
  }

  #disown({ storageKey, object }: Change, uid: string): void {
    const references = arrayAt(object, "metadata", "ownerReferences").filter((one) => at(one, "uid") !== uid);
    this.#rewrite(storageKey, object, { ownerReferences: references });
  }

  #rewrite(storageKey: string, object: KubeObject, metadata: Pick<KubeObject["metadata"], string>): void {
    const target = this.#target(storageKey, object);
    if (target === undefined) return;
    const current = this.#context.store.get(storageKey, target.namespace, target.name);
    if (current === undefined) return;
    replace(
      this.#context,
      target,
      current,
      { ...current, metadata: { ...current.metadata, ...metadata } },
      OPTIONS,
    );
  }
}

function ownerUids(object: KubeObject | undefined): readonly string[] {
  return arrayAt(object, "metadata", "ownerReferences").map((reference) => stringAt(reference, "uid") ?? "");
}
