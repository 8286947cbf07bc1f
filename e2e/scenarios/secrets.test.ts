import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { metricsUrlOf, startController } from "../harness/controller.ts";
import { planAt } from "../harness/fixtures/mock-nodes.ts";
import { createPhantom, setPhantomState, terminated } from "../harness/fixtures/phantom-pods.ts";
import { createHaltingNode } from "../harness/halting-node.ts";
import { conditionOf, haltsIn, policyIn } from "../harness/observe.ts";
import { changePolicy, createPolicy, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import { createPagingSecret, type Testbed } from "../harness/testbed.ts";

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const SECRETS = { path: "t0ps3cret-path", hmac: "t0ps3cret-hmac", routing: "t0ps3cret-routing" } as const;

/** Pagers of all kinds on one port: they refuse until they are told to accept, and keep what they accepted. */
async function startPagers(testbed: Testbed) {
  const received: Received[] = [];
  let accepting = false;
  const server = createServer(async (request, response) => {
    const { url: path = "", headers } = request;
    const body = await text(request);
    if (accepting) received.push({ path, headers, body });
    response.writeHead(accepting ? 202 : 503).end(`no: ${path}`);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  testbed.cleanup.add(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    accept: () => {
      accepting = true;
    },
  };
}

scenario(
  "what Secrets hold reaches the pagers, and nothing else",
  ["SECRETS-HIDDEN", "LOGS-KEYED"],
  async (testbed) => {
    const { api, namespace } = testbed;
    const pagers = await startPagers(testbed);
    const stringData = { ...SECRETS, url: `${pagers.url}/${SECRETS.path}?token=${SECRETS.path}` };
    await createPagingSecret(testbed, "keys", stringData);
    const secret = (key: string) => ({ name: "keys", key });
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, {
      paging: [
        { webhook: { urlSecretRef: secret("url"), hmacSecretRef: secret("hmac") } },
        { alertmanager: { urlSecretRef: secret("url") } },
        { pagerDuty: { routingKeySecretRef: secret("routing"), url: `${pagers.url}/v2/enqueue` } },
        // A Secret that holds something else than the URL that is looked for.
        { webhook: { urlSecretRef: secret("hmac") } },
      ],
    });
    const controller = await startController(testbed, "--log-level", "debug");
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });
    const page = async () => (await haltsIn(testbed))[0]?.status?.page;
    await until("a refused attempt", async () => ((await page())?.attempts ?? 0) > 0, { within: 45_000 });
    pagers.accept();
    await until("three pagers to have it", async () => (await page())?.delivered.length === 3);

    const byPath = (start: string) => pagers.received.find(({ path }) => path.startsWith(start));
    const webhook = byPath(`/${SECRETS.path}?`);
    const signature = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(webhook?.headers["upgrade-halt-signature"]));
    const signed = createHmac("sha256", SECRETS.hmac)
      .update(`${signature?.[1]}.${webhook?.body}`)
      .digest("hex");
    expect(signature?.[2]).toBe(signed);
    expect(JSON.parse(byPath("/v2/enqueue")?.body ?? "{}").routing_key).toBe(SECRETS.routing);

    const places = {
      logs: controller.output() + controller.lines().join("\n"),
      metrics: await (await fetch(`${metricsUrlOf(controller)}/metrics`)).text(),
      events: JSON.stringify(await api.core.listNamespacedEvent({ namespace })),
      halts: JSON.stringify(await haltsIn(testbed)),
      policy: JSON.stringify(await policyIn(testbed)),
    };
    for (const [place, text] of Object.entries(places)) {
      expect(text.length, `${place} is not empty`).toBeGreaterThan(100);
      for (const value of Object.values(SECRETS)) {
        expect(text.includes(value), `${value} in the ${place}`).toBe(false);
        expect(text.includes(btoa(value)), `${value} in the ${place}, as base64`).toBe(false);
      }
    }
    const lines = controller.lines().map((line): Record<string, unknown> => JSON.parse(line));
    const [halt] = await haltsIn(testbed);
    const about = lines.filter(({ object }) => object === `${namespace}/${halt?.metadata.name}`);
    expect(about.map(({ phase }) => phase)).toEqual([undefined, "Held"]);
  },
);

scenario(
  "a Secret that is not marked for paging, and a receiver that was not allowed, get nothing and are named in conditions",
  ["SECRETS-MARKED", "PAGING-HOSTS"],
  async (testbed) => {
    const { api, namespace } = testbed;
    const pagers = await startPagers(testbed);
    pagers.accept();
    const stringData = { "priv_validator_key.json": "n0t-a-real-key", url: pagers.url };
    await api.core.createNamespacedSecret({
      namespace,
      body: { metadata: { name: "validator" }, stringData },
    });
    const routingKeySecretRef = { name: "validator", key: "priv_validator_key.json" };
    await createPhantom(testbed, "sei-0");
    await createPolicy(testbed, {
      paging: [
        { pagerDuty: { url: `${pagers.url}/collect`, routingKeySecretRef } },
        { webhook: { urlSecretRef: { name: "validator", key: "url" } } },
      ],
    });
    const controller = await startController(testbed);
    await setPhantomState(testbed, "sei-0", { state: terminated(75) });
    const expectRefused = async (reason: string, says: RegExp) => {
      await until(`${reason}: ${says}`, async () => {
        const found = await conditionOf(testbed, "PagingReady");
        return found?.reason === reason && says.test(found.message);
      });
      await until("an attempt that says so", async () =>
        says.test((await haltsIn(testbed))[0]?.status?.page?.lastError ?? ""),
      );
    };
    await expectRefused(
      "SecretNotMarked",
      /Secret e2e-\w+\/validator is not marked for paging: who owns it must/,
    );
    await changePolicy(testbed, { paging: [{ webhook: { url: "https://169.254.169.254/latest" } }] });
    await expectRefused("HostNotAllowed", /169\.254\.169\.254 is an address that is never paged/);
    await changePolicy(testbed, {
      paging: [{ webhook: { url: pagers.url.replace("127.0.0.1", "localhost") } }],
    });
    await expectRefused("HostNotAllowed", /add http:\/\/localhost:\d+ to --paging-hosts/);
    expect(pagers.received).toEqual([]);
    expect(controller.output()).not.toContain("n0t-a-real-key");
  },
);
