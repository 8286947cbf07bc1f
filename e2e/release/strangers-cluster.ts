import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { V1StatefulSet } from "@kubernetes/client-node";
import { filesIn, until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { helm } from "../chart/helm.ts";
import { type Api, connect } from "../harness/api.ts";
import type { Cleanup } from "../harness/cleanup.ts";
import { imageOf, mockNode, planAt } from "../harness/fixtures/mock-nodes.ts";
import { SYSTEM_NAMESPACE } from "../harness/install.ts";
import { setPlans } from "../harness/operator.ts";
import { startScheduler } from "../harness/scheduler.ts";
import { startServers } from "../harness/targets/control-plane.ts";
import { openTestbed, type Testbed } from "../harness/testbed.ts";
import { kubectl } from "../install/kubectl.ts";
import { policyOfReadme } from "../install/policy-of-readme.ts";
import { startRealNode } from "../kubelet/node.ts";
import { writeNodeImages } from "./node-images.ts";
import type { ReleaseFiles } from "./release-files.ts";

const NODE = "real-node";
const PLAN = planAt("v6.7", 60);
const [BEFORE, AFTER] = ["v6.6", "v6.7"] as const;
export const NEW_IMAGE = imageOf(AFTER);

/** A cluster of one real node, to which the files of a release are given and nothing else of this repository. */
export interface StrangersCluster extends Testbed {
  readonly kubeconfig: string;
  /** What the controller's own pods run and how, one line a pod. */
  controllers(): Promise<readonly string[]>;
  /** Runs kubectl, with the programs of a folder as its plugins. */
  kubectl(args: readonly string[], plugins?: string): Promise<string>;
}

/**
 * Starts a control plane and a node with a real kubelet, imports the image there, installs the chart by Helm as its README says, and waits
 * until every pod of the controller is ready.
 */
export async function installInCluster(
  files: ReleaseFiles,
  folder: string,
  cleanup: Cleanup,
): Promise<StrangersCluster> {
  const { kubeconfig } = await startServers(cleanup);
  const nodes = join(folder, "node-images");
  await mkdir(nodes);
  const ours = files.file(/^mini-controller-.*\.tar$/);
  const images = { shared: {}, write: () => [writeNodeImages(nodes, [BEFORE, AFTER]), ours] };
  await startRealNode(kubeconfig, NODE, cleanup, { images, network: "bridged" });
  const scheduler = startScheduler(kubeconfig, { node: NODE });
  cleanup.add(() => scheduler.stop());
  const api = connect(kubeconfig);

  const { code, stderr } = await helm({ kubeconfig, folder }, installCommand(files));
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringMatching(/error/i) });
  await untilAvailable(api);

  const testbed = await openTestbed(api);
  cleanup.add(() => testbed.cleanup.run());
  return {
    ...testbed,
    kubeconfig,
    async controllers() {
      const statuses = (await controllerPods(api)).flatMap(({ status }) => status?.containerStatuses ?? []);
      return statuses.map(
        ({ image, ready, restartCount }) => `${image} ready=${ready} restarts=${restartCount}`,
      );
    },
    async kubectl(args, plugins) {
      const { code, stdout, stderr } = await kubectl(kubeconfig, args, { ...(plugins && { plugins }) });
      expect({ code, stderr }, args.join(" ")).toEqual({ code: 0, stderr: "" });
      return stdout;
    },
  };
}

/** What the controller's README says to run, for these files. */
function installCommand(files: ReleaseFiles): readonly string[] {
  const script = filesIn(readmeOf(files)).get("install.sh") ?? "";
  const [, args = ""] = /^helm (.*)$/m.exec(script) ?? [];
  expect(script).toContain("ctr --namespace k8s.io images import mini-controller-VERSION.tar");
  return args.replace("upgrade-halt-VERSION.tgz", files.file(/^upgrade-halt-\d.*\.tgz$/)).split(" ");
}

/** The README that the packed controller has beside it. */
function readmeOf(files: ReleaseFiles): string {
  const packed = files.file(/^mini-controller-.*\.tgz$/);
  return execFileSync("tar", ["-xOf", packed, "mini-controller/README.md"], { encoding: "utf8" });
}

async function controllerPods({ core }: Api) {
  return (await core.listNamespacedPod({ namespace: SYSTEM_NAMESPACE })).items;
}

async function untilAvailable(api: Api): Promise<void> {
  const name = { namespace: SYSTEM_NAMESPACE, name: "mini-controller" };
  const available = async () => {
    const { spec, status } = await api.apps.readNamespacedDeployment(name);
    return spec?.replicas === 2 && status?.readyReplicas === spec.replicas;
  };
  const explain = async () => JSON.stringify((await controllerPods(api)).map(({ status }) => status));
  await until("both controllers to be ready", available, { within: 90_000, explain });
}

/** Applies the policy that the README of the packed controller shows, for the nodes that are here. */
export async function applyPolicy(cluster: StrangersCluster, files: ReleaseFiles): Promise<void> {
  const policy = join(cluster.folder, "policy.json");
  const listed = { height: PLAN.height, image: NEW_IMAGE };
  await writeFile(policy, JSON.stringify(policyOfReadme(readmeOf(files), cluster.namespace, listed)));
  await cluster.kubectl(["apply", "--filename", policy]);
}

/** Runs a node that lacks the plan's handler, on a disk of the machine. */
export async function runNode(cluster: StrangersCluster, name: string): Promise<void> {
  await setPlans(cluster, PLAN);
  const { spec, ...set } = mockNode(name, { version: BEFORE });
  const { template, volumeClaimTemplates: _, ...rest } = spec ?? {};
  const data = { name: "data", hostPath: { path: `/var/lib/${name}`, type: "DirectoryOrCreate" } };
  const pod = { ...template?.spec, volumes: [...(template?.spec?.volumes ?? []), data] };
  const body = { ...set, spec: { ...rest, template: { ...template, spec: pod } } } as V1StatefulSet;
  await cluster.api.apps.createNamespacedStatefulSet({ namespace: cluster.namespace, body });
}
