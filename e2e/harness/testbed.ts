import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PURPOSE, PURPOSE_PAGING } from "@upgrade-halt/mini-controller/api";
import { PageReceiver, until } from "@upgrade-halt/testing";
import { beginChronicle, type Chronicle } from "../invariants/chronicle.ts";
import type { Api } from "./api.ts";
import { Cleanup } from "./cleanup.ts";
import { LOOK_MS } from "./look.ts";

/** A namespace with a pager, for one scenario. */
export interface Testbed {
  /** The API as an administrator. */
  readonly api: Api;
  readonly namespace: string;
  readonly pager: PageReceiver;
  /** A folder for the scenario's files. */
  readonly folder: string;
  readonly cleanup: Cleanup;
  /** All that happened in it. */
  readonly chronicle: Chronicle;
}

/** Opens a testbed; `cleanup` leaves nothing of it behind. */
export async function openTestbed(api: Api): Promise<Testbed> {
  const cleanup = new Cleanup();
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-testbed-"));
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  const pager = await PageReceiver.start();
  cleanup.add(() => pager.stop());
  const namespace = `e2e-${randomBytes(4).toString("hex")}`;
  await api.core.createNamespace({ body: { metadata: { name: namespace } } });
  cleanup.add(() => removeNamespace(api, namespace));
  const chronicle = await beginChronicle(api, namespace);
  const testbed = { api, namespace, pager, folder, cleanup, chronicle };
  await createPagingSecret(testbed, "pager", { url: pager.url });
  return testbed;
}

/** Creates a Secret that says itself that it is for paging. */
export async function createPagingSecret(
  { api, namespace }: Pick<Testbed, "api" | "namespace">,
  name: string,
  stringData: Readonly<Record<string, string>>,
): Promise<void> {
  const metadata = { name, labels: { [PURPOSE]: PURPOSE_PAGING } };
  await api.core.createNamespacedSecret({ namespace, body: { metadata, stringData } });
}

/**
 * Removes the nodes, waits until their pods (and so their processes) are gone, and deletes the namespace. What else
 * was in it the cluster collects in its own time.
 */
async function removeNamespace({ core, apps }: Api, namespace: string): Promise<void> {
  await apps.deleteCollectionNamespacedDeployment({ namespace });
  await apps.deleteCollectionNamespacedReplicaSet({ namespace });
  await apps.deleteCollectionNamespacedStatefulSet({ namespace });
  await core.deleteCollectionNamespacedPod({ namespace });
  await until(
    `the pods of ${namespace} to be gone`,
    async () => (await core.listNamespacedPod({ namespace })).items.length === 0,
    { every: LOOK_MS },
  );
  await core.deleteNamespace({ name: namespace });
}
