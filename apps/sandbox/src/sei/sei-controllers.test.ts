import { until } from "@upgrade-halt/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ApiClient } from "../client/api-client.ts";
import { pathOf, SEI_NETWORKS, SEI_NODES, STATEFUL_SETS } from "../client/resource-path.ts";
import { arrayAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { Applier } from "../scenario/manifests.ts";
import { readManifests } from "../scenario/objects.ts";
import { TestApi } from "../testing/api.ts";
import { testClient } from "../testing/client.ts";
import { startSei } from "./sei-controllers.ts";
import { NETWORK_LABEL } from "./sei-network-loop.ts";

/** A clock that goes on when it is told to, and only where somebody waits for it. */
class Clock {
  readonly #waiting: { readonly atMs: number; readonly wake: (isOver: boolean) => void }[] = [];
  #nowMs = 0;

  readonly sleep = (ms: number, signal: AbortSignal): Promise<boolean> =>
    new Promise((resolve) => {
      this.#waiting.push({ atMs: this.#nowMs + ms, wake: resolve });
      signal.addEventListener("abort", () => resolve(false), { once: true });
    });

  /** Lets the time pass once somebody waits, and until all whose time has come wait again. */
  async pass(ms: number): Promise<void> {
    await until("somebody to wait", () => this.#waiting.length > 0);
    this.#nowMs += ms;
    const due = this.#waiting.filter(({ atMs }) => atMs <= this.#nowMs);
    for (const one of due) this.#waiting.splice(this.#waiting.indexOf(one), 1);
    for (const { wake } of due) wake(true);
    await until("them to wait again", () => this.#waiting.length > 0);
  }
}

const template = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "any" },
  spec: {
    serviceName: "any",
    selector: { matchLabels: { app: "seid" } },
    template: {
      metadata: { labels: { app: "seid" } },
      spec: { containers: [{ name: "seid", image: "any" }] },
    },
  },
};

let api: TestApi;
let client: ApiClient;
let stopping: AbortController;
let clock: Clock;
beforeEach(async () => {
  api = await TestApi.start();
  client = await testClient(api.server.url);
  stopping = new AbortController();
  clock = new Clock();
  await new Applier(client).apply(await readManifests("sei"));
});
afterEach(async () => {
  stopping.abort();
  await client.close();
  await api.stop();
});

const { apiVersion } = SEI_NODES;
const start = () => startSei(client, { setOf: () => template, sleep: clock.sleep }, stopping.signal);
const image = async (name: string) =>
  stringAt(await client.get(pathOf(SEI_NODES, "default", name)), "spec", "image");
const setImage = (name: string, to: string) =>
  client.mergePatch(pathOf(SEI_NODES, "default", name), { spec: { image: to } });

async function create(name: string, labels: Record<string, string> = {}): Promise<void> {
  const spec = { chainId: "arctic-1", image: "seid:v6.6" };
  const body = { apiVersion, kind: "SeiNode", metadata: { name, labels }, spec };
  await client.create(pathOf(SEI_NODES, "default"), body);
}

async function createNetwork(name: string): Promise<KubeObject> {
  const body = { apiVersion, kind: "SeiNetwork", metadata: { name }, spec: { image: "seid:v6.6" } };
  return client.create(pathOf(SEI_NETWORKS, "default"), body);
}

describe("what stands for Sei's controllers", () => {
  it("writes a SeiNetwork's image back into its SeiNode 30 s after somebody set another, and no sooner", async () => {
    const network = await createNetwork("net");
    await create("sei-0", { [NETWORK_LABEL]: "net" });
    await start();
    await clock.pass(0);
    const { metadata } = await client.get(pathOf(SEI_NODES, "default", "sei-0"));
    expect(metadata.ownerReferences).toMatchObject([
      { kind: "SeiNetwork", name: "net", uid: network.metadata.uid, controller: true },
    ]);

    await setImage("sei-0", "seid:v6.7");
    await clock.pass(29_999);
    expect(await image("sei-0")).toBe("seid:v6.7");
    await clock.pass(1);
    expect(await image("sei-0")).toBe("seid:v6.6");
  });

  it("writes what is set in the SeiNetwork into its SeiNode 30 s later", async () => {
    await createNetwork("net");
    await create("sei-0", { [NETWORK_LABEL]: "net" });
    await start();
    await clock.pass(0);
    await client.mergePatch(pathOf(SEI_NETWORKS, "default", "net"), { spec: { image: "seid:v6.7" } });
    await clock.pass(30_000);
    expect(await image("sei-0")).toBe("seid:v6.7");
  });

  it("leaves a SeiNode without an owner, and one of another network, as they were set", async () => {
    await createNetwork("net");
    await create("alone");
    await create("others", { [NETWORK_LABEL]: "other" });
    await start();
    for (const name of ["alone", "others"]) await setImage(name, "seid:v6.7");
    for (let turn = 0; turn < 3; turn += 1) await clock.pass(30_000);
    for (const name of ["alone", "others"]) expect(await image(name), name).toBe("seid:v6.7");
  });

  it("makes a StatefulSet of each SeiNode, carries its image on, and says so in its status", async () => {
    await create("sei-0");
    await start();
    const carriedOn = (to: string) =>
      until(`${to} to be carried on`, async () => {
        const node = await client.get(pathOf(SEI_NODES, "default", "sei-0"));
        return stringAt(node, "status", "currentImage") === to;
      });
    const setImages = async () => {
      const { spec, metadata } = await client.get(pathOf(STATEFUL_SETS, "default", "sei-0"));
      expect(metadata.ownerReferences).toMatchObject([{ kind: "SeiNode", name: "sei-0", controller: true }]);
      const containers = arrayAt(spec, "template", "spec", "containers");
      return containers.map((container) => stringAt(container, "image"));
    };
    await carriedOn("seid:v6.6");
    expect(await setImages()).toEqual(["seid:v6.6"]);
    await setImage("sei-0", "seid:v6.7");
    await carriedOn("seid:v6.7");
    expect(await setImages()).toEqual(["seid:v6.7"]);
  });
});
