import { readFile } from "node:fs/promises";
import { z } from "@upgrade-halt/contract/zod";
import { ConsumerError } from "../../consumer-error.ts";
import { clusterFindings } from "../../doctor/cluster/findings.ts";
import { clusterObjects } from "../../doctor/cluster/objects.ts";
import { runProgram } from "../../doctor/collect/run-program.ts";
import type { Finding } from "../../doctor/finding.ts";
import { askRegistries } from "../../doctor/registry/ask-registry.ts";
import { printable } from "../../printable.ts";
import { parseDocument } from "../input/documents.ts";
import { unreadable } from "../input/unreadable.ts";
import { type Io, readInput } from "../output/io.ts";

/** How a cluster is to be read. */
export interface ClusterTarget {
  readonly objects?: string;
  readonly kubeconfig?: string;
  readonly namespace?: string;
  readonly registry?: boolean;
  readonly timeout: number;
}

const KINDS = "pods,statefulsets,deployments,replicasets,haltpolicies,noderecords";

/** What doctor says of a cluster, from a file, from standard input, or from `kubectl`, which is only asked to `get`. */
export async function doctorOfCluster(target: ClusterTarget, io: Io): Promise<readonly Finding[]> {
  const text =
    target.objects === undefined ? await askKubectl(target, io) : await readObjects(target.objects, io);
  const objects = clusterObjects(parseDocument(z.unknown(), text, "the cluster's objects"));
  if (target.registry !== true) return clusterFindings(objects);
  const images = objects.policies.flatMap(({ spec }) => spec.upgrades.map(({ image }) => image));
  return clusterFindings(objects, await askRegistries(images, { timeoutMs: target.timeout }));
}

async function readObjects(path: string, io: Io): Promise<string> {
  if (path === "-") return await readInput(io);
  return await readFile(path, "utf8").catch((cause: unknown) => {
    throw new ConsumerError("failure", `${unreadable("the file", path, cause)}.`, { cause });
  });
}

async function askKubectl({ kubeconfig, namespace }: ClusterTarget, { env }: Io): Promise<string> {
  const where = [
    ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
    ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
  ];
  const answer = await runProgram("kubectl", [...where, "get", KINDS, "--output=json"], env);
  if (answer.kind === "failed")
    throw new ConsumerError("failure", `${answer.why}: give the objects with --objects.`);
  if (answer.code === 0) return answer.stdout;
  const words = printable(answer.stderr.trim().split("\n")[0] ?? "", 300);
  const isUninstalled = /doesn't have a resource type "(?:haltpolicies|noderecords)"/.test(answer.stderr);
  const advice = isUninstalled ? " Install the CRDs of the controller first." : "";
  throw new ConsumerError("failure", `kubectl ended with ${answer.code}: ${words}.${advice}`);
}
