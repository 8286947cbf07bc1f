import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProgram, until } from "@upgrade-halt/testing";
import { parse } from "yaml";
import { accessOf, BareClient } from "../../bench/controller/bare-client.ts";
import { inParallel } from "../../bench/controller/in-parallel.ts";
import { loadKubeconfig } from "../../harness/kubeconfig.ts";
import type { Place } from "./place.ts";
import { cpuSecondsOf, memoryOf, treeOf } from "./processes.ts";

/** What a cluster of so many nodes took until all were ready. */
export interface Crowd {
  readonly nodes: number;
  readonly wallS: number;
  readonly cpuS: number;
  readonly ownCpuS: number;
  readonly memoryMiB: number;
  readonly ownMemoryMiB: number;
}

const NAMESPACE = "crowd";
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const WIDTH = 8;

interface Pod {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Starts the embedded cluster of a sandbox alone, and that many of the nodes of its demo, far from any plan. */
export async function startCrowd({ cleanup, progress }: Place, bin: string, nodes: number): Promise<Crowd> {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-crowd-"));
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  const kubeconfig = join(folder, "kubeconfig");
  const args = [bin, "cluster", "--kubeconfig-out", kubeconfig];
  const cluster = await startProgram("cluster", process.execPath, args, {
    ready: ({ output }) => output().includes("KUBECONFIG="),
    env: { ...process.env, TMPDIR: folder },
  });
  cleanup.add(() => cluster.stop());
  const access = accessOf(loadKubeconfig(kubeconfig));
  const client = new BareClient(access, WIDTH);
  try {
    await prepare(client);
    const began = performance.now();
    const template = await nodeOf(bin);
    await inParallel(
      Array.from({ length: nodes }, (_, index) => `sei-${index}`),
      WIDTH,
      (name) => post(client, `/apis/apps/v1/namespaces/${NAMESPACE}/statefulsets`, template(name)),
    );
    await until(`${nodes} nodes to be ready`, async () => (await ready(client, progress, nodes)) >= nodes, {
      within: 600_000,
    });
    const wallS = (performance.now() - began) / 1000;
    const all = treeOf(cluster.pid);
    const [mebibytes, own] = [(pids: readonly number[]) => memoryOf(pids) / 2 ** 20, [cluster.pid]];
    const cpu = { cpuS: cpuSecondsOf(all), ownCpuS: cpuSecondsOf(own) };
    return { nodes, wallS, ...cpu, memoryMiB: mebibytes(all), ownMemoryMiB: mebibytes(own) };
  } finally {
    await client.close();
    await cluster.stop();
  }
}

async function prepare(client: BareClient): Promise<void> {
  await post(client, "/api/v1/namespaces", {
    ...{ apiVersion: "v1", kind: "Namespace" },
    metadata: { name: NAMESPACE },
  });
  const plans = JSON.stringify([{ name: "v6.7", height: 900_000_000, info: "" }]);
  await post(client, `/api/v1/namespaces/${NAMESPACE}/configmaps`, {
    ...{ apiVersion: "v1", kind: "ConfigMap" },
    ...{ metadata: { name: "plans" }, data: { "plans.json": plans } },
  });
}

/** The demo's first node under another name; it makes a block a second. */
async function nodeOf(bin: string): Promise<(name: string) => unknown> {
  const file = join(bin, "../../manifests/nodes/sei-0.yaml");
  const text = (await readFile(file, "utf8")).replace("namespace: sei", `namespace: ${NAMESPACE}`);
  const slow = text.replace("- 100ms", "- 1s");
  return (name) => parse(slow.replaceAll("sei-0", name));
}

async function ready(client: BareClient, progress: Place["progress"], nodes: number): Promise<number> {
  const { items } = await client.get<{ items: readonly Pod[] }>(PODS);
  const count = items.filter(({ status }) =>
    status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"),
  ).length;
  progress(`nodes ready: ${count} of ${nodes}`);
  return count;
}

async function post(client: BareClient, path: string, body: unknown): Promise<void> {
  await client.send({ method: "POST", path, body });
}
