import type { Changing } from "../changes.ts";
import type { ApiClient } from "../client/api-client.ts";
import { PODS, pathOf, STATEFUL_SETS } from "../client/resource-path.ts";
import type { EventLog } from "../events/event-log.ts";
import { ClusterWatcher, namesOfSets } from "../events/watcher.ts";
import type { KubeObject } from "../json/kube-object.ts";
import type { RelayedWrite } from "../network/api-relay.ts";
import { Gates } from "../network/gates.ts";
import { Isolation } from "../network/isolation.ts";
import { type Base, NAMESPACE } from "./base.ts";
import { Cleanups } from "./cleanups.ts";
import { Controllers } from "./controllers.ts";
import { objectsOf } from "./objects.ts";
import { applyOfSei } from "./of-sei.ts";
import { PageReceiver } from "./page-receiver.ts";
import type { Scenario } from "./schema.ts";
import { CONTAINER, haltsOf, nodesOf, recordsOf, type Situation } from "./situation.ts";
import { StatusPoller } from "./status-poller.ts";
import { Interrupted } from "./wait.ts";

/** Everything that a scenario needs, started in a namespace of its own. */
export interface Setup {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly watcher: ClusterWatcher;
  readonly pages: PageReceiver;
  readonly gates: Gates;
  readonly controllers: Controllers;
  readonly isolation: Isolation;
  readonly statuses: StatusPoller;
  /** All that changes when the situation does. */
  readonly sources: readonly Changing[];
  readonly situation: () => Situation;
  /** Ends controllers, watches and pager, and deletes what was applied. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

export interface SetupOptions {
  readonly base: Base;
  readonly scenario: Scenario;
  readonly eventLog: EventLog;
  readonly namespace?: string;
  /** What is applied, where that is other than the scenario says. */
  readonly objects?: readonly KubeObject[];
  /** Keep asking every node for its `/status`. */
  readonly asksStatus?: boolean;
  readonly onWrite?: (write: RelayedWrite) => void;
}

/** Starts pager, watcher and controllers, and applies the scenario's objects. What was started is stopped on failure. */
export async function startSetup(options: SetupOptions, signal: AbortSignal): Promise<Setup> {
  const cleanups = new Cleanups();
  try {
    return { ...(await start(options, signal, cleanups)), stop: () => cleanups.run() };
  } catch (error) {
    await cleanups.run();
    throw error;
  }
}

async function start(
  options: SetupOptions,
  signal: AbortSignal,
  cleanups: Cleanups,
): Promise<Omit<Setup, "stop">> {
  const { base, scenario, eventLog, namespace = NAMESPACE, asksStatus = false, onWrite } = options;
  const { client, applier } = base;
  interruptIf(signal);
  cleanups.add(() => removeNodes(client, namespace));
  const objects = options.objects ?? (await objectsOf(scenario, namespace));
  const watcher = new ClusterWatcher({ client, eventLog, namespace, names: namesOfSets(CONTAINER) });
  const pages = new PageReceiver((page) => watcher.onPage(page));
  pages.setDown(scenario.pagerDown);
  cleanups.add(() => pages.stop());
  const url = await pages.start();
  const watching = new AbortController();
  cleanups.add(() => watching.abort());
  const gates = new Gates();
  cleanups.add(() => gates.releaseAll());
  const count = scenario.controllers;
  const controllers = await Controllers.prepare(
    { base, namespace, count, gates, eventLog, ...(onWrite === undefined ? {} : { onWrite }) },
    cleanups,
  );
  await applier.apply([...objects.filter(({ kind }) => kind === "Namespace"), pagerSecret(url, namespace)]);
  if (count > 1) await applier.apply(leaderRights(namespace));
  await watcher.start(watching.signal);
  const statuses = new StatusPoller(() => nodesOf(watcher));
  if (asksStatus) statuses.start(watching.signal);
  await controllers.start(signal);
  interruptIf(signal);
  if (scenario.seiNetwork === undefined) await applier.apply(objects);
  else await applyOfSei({ base, namespace, objects, network: scenario.seiNetwork }, cleanups);
  eventLog.tell({ kind: "applied", what: "sandbox/manifests", objects: objects.length });
  const isolation = new Isolation(
    () => nodesOf(watcher),
    (reach) => controllers.setReach(reach),
  );
  watcher.pods.onChange(() => isolation.look());
  const situation = (): Situation => ({
    halts: haltsOf(watcher),
    nodes: nodesOf(watcher, statuses.heights()),
    pages: pages.pages(),
    records: recordsOf(watcher),
    held: gates.held(),
  });
  const { pods, sets, halts, records } = watcher;
  const sources = [pods, sets, halts, records, pages, gates, statuses];
  return { client, namespace, watcher, pages, gates, controllers, isolation, statuses, sources, situation };
}

/** @throws Interrupted when the scenario is to end. */
function interruptIf(signal: AbortSignal): void {
  if (signal.aborted) throw new Interrupted();
}

/** Lets the cluster end the nodes; one that is going away itself needs no word. */
async function removeNodes(client: ApiClient, namespace: string): Promise<void> {
  for (const kind of [STATEFUL_SETS, PODS])
    await client.delete(pathOf(kind, namespace)).catch(() => undefined);
}

function pagerSecret(url: string, namespace: string) {
  const labels = { "upgrade-halt.dev/purpose": "paging" };
  const metadata = { name: "pager", namespace, labels };
  return { apiVersion: "v1", kind: "Secret", metadata, stringData: { url } };
}

/** What the controller's manifests give it in its own namespace, in this one: to lead by one Lease. */
function leaderRights(namespace: string) {
  const metadata = { name: "mini-controller-leader", namespace };
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const resource = { apiGroups: ["coordination.k8s.io"], resources: ["leases"] };
  const rules = [
    { ...resource, verbs: ["create"] },
    { ...resource, resourceNames: ["upgrade-halt-mini-controller"], verbs: ["get", "update"] },
  ];
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name };
  const subjects = [{ kind: "ServiceAccount", name: "mini-controller", namespace: "upgrade-halt-system" }];
  return [
    { apiVersion, kind: "Role", metadata, rules },
    { apiVersion, kind: "RoleBinding", metadata, roleRef, subjects },
  ];
}
