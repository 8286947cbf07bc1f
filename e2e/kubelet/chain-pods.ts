import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { V1ConfigMap, V1Container, V1Pod, V1PodSpec, V1StatefulSet } from "@kubernetes/client-node";
import type { HaltPolicy, HaltPolicySpec } from "@upgrade-halt/mini-controller/api";
import { filesIn, freePort } from "@upgrade-halt/testing";
import { parse, parseAllDocuments } from "yaml";
import type { Plan } from "../chains/governance.ts";
import { CHAIN_ID, rewrite } from "../chains/homes.ts";
import type { Validator } from "../chains/validator.ts";
import { NODE_LABELS } from "../harness/fixtures/mock-nodes.ts";
import type { Testbed } from "../harness/testbed.ts";
import { HOLD } from "./cases.ts";
import { COMMAND_IMAGE } from "./chain-images.ts";

const guide = (name: string) =>
  filesIn(readFileSync(join(import.meta.dirname, "../../docs/guides", name), "utf8"));
const FILES = guide("today.md");
const [POLICY_FILE, NODE] = parseAllDocuments(FILES.get("announced.yaml") ?? "").map((one) => one.toJS()) as [
  V1ConfigMap,
  V1StatefulSet,
];
const HELD = parse(guide("kubernetes.md").get("sei.yaml") ?? "") as V1Pod;
const POLICY = parse(FILES.get("policy.yaml") ?? "") as HaltPolicy;

/** How a validator's node is run. */
interface PodOptions {
  /** In the guide's pod that announces its halts, or in one without all that the guide adds. */
  readonly way: "announced" | "inferred";
  /** Name of the policy that governs it. */
  readonly policy: string;
  readonly image: string;
  /** For `exec --announce`. */
  readonly standstillMs: number;
  /** More flags of its `start`. */
  readonly flags?: readonly string[];
  /** With the rules that keep a halt down where there is no controller. */
  readonly isHeld?: boolean;
}

/** How long a node in a pod stands before `exec --announce` believes that it does. */
export const STANDSTILL_MS = 5_000;
/** How each of four validators is run, where half of them announce their halts. */
export const WAYS = ["announced", "announced", "inferred", "inferred"] as const;

const POLICY_LABEL = "policy";
const HOME = "/sei";
const RPC = 26657;

/** Puts the guide's policies into a namespace: one for the wrapper, and for the controller those given, by name. */
export async function createPolicies(
  { api, namespace }: Testbed,
  { name: planName, height }: Plan,
  image: string,
  policies: Readonly<Record<string, Partial<HaltPolicySpec>>>,
): Promise<void> {
  const upgrades = [{ planName, height, image }];
  const data = { "policy.json": JSON.stringify({ chainId: CHAIN_ID, upgrades }) };
  await api.core.createNamespacedConfigMap({ namespace, body: { ...POLICY_FILE, data } });
  for (const [name, own] of Object.entries(policies)) {
    const spec: HaltPolicySpec = {
      ...POLICY.spec,
      ...{ chainId: CHAIN_ID, upgrades, allowTags: true, maxConcurrent: 2 },
      selector: { matchLabels: { [POLICY_LABEL]: name } },
      paging: [{ webhook: { urlSecretRef: { name: "pager", key: "url" } } }],
      ...own,
    };
    await api.objects.create({ ...POLICY, metadata: { name, namespace }, spec } as never);
  }
}

/** Runs a validator's node in a pod, in the home folder that it has. */
export async function createPod(
  { api, namespace }: Testbed,
  validator: Validator,
  options: PodOptions,
): Promise<void> {
  const port = await freePort();
  rewrite(join(validator.home, "config", "config.toml"), (toml) =>
    toml.replace(`tcp://${validator.address}:${RPC}`, `tcp://127.0.0.1:${port}`),
  );
  validator.rpc = `http://127.0.0.1:${port}`;
  const body = nodeSet(validator, port, options);
  await api.apps.createNamespacedStatefulSet({ namespace, body });
}

function nodeSet({ name, home }: Validator, port: number, options: PodOptions): V1StatefulSet {
  const { way, policy, image, standstillMs, flags = [], isHeld = false } = options;
  const text = JSON.stringify(NODE.spec?.template.spec)
    .replaceAll("ghcr.io/sei-protocol/sei:v6.3.0", image)
    .replaceAll("upgrade-halt:0.0.0", COMMAND_IMAGE)
    .replaceAll(`:${RPC}"`, `:${port}"`)
    .replaceAll(`"containerPort":${RPC}`, `"containerPort":${port}`)
    .replace('"--announce"', `"--announce","--standstill","${standstillMs}"`);
  const spec: V1PodSpec = JSON.parse(text);
  const [container] = spec.containers;
  if (container === undefined) throw new Error("the guide's pod has no container");
  const data = { name: "data", hostPath: { path: home } };
  const args = [...(container.args ?? []), ...flags];
  const { ports = [] } = container;
  const volumeMounts = [{ name: data.name, mountPath: HOME }];
  const plain: V1PodSpec = {
    containers: [{ name: container.name, image, command: args, ports, volumeMounts }],
    volumes: [data],
  };
  const announcing: V1PodSpec = {
    ...spec,
    containers: isHeld ? [{ ...container, args, ...rulesOf(HELD) }, HOLD] : [{ ...container, args }],
    volumes: [...(spec.volumes ?? []), data],
  };
  return {
    metadata: { name },
    spec: {
      serviceName: name,
      selector: { matchLabels: { validator: name } },
      template: {
        metadata: { labels: { ...NODE_LABELS, [POLICY_LABEL]: policy, validator: name } },
        // The validators find each other at addresses of this machine.
        spec: { ...(way === "announced" ? announcing : plain), hostNetwork: true },
      },
    },
  };
}

function rulesOf({ spec }: V1Pod): Pick<V1Container, "restartPolicy" | "restartPolicyRules"> {
  const { restartPolicy, restartPolicyRules } = spec?.containers[0] ?? {};
  if (restartPolicyRules === undefined) throw new Error("the guide's pod has no rules");
  return { restartPolicy, restartPolicyRules } as Pick<V1Container, "restartPolicy" | "restartPolicyRules">;
}
