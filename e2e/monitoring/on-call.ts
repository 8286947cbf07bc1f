import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { TestServer } from "@upgrade-halt/testing";
import { parse, stringify } from "yaml";
import type { Testbed } from "../harness/testbed.ts";
import type { Labels } from "./alertmanager.ts";
import { SHIPPED } from "./shipped.ts";

/** Whoever the shipped configuration calls `on-call`, with a pager that is a webhook. */
export interface OnCall {
  /** The shipped configuration with that webhook. */
  readonly config: string;
  /** The labels of each alert that it was told of, in order. */
  readonly told: readonly Labels[];
}

export async function startOnCall(testbed: Testbed): Promise<OnCall> {
  const told: Labels[] = [];
  const server = await TestServer.start(async (request, response) => {
    const { alerts } = (await json(request)) as { readonly alerts: readonly { readonly labels: Labels }[] };
    told.push(...alerts.map(({ labels }) => labels));
    response.end();
  });
  testbed.cleanup.add(() => server.stop());
  const config = join(testbed.folder, "alertmanager.yaml");
  const shipped = parse(readFileSync(join(SHIPPED, "alertmanager.yaml"), "utf8"));
  const receivers = shipped.receivers.map((receiver: { readonly name: string }) =>
    receiver.name === "on-call" ? { ...receiver, webhook_configs: [{ url: server.url }] } : receiver,
  );
  await writeFile(config, stringify({ ...shipped, receivers }));
  return { config, told };
}
