import { NAMESPACE, objectsOf, type Scenario, ScenarioSchema } from "@upgrade-halt/sandbox";
import type { Plan } from "./governance.ts";
import { CHAIN_ID } from "./homes.ts";
import type { Network } from "./network.ts";
import { announce } from "./supervisors.ts";
import type { Validator } from "./validator.ts";

/** The release of the demo, and so the plan that the chain votes for. */
export const DEMO_PLAN = "v6.7";
const NODES = ["sei-0", "sei-1", "sei-2", "sei-3"];
const STANDSTILL_MS = 2_000;

type Objects = Awaited<ReturnType<typeof objectsOf>>;

/** What happens to the four validators, and what must come of it. */
export function demoScenario({ name, height }: Plan): Scenario {
  const halted = { reason: "upgrade_required", plan: name };
  return ScenarioSchema.parse({
    title: `A cluster starts on this machine. The four validators go on in its pods, each under exec --announce, and a controller watches them.`,
    question: "What does an upgrade of a chain look like that knows nothing of upgrade-halt?",
    nodes: NODES.map((node) => ({ name: node })),
    policy: {
      chainId: CHAIN_ID,
      upgrades: [{ planName: name, height, image: `upgrade-halt.dev/mock-node:${name}` }],
      maxConcurrent: NODES.length,
    },
    steps: [
      {
        chapter: `The chain makes a block every half second. At height ${height} it upgrades to ${name}, which no node can run yet.`,
      },
      {
        wait: {
          for: "every node to be swapped and to recover",
          within: 150,
          ready: NODES.length,
          halts: { ...halted, phase: "Recovered", atLeast: NODES.length },
        },
      },
      { chapter: "One mishap: sei-2 crashes." },
      { crash: { node: "sei-2" } },
      {
        wait: {
          for: "sei-2 to be restarted by the kubelet, and to follow the chain",
          within: 90,
          node: { name: "sei-2", restarts: 1, ready: true, past: height + 2 },
        },
      },
    ],
    expect: [
      ...NODES.map((node) => ({
        text: `${node} stood at the height, was announced with exit code 70, swapped once, and passed height ${height}`,
        halts: { ...halted, node, count: 1, phase: "Recovered", exitCode: 70, recoveredPast: height },
      })),
      {
        text: "sei-2 crashed and was left to the kubelet, which restarted it once",
        node: { name: "sei-2", image: name, restarts: 1, running: true },
      },
      { text: "nobody was paged", pages: { count: 0 } },
    ],
  });
}

/** The demo's manifests with the validators of a network in the place of its nodes. */
export async function demoObjects(scenario: Scenario, network: Network, plan: Plan): Promise<Objects> {
  const objects = await objectsOf(scenario, NAMESPACE);
  return objects.map((object) => {
    const validator = network.validators[NODES.indexOf(object.metadata.name)];
    if (object.kind !== "StatefulSet" || validator === undefined) return object;
    const set = structuredClone(object) as unknown as NodeSet;
    const { spec } = set.spec.template;
    const [container] = spec.containers;
    if (container === undefined) throw new Error("the demo's nodes have no container");
    container.command = ["sh", "-c", commandOf(validator, plan)];
    container.args = [];
    container.volumeMounts = [{ name: "data", mountPath: "/data" }];
    spec.volumes = [{ name: "data", hostPath: { path: validator.home } }];
    set.spec.volumeClaimTemplates = [];
    return set as unknown as Objects[number];
  });
}

interface NodeSet {
  readonly spec: {
    volumeClaimTemplates: readonly object[];
    readonly template: {
      readonly spec: {
        volumes: readonly object[];
        readonly containers: readonly [
          { command: readonly string[]; args: readonly string[]; volumeMounts: readonly object[] },
        ];
      };
    };
  };
}

/** The node has an address of its pod's; which plans its release can apply follows from the image. */
function commandOf(validator: Validator, plan: Plan): string {
  validator.rpc = "http://$POD_IP:26657";
  const words = [
    ...announce(validator, plan, STANDSTILL_MS),
    ...validator.commandLine(["--rpc.laddr", "tcp://$POD_IP:26657"]),
  ];
  return `case $MOCK_NODE_IMAGE in ${plan.name}) UPGRADE_HANDLERS=${plan.name} ;; *) UPGRADE_HANDLERS= ;; esac
export UPGRADE_HANDLERS
exec ${words.map((word) => `"${word}"`).join(" ")}`;
}
