import { mkdtemp, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeClient } from "../client/kube-client.ts";
import { type ClusterOptions, startCluster } from "../cluster/cluster.ts";
import { kubeConfigOfText, kubeconfigFor } from "../cluster/kubeconfig.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { Lifeline } from "../process/lifeline.ts";
import type { Story } from "../story/story.ts";
import { StoryWatcher } from "../story/watcher.ts";
import { controllerKubeconfig } from "./controller-access.ts";
import { ControllerProcess, controllerPackage } from "./controller-process.ts";
import { Applier, folderBeside, readKustomization } from "./manifests.ts";
import { PageReceiver } from "./page-receiver.ts";
import { Interrupted } from "./wait.ts";
import { CONTAINER, NAMESPACE } from "./world.ts";

/**
 * Kinds of the controller's manifests that have no use here: it runs as a process and not in a pod, and the embedded API
 * server asks no admission policy.
 */
const NOT_HERE = new Set([
  "Deployment",
  "PodDisruptionBudget",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
]);

/** Everything that the story needs, started. */
export interface Stage {
  readonly client: KubeClient;
  readonly watcher: StoryWatcher;
  readonly pages: PageReceiver;
  readonly kubeconfig: string;
  /** Ends every process that was started and removes every file, in whatever state the rest is. */
  readonly strike: () => Promise<void>;
}

export interface StageOptions {
  readonly cluster?: ClusterOptions;
  /** What to apply once the controller runs; the demo's own manifests by default. */
  readonly manifests?: readonly KubeObject[];
}

/** Starts cluster, pager, watcher and controller, and applies all manifests. What was started is struck on failure. */
export async function setStage(
  story: Story,
  signal: AbortSignal,
  options: StageOptions = {},
): Promise<Stage> {
  const cleanups: Cleanup[] = [];
  let struck: Promise<void> | undefined;
  const strikeAll = async (): Promise<void> => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  };
  const strike = (): Promise<void> => {
    struck ??= strikeAll();
    return struck;
  };
  try {
    return { ...(await build(story, signal, options, cleanups)), strike };
  } catch (error) {
    await strike();
    throw error;
  }
}

type Cleanup = () => Promise<void> | void;

async function build(
  story: Story,
  signal: AbortSignal,
  options: StageOptions,
  cleanups: Cleanup[],
): Promise<Omit<Stage, "strike">> {
  const cluster = await startCluster(options.cluster);
  cleanups.push(cluster.stop);
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-demo-"));
  const lifeline = new Lifeline([folder]);
  cleanups.push(() => lifeline.stop());
  const kubeconfig = join(folder, "kubeconfig");
  await writeFile(kubeconfig, kubeconfigFor(cluster.server, { namespace: NAMESPACE }), { mode: 0o600 });
  story.tell({ kind: "cluster-ready", server: cluster.server, kubeconfig });

  const client = new KubeClient(kubeConfigOfText(cluster.kubeconfig), "upgrade-halt-demo");
  cleanups.push(() => client.close());
  const applier = new Applier(client);
  const deploy = await readKustomization(folderBeside(controllerPackage(), "deploy"));
  await applyAll(
    applier,
    story,
    "mini-controller/deploy",
    deploy.filter(({ kind }) => !NOT_HERE.has(kind)),
  );
  const ownKubeconfig = join(folder, "controller.kubeconfig");
  await writeFile(ownKubeconfig, await controllerKubeconfig(client, cluster.server), { mode: 0o600 });
  interruptIf(signal);

  const watcher = new StoryWatcher({ client, story, namespace: NAMESPACE, container: CONTAINER });
  const pages = new PageReceiver((page) => watcher.onPage(page));
  cleanups.push(() => pages.stop());
  const url = await pages.start();
  const watching = new AbortController();
  cleanups.push(() => watching.abort());
  await watcher.start(watching.signal);

  const controller = new ControllerProcess({
    kubeconfig: ownKubeconfig,
    lifeline,
    onStart: (pid) => story.tell({ kind: "controller-started", pid }),
    onEnd: (pid, exit) => story.tell({ kind: "controller-ended", pid, exit }),
  });
  cleanups.push(() => controller.stop());
  const manifests = options.manifests ?? (await readDemoManifests());
  await applier.apply([...manifests.filter(isNamespace), pagerSecret(url)]);
  await controller.start(signal);
  interruptIf(signal);
  await applyAll(applier, story, "sandbox/manifests", manifests);
  return { client, watcher, pages, kubeconfig };
}

function isNamespace({ kind }: KubeObject): boolean {
  return kind === "Namespace";
}

/** @throws Interrupted when the demo is to end. */
function interruptIf(signal: AbortSignal): void {
  if (signal.aborted) throw new Interrupted();
}

async function applyAll(
  applier: Applier,
  story: Story,
  what: string,
  objects: Parameters<Applier["apply"]>[0],
): Promise<void> {
  await applier.apply(objects);
  story.tell({ kind: "applied", what, objects: objects.length });
}

/** The objects of `apps/sandbox/manifests`. */
export function readDemoManifests(): Promise<readonly KubeObject[]> {
  const own = createRequire(import.meta.url).resolve("@upgrade-halt/sandbox/package.json");
  return readKustomization(folderBeside(own, "manifests"));
}

function pagerSecret(url: string) {
  const labels = { "upgrade-halt.dev/purpose": "paging" };
  const metadata = { name: "pager", namespace: NAMESPACE, labels };
  return { apiVersion: "v1", kind: "Secret", metadata, stringData: { url } };
}
