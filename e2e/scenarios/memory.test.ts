import { readFile } from "node:fs/promises";
import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { parseAllDocuments } from "yaml";
import { metricsUrlOf, startController } from "../harness/controller.ts";
import { createPolicy } from "../harness/operator.ts";
import { rawRequest } from "../harness/raw-request.ts";
import { scenario } from "../harness/scenario.ts";
import type { Testbed } from "../harness/testbed.ts";

/** Nearly as large as an API server takes. */
const FAT = "x".repeat(1_400_000);

/** What is done to pods is answered by their metadata: nobody here reads the rest. */
const briefly = (as: string) => ({ accept: `application/json;as=${as};g=meta.k8s.io;v=v1,application/json` });
const podsOf = (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`;

async function createFatPods({ api, namespace }: Testbed, prefix: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const body = {
      metadata: { name: `${prefix}-${index}` },
      spec: {
        nodeName: "phantom",
        terminationGracePeriodSeconds: 0,
        containers: [{ name: "x", image: "x", env: [{ name: "FAT", value: FAT }] }],
      },
    };
    await until("a pod to be made", async () => {
      const headers = briefly("PartialObjectMetadata");
      const request = { method: "POST", path: podsOf(namespace), headers, body };
      const { status, text } = await rawRequest(api.config, request);
      if (status !== 201) throw new Error(text);
      return true;
    });
  }
}

async function deletePods({ api, namespace }: Testbed): Promise<void> {
  const headers = briefly("PartialObjectMetadataList");
  const request = { method: "DELETE", path: podsOf(namespace), headers, within: 60_000 };
  const { status, text } = await rawRequest(api.config, request);
  if (status !== 200) throw new Error(text);
}

/** The memory limit of `deploy/deployment.yaml`, in MiB. */
async function limitMiB(): Promise<number> {
  const file = new URL("../../apps/mini-controller/deploy/deployment.yaml", import.meta.url);
  const [deployment] = parseAllDocuments(await readFile(file, "utf8"));
  const containers = ["spec", "template", "spec", "containers", 0];
  return Number.parseInt(String(deployment?.getIn([...containers, "resources", "limits", "memory"])), 10);
}

async function podsKept(metricsUrl: string): Promise<number> {
  const text = await (await fetch(`${metricsUrl}/metrics`)).text();
  return Number(/^upgrade_halt_objects\{resource="pods"\} (\d+)$/m.exec(text)?.[1]);
}

scenario(
  "pods that no policy selects cost little memory, however large they are",
  ["MEMORY-BOUNDED"],
  async (testbed) => {
    await createPolicy(testbed, { selector: { matchLabels: { who: "nobody" } } });
    testbed.cleanup.add(() => deletePods(testbed));
    await createFatPods(testbed, "before", 100);
    const controller = await startController(testbed);
    await createFatPods(testbed, "after", 40);
    await until("all of them to be seen", async () => (await podsKept(metricsUrlOf(controller))) === 140);
    const status = await readFile(`/proc/${controller.pid}/status`, "utf8");
    const peakMiB = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]) / 1024;
    expect(peakMiB).toBeGreaterThan(50);
    expect(peakMiB).toBeLessThan((await limitMiB()) / 2);
  },
);
