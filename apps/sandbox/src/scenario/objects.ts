import { createRequire } from "node:module";
import { join } from "node:path";
import { arrayAt, clone, isObject, type JsonObject, objectAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { SandboxError } from "../sandbox-error.ts";
import { imageOf } from "./condition.ts";
import { folderBeside, readKustomization } from "./manifests.ts";
import type { Scenario } from "./schema.ts";

/** The objects of `apps/sandbox/manifests`, or of a folder in it. */
export function readManifests(folder = ""): Promise<readonly KubeObject[]> {
  const own = createRequire(import.meta.url).resolve("@upgrade-halt/sandbox/package.json");
  return readKustomization(join(folderBeside(own, "manifests"), folder));
}

/** The demo's manifests with what the scenario says differently, in a namespace. */
export async function objectsOf(scenario: Scenario, namespace: string): Promise<readonly KubeObject[]> {
  const manifests = await readManifests();
  const template = manifests.find(({ kind }) => kind === "StatefulSet");
  if (template === undefined) throw new SandboxError("the sandbox's manifests hold no StatefulSet");
  const objects = manifests
    .filter(({ kind }) => scenario.nodes === undefined || kind !== "StatefulSet")
    .map((object) => changed(object, scenario));
  const holds = scenario.steps.flatMap((step) => (step.kind === "approach" ? [step.value.height] : []));
  const nodes = (scenario.nodes ?? []).map((node) => nodeLike(template, node, holds));
  return [...objects, ...nodes].map((object) => inNamespace(object, namespace));
}

function changed(object: KubeObject, { plans, policy }: Scenario): KubeObject {
  const copy = clone<KubeObject>(object);
  if (object.kind === "HaltPolicy") Object.assign(objectAt(copy, "spec"), policy);
  if (object.kind === "ConfigMap" && plans !== undefined) copy.data = { "plans.json": JSON.stringify(plans) };
  return copy;
}

/** The mock node's flag for heights before which it waits. */
const HOLD = "--hold-heights";

type Node = NonNullable<Scenario["nodes"]>[number];

/** The template's node under another name, which waits before the heights that the scenario's steps let it come to. */
function nodeLike(template: KubeObject, { name, image, args }: Node, holds: readonly number[]): KubeObject {
  const text = JSON.stringify(template).replaceAll(
    JSON.stringify(template.metadata.name),
    JSON.stringify(name),
  );
  const set = JSON.parse(text) as KubeObject;
  const container = arrayAt(set, "spec", "template", "spec", "containers").filter(isObject)[0] as JsonObject;
  container.image = imageOf(image);
  const own = arrayAt(container, "args");
  const hold = own.indexOf(HOLD);
  const others = hold < 0 ? own : [...own.slice(0, hold), ...own.slice(hold + 2)];
  const holding = holds.length === 0 ? [] : [HOLD, holds.join(",")];
  container.args = [...others, ...holding, ...args];
  return set;
}

function inNamespace(object: KubeObject, namespace: string): KubeObject {
  const copy = clone<KubeObject>(object);
  if (object.kind === "Namespace") copy.metadata.name = namespace;
  else copy.metadata.namespace = namespace;
  return copy;
}
