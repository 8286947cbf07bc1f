import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { RequestOptions } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { type ClusterAccess, clusterAccessOf, contextOfPod, loadClusterAccess } from "./cluster-access.ts";
import { credentialsOf } from "./credentials.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kube-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const base64 = (text: string) => Buffer.from(text).toString("base64");

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function kubeconfig(user: object, cluster: object = {}, context: object = {}): string {
  return JSON.stringify({
    "current-context": "here",
    contexts: [
      { name: "there", context: { cluster: "other", user: "other" } },
      { name: "here", context: { cluster: "c", user: "u", ...context } },
    ],
    clusters: [
      { name: "other", cluster: { server: "https://other.invalid" } },
      { name: "c", cluster: { server: "https://c.invalid:6443/", ...cluster } },
    ],
    users: [
      { name: "other", user: { token: "not this" } },
      { name: "u", user },
    ],
  });
}

async function told(file: string) {
  const access: ClusterAccess = await loadClusterAccess(file);
  const { server, proxyUrl, namespace } = access;
  return { server, proxyUrl, namespace, tls: await access.tls(), headers: await access.headers() };
}

/** What client-node makes of the same file. */
async function toldByClientNode(file: string) {
  const config = new KubeConfig();
  config.loadFromFile(file);
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const cluster = config.getCurrentCluster();
  const { ca, cert, key, rejectUnauthorized, servername, headers, auth } = options;
  const entries = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    server: cluster?.server,
    proxyUrl: cluster?.proxyUrl,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    tls: Object.fromEntries(
      Object.entries({ ca, cert, key, rejectUnauthorized, servername }).filter(
        ([, value]) => value !== undefined,
      ),
    ),
    headers: {
      ...Object.fromEntries(entries),
      ...(auth ? { authorization: `Basic ${base64(auth)}` } : {}),
    },
  };
}

describe("a kubeconfig means what client-node takes it for", () => {
  test.each<[string, object, object?, object?]>([
    ["a token", { token: "t0ken" }],
    ["a name and a password", { username: "ann", password: "s3cret" }],
    [
      "certificates in the file",
      { "client-certificate-data": base64("cert"), "client-key-data": base64("key") },
      { "certificate-authority-data": base64("ca") },
    ],
    [
      "certificates in files beside it",
      { "client-certificate": "cert.pem", "client-key": "key.pem" },
      { "certificate-authority": "ca.pem" },
    ],
    ["another user's rights", { token: "t0ken", as: "bob" }],
    ["a server that is not verified", {}, { "insecure-skip-tls-verify": true }],
    ["a name in the certificate", {}, { "tls-server-name": "kubernetes.default" }],
    ["a proxy", {}, { "proxy-url": "http://proxy.invalid:3128" }],
    ["a namespace", {}, {}, { namespace: "sei" }],
  ])("with %s, in JSON and in YAML", async (_, user, cluster, context) => {
    for (const name of ["cert.pem", "key.pem", "ca.pem"]) write(name, name);
    const json = kubeconfig(user, cluster, context);
    for (const text of [json, stringify(JSON.parse(json))]) {
      const file = write("config", text);
      expect(await told(file)).toEqual(await toldByClientNode(file));
    }
  });

  test("with a program that gives credentials", async () => {
    const status = { token: "from a program", clientCertificateData: "cert", clientKeyData: "key" };
    const program = write("program.mjs", `console.log(${JSON.stringify(JSON.stringify({ status }))})`);
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: process.execPath,
      args: [program],
    };
    const { tls, headers } = await told(write("config", kubeconfig({ exec })));
    expect(headers).toEqual({ authorization: "Bearer from a program" });
    expect(tls).toEqual({ cert: Buffer.from("cert"), key: Buffer.from("key") });
  });
});

test("a token file is read each time it is asked for", async () => {
  const tokenFile = write("token", "first\n");
  const access = await loadClusterAccess(write("config", kubeconfig({ tokenFile: "token" })));
  expect(await access.headers()).toEqual({ authorization: "Bearer first" });
  writeFileSync(tokenFile, "second\n");
  expect(await access.headers()).toEqual({ authorization: "Bearer second" });
});

