import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { V1ConfigMap, V1StatefulSet } from "@kubernetes/client-node";
import type { HaltPolicy, HaltPolicySpec } from "@upgrade-halt/mini-controller/api";
import { filesIn, freePort } from "@upgrade-halt/testing";
import { parse, parseAllDocuments } from "yaml";
import type { Plan } from "../chains/governance.ts";
import { CHAIN_ID, rewrite } from "../chains/homes.ts";
import type { Validator } from "../chains/validator.ts";
import { NODE_LABELS } from "../harness/fixtures/mock-nodes.ts";
import type { Testbed } from "../harness/testbed.ts";
import { COMMAND_IMAGE, NEW_RELEASE, OLD_RELEASE } from "./chain-images.ts";

const FILES = filesIn(readFileSync(join(import.meta.dirname, "../../docs/guides/today.md"), "utf8"));
const [POLICY_FILE, NODE] = parseAllDocuments(FILES.get("announced.yaml") ?? "").map((one) => one.toJS()) as [
  V1ConfigMap,
  V1StatefulSet,
];
const POLICY = parse(FILES.get("policy.yaml") ?? "") as HaltPolicy;

/** Whether the pod of a node announces its halts, or is as it always was. */
export type Way = "announced" | "inferred";
const WAY = "way";
const HOME = "/sei";
const RPC = 26657;

/** Puts the guide's policies into a namespace, for the wrapper and, one for each way, for the controller. */
export async function createPolicies({ api, namespace }: Testbed, plan: Plan): Promise<void> {
  const upgrades = [{ planName: plan.name, height: plan.height, image: NEW_RELEASE }];
  const data = { "policy.json": JSON.stringify({ chainId: CHAIN_ID, upgrades }) };
  await api.core.createNamespacedConfigMap({ namespace, body: { ...POLICY_FILE, data } });
  for (const way of ["announced", "inferred"] as const) {
    const spec: HaltPolicySpec = {
      ...POLICY.spec,
      ...{ chainId: CHAIN_ID, upgrades, allowTags: true, maxConcurrent: 2 },
      selector: { matchLabels: { [WAY]: way } },
      inferredHalts: way === "inferred" ? "Act" : "Page",
      paging: [{ webhook: { urlSecretRef: { name: "pager", key: "url" } } }],
    };
    await api.objects.create({ ...POLICY, metadata: { name: way, namespace }, spec } as never);
  }
}

/** Runs a validator's node, in the home folder that it has, in the guide's pod or in one without what the guide adds. */
export async function createPod(
  { api, namespace }: Testbed,
  validator: Validator,
  way: Way,
  standstillMs: number,
): Promise<void> {
  const port = await freePort();
  rewrite(join(validator.home, "config", "config.toml"), (toml) =>
    toml.replace(`tcp://${validator.address}:${RPC}`, `tcp://127.0.0.1:${port}`),
  );
  validator.rpc = `http://127.0.0.1:${port}`;
  const body = nodeSet(validator.name, way, validator.home, port, standstillMs);
  await api.apps.createNamespacedStatefulSet({ namespace, body });
}

function nodeSet(name: string, way: Way, home: string, port: number, standstillMs: number): V1StatefulSet {
  const text = JSON.stringify(NODE.spec?.template.spec)
    .replaceAll("ghcr.io/sei-protocol/sei:v6.3.0", OLD_RELEASE)
    .replaceAll("upgrade-halt:0.0.0", COMMAND_IMAGE)
    .replaceAll(`:${RPC}"`, `:${port}"`)
    .replaceAll(`"containerPort":${RPC}`, `"containerPort":${port}`)
    .replace('"--announce"', `"--announce","--standstill","${standstillMs}"`);
  const spec: NonNullable<V1StatefulSet["spec"]>["template"]["spec"] = JSON.parse(text);
  const [container] = spec?.containers ?? [];
  if (spec === undefined || container === undefined) throw new Error("the guide's pod has no container");
  const data = { name: "data", hostPath: { path: home } };
  const labels = { ...NODE_LABELS, [WAY]: way, validator: name };
  const { image = "", args: command = [], ports = [] } = container;
  const volumeMounts = [{ name: data.name, mountPath: HOME }];
  const plain = {
    containers: [{ name: container.name, image, command, ports, volumeMounts }],
    volumes: [data],
  };
  const announcing = { ...spec, volumes: [...(spec.volumes ?? []), data] };
  return {
    metadata: { name },
    spec: {
      serviceName: name,
      selector: { matchLabels: { validator: name } },
      template: {
        metadata: { labels },
        // The validators find each other at addresses of this machine.
        spec: { ...(way === "announced" ? announcing : plain), hostNetwork: true },
      },
    },
  };
}
