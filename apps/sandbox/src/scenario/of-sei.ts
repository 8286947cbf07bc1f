import { join } from "node:path";
import { SEI_NETWORKS, SEI_NODES } from "../client/resource-path.ts";
import { arrayAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { startSei } from "../sei/sei-controllers.ts";
import { NETWORK_LABEL } from "../sei/sei-network-loop.ts";
import type { Base } from "./base.ts";
import type { Cleanups } from "./cleanups.ts";
import { controllerPackage } from "./controller-process.ts";
import { folderBeside, readKustomization } from "./manifests.ts";
import { readManifests } from "./objects.ts";

interface OfSei {
  readonly base: Pick<Base, "client" | "applier">;
  readonly namespace: string;
  readonly objects: readonly KubeObject[];
  /** The name of the SeiNetwork. */
  readonly network: string;
}

/**
 * Applies objects whose StatefulSets are of SeiNodes: these are applied in their place, under the SeiNetwork, and what stands for
 * Sei's controllers makes the StatefulSets of them until the cleanup. The controller gets its optional rights for both kinds.
 */
export async function applyOfSei(
  { base: { client, applier }, namespace, objects, network }: OfSei,
  cleanups: Cleanups,
): Promise<void> {
  const deploy = folderBeside(controllerPackage(), "deploy");
  const rights = ["seinodes", "seinetworks"].map((component) => readKustomization(join(deploy, component)));
  await applier.apply((await Promise.all([readManifests("sei"), ...rights])).flat());
  const sets = new Map(
    objects.filter(({ kind }) => kind === "StatefulSet").map((set) => [set.metadata.name, set]),
  );
  const nodes = [...sets.values()].map((set) => seiNodeOf(set, network));
  const others = objects.filter(({ kind }) => kind !== "StatefulSet");
  await applier.apply([...others, ...nodes.slice(0, 1).map((node) => networkOf(node, network)), ...nodes]);
  const over = new AbortController();
  cleanups.add(() => over.abort());
  const setOf = (name: string) => sets.get(name);
  await startSei(client, { namespace, setOf }, over.signal);
}

function seiNodeOf({ metadata, spec = {} }: KubeObject, network: string): KubeObject {
  const { name, namespace = "" } = metadata;
  const container = arrayAt(spec, "template", "spec", "containers")[0];
  return {
    apiVersion: SEI_NODES.apiVersion,
    kind: SEI_NODES.kind,
    metadata: { name, namespace, labels: { [NETWORK_LABEL]: network } },
    spec: {
      chainId: stringAt(metadata, "labels", "sei.io/chain") ?? "",
      image: stringAt(container, "image") ?? "",
    },
  };
}

/** It has the image that its SeiNodes have. */
function networkOf(node: KubeObject, name: string): KubeObject {
  const { apiVersion, kind } = SEI_NETWORKS;
  const metadata = { name, namespace: node.metadata.namespace ?? "" };
  return { apiVersion, kind, metadata, spec: { image: stringAt(node, "spec", "image") ?? "" } };
}
