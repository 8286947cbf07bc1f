import { freePort } from "@upgrade-halt/testing";
import { expect, test } from "vitest";
import { startRegistry, TOKEN } from "../../testing/registry.ts";
import { askRegistries, askRegistry } from "./ask-registry.ts";

const LIMITS = { timeoutMs: 5_000 };

test.each([
  ["sei:v1", { kind: "there" }],
  ["sei:v2", { kind: "missing" }],
  ["acme/sei:v1", { kind: "there" }],
  ["acme/sei:v2", { kind: "missing" }],
  ["secret/sei:v1", { kind: "refused" }],
  ["busy/sei:v1", { kind: "unanswered", why: "it answered with HTTP 503" }],
  ["moved/sei:v1", { kind: "unanswered", why: "it answered with HTTP 307" }],
])("of %s a registry says %j", async (image, answer) => {
  await using registry = await startRegistry();
  const { host } = registry;
  expect(await askRegistry(`${host}/${image}`, LIMITS)).toEqual({ host, ...answer });
});

test("a registry is asked without its images' bytes, and with the token that it gives to anybody", async () => {
  await using registry = await startRegistry();
  await askRegistry(`${registry.host}/acme/sei:v1`, LIMITS);
  expect(registry.asked).toEqual([
    "HEAD /v2/acme/sei/manifests/v1",
    "GET /token?service=here&scope=repository%3Aacme%2Fsei%3Apull",
    `HEAD /v2/acme/sei/manifests/v1 Bearer ${TOKEN}`,
  ]);
});

test("a registry that does not answer is given up in time", async () => {
  await using registry = await startRegistry();
  const why = "no answer came within 50 ms";
  expect(await askRegistry(`${registry.host}/hung/sei:v1`, { timeoutMs: 50 })).toEqual({
    kind: "unanswered",
    host: registry.host,
    why,
  });
});

test("where nobody listens, and of what is no name, that is said", async () => {
  const host = `127.0.0.1:${await freePort()}`;
  const why = `connect ECONNREFUSED ${host}`;
  expect(await askRegistry(`${host}/sei:v1`, LIMITS)).toEqual({ kind: "unanswered", host, why });
  expect(await askRegistry("no name", LIMITS)).toEqual({ kind: "no-name" });
});

test("an image that is listed twice is asked for once", async () => {
  await using registry = await startRegistry();
  const image = `${registry.host}/sei:v1`;
  expect([...(await askRegistries([image, image], LIMITS)).keys()]).toEqual([image]);
  expect(registry.asked).toHaveLength(1);
});
