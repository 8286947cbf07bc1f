import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestServer } from "@upgrade-halt/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { plainLine } from "./logger.ts";
import { main } from "./program.ts";

let [out, err, folder] = ["", "", ""];
beforeEach(() => {
  [out, err] = ["", ""];
  folder = mkdtempSync(join(tmpdir(), "mini-controller-"));
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    err += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const call = (...args: string[]) => main(["node", "mini-controller", ...args]);

function kubeconfig(server: string): string {
  const file = join(folder, "kubeconfig");
  const cluster = { name: "c", cluster: { server, "insecure-skip-tls-verify": true } };
  const contexts = [{ name: "x", context: { cluster: "c", user: "u" } }];
  writeFileSync(
    file,
    JSON.stringify({
      clusters: [cluster],
      users: [{ name: "u", user: {} }],
      contexts,
      "current-context": "x",
    }),
  );
  return file;
}

describe("the command line", () => {
  test("prints the CustomResourceDefinitions", async () => {
    expect(await call("crds")).toBe(0);
    expect(out.match(/kind: CustomResourceDefinition/g)).toHaveLength(3);
  });

  test.each([
    [["run", "--bogus"], /unknown option '--bogus'/],
    [[], /give a command: run or crds/],
    [["fly"], /unknown command 'fly'/],
    [["rnu"], /unknown command 'rnu': did you mean run \(see mini-controller --help\)/],
    [["run", "--metrics-addr", "127.0.0.1:99999"], /127\.0\.0\.1:99999 is no host:port/],
    [["run", "--log-format", "xml"], /json, plain/],
    [["run", "--metrics-addr", "nowhere"], /--metrics-addr nowhere is no host:port/],
    [["run", "--lease-seconds", "0"], /--lease-seconds 0 is no number/],
  ])("%j is a usage error in one sentence", async (args, message) => {
    expect(await call(...args)).toBe(64);
    expect(err).toMatch(message);
    expect(err.trimEnd()).not.toContain("\n");
  });

  test("a kubeconfig that is not there, or is none", async () => {
    expect(await call("run", "--kubeconfig", "/nope")).toBe(1);
    expect(err).toBe("mini-controller: kubeconfig /nope can't be read: no such file\n");
    const file = join(folder, "bad");
    writeFileSync(file, "clusters: {");
    expect(await call("run", "--kubeconfig", file)).toBe(1);
    expect(err).toContain(`kubeconfig ${file} can't be read`);
  });

  test("a kubeconfig to nowhere", async () => {
    const server = await TestServer.start(() => {});
    const { url } = server;
    await server.stop();
    expect(await call("run", "--kubeconfig", kubeconfig(url))).toBe(1);
    expect(err).toBe(
      `mini-controller: the API server at ${url} can't be reached (connect ECONNREFUSED ${url.slice(7)}): check the kubeconfig\n`,
    );
  });

  test("a cluster without the CustomResourceDefinitions", async () => {
    const server = await TestServer.start((_, response) => response.writeHead(404).end("404 page not found"));
    expect(await call("run", "--kubeconfig", kubeconfig(server.url))).toBe(1);
    await server.stop();
    expect(err).toMatch(/apply deploy\/crds of this release first/);
  });
});

test("a plain log line has time, level, message and fields", () => {
  const line = JSON.stringify({
    level: "info",
    time: "2026-08-21T18:00:00.123Z",
    object: "sei/x",
    count: 1,
    msg: "swapped",
  });
  expect(plainLine(line)).toBe("18:00:00.123 info  swapped object=sei/x count=1\n");
});
