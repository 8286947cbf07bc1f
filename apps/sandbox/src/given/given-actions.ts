import { hasCode, repositoryOf } from "@upgrade-halt/kube";
import type { Action } from "../actions/action.ts";
import type { ApiClient } from "../client/api-client.ts";
import { HALT_POLICIES, PODS, pathOf, STATEFUL_SETS } from "../client/resource-path.ts";
import { imageOf } from "../events/watcher.ts";
import { arrayAt, type Json, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { controllerReference } from "../json/owners.ts";
import { SandboxError } from "../sandbox-error.ts";
import { namesIn } from "./given-nodes.ts";

export interface Place {
  readonly client: ApiClient;
  readonly namespace: string;
  /** The oldest first. */
  readonly policies: () => readonly KubeObject[];
  readonly pods: () => readonly KubeObject[];
}

/** Does through the API what a control over a given cluster asks for. @throws SandboxError for what it can't do. */
export async function performOver(action: Action, place: Place): Promise<void> {
  switch (action.kind) {
    case "install":
      return install(action.value, place);
    case "list": {
      const { plan, height, version } = action.value;
      const image = `${repositoryIn(place)}:${version}`;
      return changePolicy(place, (upgrades) => {
        const listed = upgrades.find((one) => stringAt(one, "planName") === plan);
        if (listed !== undefined)
          throw new SandboxError(
            `${plan} is listed already, with ${stringAt(listed, "image")}: take it off first`,
          );
        return { upgrades: [...upgrades, { planName: plan, height, image }] };
      });
    }
    case "unlist":
      return changePolicy(place, (upgrades) => ({ upgrades: without(upgrades, action.value.plan) }));
    case "policy":
      return changePolicy(place, () => action.value as Readonly<Record<string, Json>>);
    default:
      throw new SandboxError(`${action.kind} is not there over a given cluster`);
  }
}

/** Another release of the image that the node runs, in its StatefulSet. */
async function install(
  { node, version }: Extract<Action, { kind: "install" }>["value"],
  place: Place,
): Promise<void> {
  const { client, namespace, policies } = place;
  const pod = await client.get(pathOf(PODS, namespace, node));
  const owner = controllerReference(pod);
  const name = stringAt(owner, "name");
  if (name === undefined || stringAt(owner, "kind") !== "StatefulSet")
    throw new SandboxError(`${node} is not of a StatefulSet; change its image where it is declared`);
  const container = namesIn(policies).containerOf(pod);
  const image = `${repositoryOf(imageOf(pod, container))}:${version}`;
  const spec = { template: { spec: { containers: [{ name: container, image }] } } };
  const metadata = { uid: stringAt(owner, "uid") ?? "" };
  await client.strategicMergePatch(pathOf(STATEFUL_SETS, namespace, name), { metadata, spec });
}

/**
 * Patches the policy as the API server has it. A change in between is a conflict, and it is read again: a controller writes the status
 * of a policy whenever its spec is another.
 */
async function changePolicy(
  { client, namespace, policies }: Place,
  change: (upgrades: readonly Json[]) => Readonly<Record<string, Json>>,
): Promise<void> {
  const [policy, ...others] = policies();
  if (policy === undefined) throw new SandboxError(`there is no HaltPolicy in namespace ${namespace}`);
  if (others.length > 0)
    throw new SandboxError(
      `namespace ${namespace} has several HaltPolicies, and which one is meant is not known: use kubectl upgrade-halt`,
    );
  const path = pathOf(HALT_POLICIES, namespace, policy.metadata.name);
  for (let triesLeft = 5; triesLeft > 0; triesLeft -= 1) {
    const read = await client.get(path);
    const { resourceVersion = "" } = read.metadata;
    const spec = change(arrayAt(read, "spec", "upgrades"));
    try {
      await client.mergePatch(path, { metadata: { resourceVersion }, spec });
      return;
    } catch (error) {
      if (!hasCode(error, "conflict")) throw error;
    }
  }
  throw new SandboxError(`somebody else changes HaltPolicy ${policy.metadata.name} all the time: try again`);
}

function without(upgrades: readonly Json[], plan: string): Json[] {
  return upgrades.filter((one) => stringAt(one, "planName") !== plan);
}

/** The repository of the image that the nodes run. */
function repositoryIn({ pods, policies }: Place): string {
  const names = namesIn(policies);
  const images = pods().map((pod) => imageOf(pod, names.containerOf(pod)));
  const [repository, ...others] = new Set(images.filter((one) => one !== "").map(repositoryOf));
  if (repository === undefined)
    throw new SandboxError("no node is seen, so its image's repository is not known");
  if (others.length > 0)
    throw new SandboxError(
      "the nodes run images of several repositories, so which one is meant is not known",
    );
  return repository;
}
