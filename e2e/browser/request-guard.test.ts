import { request } from "node:http";
import { networkInterfaces } from "node:os";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Cleanup } from "../harness/cleanup.ts";
import { type Served, serve } from "../harness/served-page.ts";

const cleanup = new Cleanup();
let served: Served;
beforeAll(async () => {
  served = await serve({ cleanup, flags: ["--nodes", "1"] });
});
afterAll(() => cleanup.run());

interface Attempt {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends it as it is: `fetch` would not let a Host or an Origin be forged. */
function attempt({
  method = "POST",
  path = "/api/actions",
  headers = {},
  body = '{"pager":"down"}',
}: Attempt) {
  const { hostname, port } = new URL(served.origin);
  const own = { "content-type": "application/json", authorization: `Bearer ${served.token}` };
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const outgoing = request(
      { hostname, port, method, path, headers: { ...own, ...headers } },
      async (answer) => resolve({ status: answer.statusCode ?? 0, body: await text(answer) }),
    );
    outgoing.on("error", reject);
    outgoing.end(method === "GET" ? undefined : body);
  });
}

describe("a request is refused, and changes nothing", () => {
  test.each<[string, number, Attempt]>([
    ["without the token", 401, { headers: { authorization: "" } }],
    ["with another token", 401, { headers: { authorization: `Bearer ${"x".repeat(43)}` } }],
    ["to read without the token", 401, { method: "GET", path: "/api/state", headers: { authorization: "" } }],
    [
      "to follow without the token",
      401,
      { method: "GET", path: "/api/events", headers: { authorization: "" } },
    ],
    ["from another origin", 403, { headers: { origin: "http://example.com" } }],
    ["from an origin without a name", 403, { headers: { origin: "null" } }],
    ["for another host", 403, { headers: { host: "example.com" } }],
    ["for this host on another port", 403, { headers: { host: "127.0.0.1:1" } }],
    ["with a body that is no JSON", 400, { body: "{" }],
    ["with a form's body", 415, { headers: { "content-type": "text/plain" } }],
    ["with a body that is too large", 413, { body: JSON.stringify({ pager: "x".repeat(10_000) }) }],
    [
      "with a scenario that is too large",
      413,
      { path: "/api/scenarios", body: JSON.stringify({ text: "#".repeat(300_000) }) },
    ],
    [
      "with a scenario that has no end",
      409,
      { path: "/api/scenarios", body: JSON.stringify({ text: "[".repeat(100_000) }) },
    ],
    ["with an action in a thousand brackets", 400, { body: `${"[".repeat(1_500)}${"]".repeat(1_500)}` }],
    [
      "with a recording whose lines are none",
      409,
      { path: "/api/recordings", headers: { "content-type": "application/x-ndjson" }, body: "[[[[\n" },
    ],
    ["with a recording as JSON", 415, { path: "/api/recordings", body: '["a"]' }],
    ["with no body", 400, { body: "" }],
    ["for an action that there is not", 400, { body: '{"explode":"now"}' }],
    ["for two actions at once", 400, { body: '{"pager":"down","network":"down"}' }],
    ["with a prototype for an action", 400, { body: '{"__proto__":{"pager":"down"}}' }],
    ["for a node that there is not", 409, { body: '{"crash":{"node":"sei-9"}}' }],
    ["with a path for a node's name", 400, { body: '{"crash":{"node":"../../x"}}' }],
    ["for a scenario by a path", 409, { path: "/api/scenarios", body: '{"name":"../../../etc/passwd"}' }],
    ["for a file outside of the page", 404, { method: "GET", path: "/assets/..%2f..%2fpackage.json" }],
  ])("%s", async (_, status, how) => {
    const before = await served.state();
    const answer = await attempt(how);
    const after = await served.state();

    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toEqual({ error: expect.any(String) });
    expect([after.isPagerDown, after.isNetworkCut, after.run]).toEqual([
      before.isPagerDown,
      before.isNetworkCut,
      before.run,
    ]);
  });

  test("and is told of once on standard error, however often it comes", async () => {
    for (let count = 0; count < 5; count += 1) await attempt({ headers: { origin: "http://example.com" } });
    const told = served.program
      .output()
      .split("\n")
      .filter((line) => line.includes("another origin"));
    expect(told).toHaveLength(1);
  });

  test.each<[string, string, Attempt]>([
    ["malformed", "400, the request is malformed", { body: '{"\u001b[2Jpager' }],
    ["of a wrong action", "400, the request is malformed", { body: '{"\u001b[2J":1}' }],
    ["too large", "413, the request is too large", { body: "x".repeat(10_000) }],
    ["of another type", "415, the request is of another type", { headers: { "content-type": "text/html" } }],
  ])("and so is a body that is %s, without a word of what it said", async (_, reason, how) => {
    for (let count = 0; count < 3; count += 1) await attempt(how);
    const lines = served.program.output().split("\n");
    expect(lines.filter((line) => line.includes(`POST /api/actions: ${reason}`))).toHaveLength(1);
    expect(served.program.output()).not.toContain("\u001b[2J");
  });
});

test("nobody comes but by this machine's loopback, and nothing is kept in a cookie", async () => {
  const { port } = new URL(served.origin);
  const own = Object.values(networkInterfaces())
    .flatMap((all = []) => all)
    .filter(({ family, internal }) => family === "IPv4" && !internal);
  for (const address of ["127.0.0.2", ...own.map(({ address }) => address)])
    await expect(fetch(`http://${address}:${port}`), address).rejects.toThrow("fetch failed");
  const headers = { authorization: `Bearer ${served.token}` };
  for (const path of ["/", "/api/state"])
    expect((await fetch(`${served.origin}${path}`, { headers })).headers.getSetCookie()).toEqual([]);
});

test("the page loads nothing from elsewhere, and may be shown in no other page", async () => {
  const response = await fetch(served.origin);
  const policy = response.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  const html = await response.text();
  for (const [, target = ""] of html.matchAll(/(?:src|href)="([^"]*)"/g))
    expect(target).toMatch(/^\.\/assets\//);
});
