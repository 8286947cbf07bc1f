import { CONFIG_MAPS, HALT_POLICIES, PODS, pathOf, STATEFUL_SETS } from "../client/resource-path.ts";
import type { EventLog } from "../events/event-log.ts";
import { arrayAt, at, isObject, type Json, stringAt } from "../json/json.ts";
import { SandboxError } from "../sandbox-error.ts";
import { imageOf } from "../scenario/condition.ts";
import type { Setup } from "../scenario/setup.ts";
import { CONTAINER, type NodeView } from "../scenario/situation.ts";
import type { Action } from "./action.ts";
import { BEHAVIOURS } from "./names.ts";

/** The name that the manifests give the policy. */
export const POLICY = "sei";

/** Does an action in a setup, and records it. @throws SandboxError when there is no such node. */
export async function perform(action: Action, setup: Setup, eventLog: EventLog): Promise<void> {
  const did = (what: string, node = ""): void => eventLog.tell({ kind: "operator-did", node, what });
  switch (action.kind) {
    case "install":
      did(`installs ${action.value.version}`, action.value.node);
      return setContainer(setup, action.value.node, { image: imageOf(action.value.version) });
    case "crash":
    case "hang":
    case "resume":
      return signalNode(setup, action, did);
    case "behave": {
      const { node, as } = action.value;
      did(`starts it anew, to behave as ${as}`, node);
      const args = await argsOf(setup, node);
      return setContainer(setup, node, { args: [...withoutBehaviour(args), ...BEHAVIOURS[as]] }, true);
    }
    case "schedule":
      did(
        `schedules ${action.value.plan} at height ${action.value.height}; running nodes start anew to learn it`,
      );
      return schedule(setup, action.value);
    case "list": {
      const { plan, height, version } = action.value;
      did(`lists ${version} for ${plan} at height ${height}`);
      return changeUpgrades(setup, plan, [{ planName: plan, height, image: imageOf(version) }]);
    }
    case "unlist":
      did(`takes ${action.value.plan} off the list`);
      return changeUpgrades(setup, action.value.plan, []);
    case "policy": {
      did(`changes the policy: ${JSON.stringify(action.value)}`);
      await setup.client.mergePatch(pathOf(HALT_POLICIES, setup.namespace, POLICY), {
        spec: action.value as Json,
      });
      return;
    }
    case "pager":
      did(action.value === "down" ? "breaks the pager" : "mends the pager");
      return setup.pages.setDown(action.value === "down");
    case "network":
      did(`${action.value === "down" ? "cuts" : "heals"} the network to the API server`);
      return setup.controllers.cut(action.value === "down");
    case "isolate":
      did("cuts the network between it and the controllers", action.value.node);
      return setup.isolation.isolate(nodeNamed(setup, action.value.node).node);
    case "rejoin":
      did("heals the network between it and the controllers", action.value.node);
      return setup.isolation.rejoin(nodeNamed(setup, action.value.node).node);
    case "kill":
      return did(`kills the ${action.value} controller, process ${setup.controllers.kill(action.value)}`);
    case "hold":
      did(`lets the controller wait before ${action.value}`);
      return setup.gates.hold(action.value);
    case "release":
      did(`lets the controller go on with ${action.value}`);
      return setup.gates.release(action.value);
    default:
      action satisfies never;
  }
}

function nodeNamed({ situation }: Setup, name: string): NodeView {
  const { nodes } = situation();
  const found = nodes.find(({ node }) => node === name);
  if (found === undefined)
    throw new SandboxError(`there is no node ${name}; there are ${nodes.map(({ node }) => node).join(", ")}`);
  return found;
}

const SIGNALS = {
  crash: ["SIGQUIT", "which ends it as a panic would"],
  hang: ["SIGSTOP", "which hangs it"],
  resume: ["SIGCONT", "which lets it go on"],
} as const;

function signalNode(
  setup: Setup,
  { kind, value }: Extract<Action, { kind: keyof typeof SIGNALS }>,
  did: (what: string, node: string) => void,
): void {
  const { node, pid, isRunning } = nodeNamed(setup, value.node);
  if (!isRunning || pid === 0) throw new SandboxError(`${node} does not run`);
  const [signal, effect] = SIGNALS[kind];
  did(`sends ${signal} to process ${pid}, ${effect}`, node);
  process.kill(pid, signal);
}

/** Changes the node's container, and deletes the pod where the set leaves that to its operator, or where asked. */
async function setContainer(
  setup: Setup,
  node: string,
  change: { readonly image?: string; readonly args?: string[] },
  replacesPod = false,
): Promise<void> {
  nodeNamed(setup, node);
  const { client, namespace } = setup;
  const patch = { spec: { template: { spec: { containers: [{ name: CONTAINER, ...change }] } } } };
  const set = await client.strategicMergePatch(pathOf(STATEFUL_SETS, namespace, node), patch);
  const isManual = stringAt(set, "spec", "updateStrategy", "type") === "OnDelete";
  if (isManual || replacesPod) await client.delete(pathOf(PODS, namespace, `${node}-0`));
}

async function argsOf(setup: Setup, node: string): Promise<readonly string[]> {
  nodeNamed(setup, node);
  const set = await setup.client.get(pathOf(STATEFUL_SETS, setup.namespace, node));
  const container = arrayAt(set, "spec", "template", "spec", "containers").find(
    (one) => at(one, "name") === CONTAINER,
  );
  return arrayAt(container, "args").map(String);
}

/** The arguments without those that any behaviour gave. */
function withoutBehaviour(args: readonly string[]): readonly string[] {
  return Object.values(BEHAVIOURS)
    .filter((flags) => flags.length > 0)
    .reduce<readonly string[]>((left, flags) => {
      const start = left.findIndex((_, index) =>
        flags.every((flag, offset) => left[index + offset] === flag),
      );
      return start < 0 ? left : [...left.slice(0, start), ...left.slice(start + flags.length)];
    }, args);
}

async function schedule(
  setup: Setup,
  { plan, height, minor }: Extract<Action, { kind: "schedule" }>["value"],
): Promise<void> {
  const { client, namespace, situation } = setup;
  const path = pathOf(CONFIG_MAPS, namespace, "plans");
  const before = JSON.parse(stringAt(await client.get(path), "data", "plans.json") ?? "[]") as Json;
  const others = arrayAt(before).filter((one) => isObject(one) && one.name !== plan);
  const added = { name: plan, height, info: minor ? JSON.stringify({ upgradeType: "minor" }) : "" };
  const plans = [...others, added].toSorted(
    (left, right) => Number(at(left, "height")) - Number(at(right, "height")),
  );
  await client.mergePatch(path, { data: { "plans.json": JSON.stringify(plans) } });
  for (const { node, isRunning } of situation().nodes) {
    if (isRunning) await client.delete(pathOf(PODS, namespace, `${node}-0`));
  }
}

async function changeUpgrades(setup: Setup, plan: string, added: readonly Json[]): Promise<void> {
  const { client, namespace } = setup;
  const path = pathOf(HALT_POLICIES, namespace, POLICY);
  const listed = arrayAt(await client.get(path), "spec", "upgrades");
  const upgrades = [...listed.filter((one) => stringAt(one, "planName") !== plan), ...added];
  await client.mergePatch(path, { spec: { upgrades } });
}