test("several files are merged as kubectl does it: what is named twice is the first one's", async () => {
  const context = { name: "mine", context: { cluster: "c", user: "u" } };
  const first = {
    "current-context": "mine",
    contexts: [context],
    users: [{ name: "u", user: { token: "1" } }],
  };
  const files = [write("first", JSON.stringify(first)), write("second", kubeconfig({ token: "2" }))];
  vi.stubEnv("KUBECONFIG", files.join(":"));
  const access = await loadClusterAccess(undefined);
  expect(access.server).toBe("https://c.invalid:6443");
  expect(await access.headers()).toEqual({ authorization: "Bearer 1" });
});

test("without $KUBECONFIG it is that of the home folder", async () => {
  vi.stubEnv("KUBECONFIG", "");
  vi.stubEnv("HOME", folder);
  mkdirSync(join(folder, ".kube"));
  write(".kube/config", kubeconfig({}));
  expect((await loadClusterAccess(undefined)).server).toBe("https://c.invalid:6443");
});

test("in a pod it is the kubelet's variables and the files of the ServiceAccount", async () => {
  write("token", "of the pod");
  write("ca.crt", "ca");
  write("namespace", "upgrade-halt-system");
  const environment = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "6443" };
  const context = contextOfPod(folder, environment);
  expect(context).toMatchObject({
    cluster: { server: "https://[fd00::1]:6443" },
    namespace: "upgrade-halt-system",
  });
  expect(await credentialsOf(context).headers()).toEqual({ authorization: "Bearer of the pod" });
  expect(await credentialsOf(context).tls()).toEqual({ ca: Buffer.from("ca") });
});

describe("one sentence says what is wrong with", () => {
  test.each([
    ["no file", undefined, /kubeconfig \S+ can't be read: no such file$/],
    ["no YAML", "clusters: {", /kubeconfig \S+ can't be read: /],
    ["nothing", "", /kubeconfig \S+ names no cluster: set its current-context$/],
    ["a list", "- a", /names no cluster/],
    ["no current context", "clusters: []", /names no cluster/],
    ["a context without a cluster", kubeconfig({}, {}, { cluster: "gone" }), /names no cluster/],
    [
      "an authority as a file and as data",
      kubeconfig({}, { "certificate-authority": "ca.pem", "certificate-authority-data": base64("ca") }),
      /has both certificate-authority and certificate-authority-data: remove one of them$/,
    ],
    [
      "a key as a file and as data",
      kubeconfig({ "client-key": "key.pem", "client-key-data": base64("key") }),
      /has both client-key and client-key-data/,
    ],
    ["a cluster without a server", kubeconfig({}, { server: null }), /names no cluster/],
  ])("%s", async (_, text, message) => {
    const file = text === undefined ? join(folder, "gone") : write("config", text);
    await expect(loadClusterAccess(file)).rejects.toThrow(message);
    if (text !== undefined) await expect(clusterAccessOf(text)).rejects.toThrow("the kubeconfig");
  });
});

/** Loads a kubeconfig in a Node of its own and prints every module that this loads. */
const PRINT_LOADED = `
import { registerHooks } from "node:module";
registerHooks({ load: (url, context, next) => { console.log(url); return next(url, context); } });
const [module, file] = process.argv.slice(1);
const { loadClusterAccess } = await import(module);
const access = await loadClusterAccess(file);
await Promise.all([access.tls(), access.headers()]);
`;

test("neither client-node nor a YAML library is loaded for a kubeconfig that says all itself, in JSON", async () => {
  const module = new URL("cluster-access.ts", import.meta.url).href;
  const file = write("config", kubeconfig({ token: "t0ken" }));
  const args = ["--input-type=module", "--eval", PRINT_LOADED, module, file];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const loaded = stdout.split("\n");
  expect(loaded).toContainEqual(expect.stringContaining("/credentials.ts"));
  expect(loaded.filter((url) => /\/node_modules\//.test(url))).toEqual([]);
});
