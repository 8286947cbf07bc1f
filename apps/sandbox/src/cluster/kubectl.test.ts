import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { TestApi } from "../testing/api.ts";
import { configMap, pod, WIDGET_CRD, widget } from "../testing/objects.ts";
import { kubeconfigFor } from "./kubeconfig.ts";

const run = promisify(execFile);
const hasKubectl = await run("kubectl", ["version", "--client"]).then(
  () => true,
  () => false,
);

let api: TestApi;
let folder: string;
beforeAll(async () => {
  api = await TestApi.start();
  folder = await mkdtemp(join(tmpdir(), "sandbox-kubectl-"));
  await writeFile(join(folder, "kubeconfig"), kubeconfigFor(api.server.url));
});
afterAll(async () => {
  await api.stop();
  await rm(folder, { recursive: true });
});

async function kubectl(...args: string[]): Promise<string> {
  const files = ["--kubeconfig", join(folder, "kubeconfig"), "--cache-dir", join(folder, "cache")];
  const { stdout } = await run("kubectl", [...files, ...args]);
  return stdout.trim();
}

async function fileOf(object: unknown): Promise<string> {
  const file = join(folder, "object.yaml");
  await writeFile(file, stringify(object));
  return file;
}

describe.skipIf(!hasKubectl)("kubectl", () => {
  it("applies, changes and applies again, client-side and server-side", async () => {
    expect(await kubectl("apply", "-f", await fileOf(configMap("a", { k: "1" })))).toBe(
      "configmap/a created",
    );
    expect(await kubectl("apply", "-f", await fileOf(configMap("a", { k: "1" })))).toBe(
      "configmap/a unchanged",
    );
    expect(await kubectl("apply", "-f", await fileOf(configMap("a", { l: "2" })))).toBe(
      "configmap/a configured",
    );
    expect(await kubectl("get", "cm", "a", "-o", "jsonpath={.data}")).toBe('{"l":"2"}');
    expect(await kubectl("apply", "--server-side", "-f", await fileOf(configMap("b", { k: "1" })))).toBe(
      "configmap/b serverside-applied",
    );
  });

  it("refuses unknown fields before anything is written", async () => {
    const file = await fileOf({ ...configMap("odd"), nonsense: 1 });
    await expect(kubectl("apply", "-f", file)).rejects.toThrow('unknown field "nonsense"');
  });

  it("gets, describes, explains and deletes custom resources", async () => {
    await kubectl("apply", "-f", await fileOf(WIDGET_CRD));
    await kubectl("apply", "-f", await fileOf(widget("w", { size: 3 })));
    const [heading = "", row = ""] = (await kubectl("get", "wd")).split("\n");
    expect(heading.split(/\s+/)).toEqual(["NAME", "SIZE", "READY", "AGE"]);
    expect(row).toMatch(/^w\s+3\s+\d+s$/);
    expect(await kubectl("describe", "widget", "w")).toMatch(/Spec:\n\s+Colour:\s+red/);
    expect(await kubectl("explain", "widget.spec.size")).toContain("FIELD: size <integer>");
    expect(await kubectl("delete", "widget", "w")).toMatch(/^widget.example.com "w" deleted/);
  });

  it("patches built-in objects by strategic merge, and waits for conditions", async () => {
    await kubectl("apply", "-f", await fileOf(pod("p")));
    expect(await kubectl("get", "pods", "p", "--no-headers")).toMatch(/^p\s+0\/1\s+Pending\s+0\s+\d+s$/);
    expect(await kubectl("label", "pod", "p", "a=b")).toBe("pod/p labeled");
    const ready = { conditions: [{ type: "Ready", status: "True" }] };
    await kubectl("patch", "pod", "p", "--subresource=status", "-p", JSON.stringify({ status: ready }));
    expect(await kubectl("wait", "--for=condition=Ready", "pod/p", "--timeout=10s")).toBe(
      "pod/p condition met",
    );
    expect(await kubectl("delete", "pod", "p", "--wait=true")).toMatch(/^pod "p" deleted/);
  });

  it("makes objects from its arguments, which it sends as protobuf", async () => {
    await kubectl("create", "namespace", "made");
    const make = (...args: string[]): Promise<string> => kubectl("create", "-n", "made", ...args);
    await make("configmap", "c", "--from-literal=a=b");
    await make("secret", "generic", "s", "--from-literal=url=http://x");
    await make("serviceaccount", "reader");
    await make("role", "r", "--verb=get,list", "--resource=configmaps", "--resource-name=c");
    await make("rolebinding", "b", "--role=r", "--serviceaccount=made:reader");
    const read = (...args: string[]): Promise<string> => kubectl("get", "-n", "made", ...args);

    expect(await kubectl("get", "ns", "made", "-o", "jsonpath={.status.phase} {.spec}")).toBe(
      'Active {"finalizers":["kubernetes"]}',
    );
    expect(await read("cm", "c", "-o", "jsonpath={.data}")).toBe('{"a":"b"}');
    expect(await read("secret", "s", "-o", "jsonpath={.type} {.data.url}")).toBe("Opaque aHR0cDovL3g=");
    expect(await read("role", "r", "-o", "jsonpath={.rules}")).toBe(
      '[{"apiGroups":[""],"resourceNames":["c"],"resources":["configmaps"],"verbs":["get","list"]}]',
    );
    expect(await read("rolebinding", "b", "-o", "jsonpath={.subjects}")).toBe(
      '[{"kind":"ServiceAccount","name":"reader","namespace":"made"}]',
    );
    expect(await make("token", "reader", "--duration=20m")).toMatch(/^\S+$/);
    expect(await kubectl("auth", "can-i", "create", "cm", "-n", "made")).toBe("yes");
  });

  it("makes workloads from its arguments", async () => {
    await kubectl("create", "deployment", "web", "--image=registry.k8s.io/pause:3.10", "--replicas=2");
    expect(await kubectl("get", "deploy", "web", "-o", "jsonpath={.spec.replicas} {.spec.selector}")).toBe(
      '2 {"matchLabels":{"app":"web"}}',
    );
    await kubectl("create", "service", "clusterip", "web", "--tcp=80:8080");
    expect(await kubectl("get", "svc", "web", "-o", "jsonpath={.spec.ports[0].targetPort}")).toBe("8080");
    await kubectl("create", "pdb", "web", "--selector=app=web", "--min-available=50%");
    expect(await kubectl("get", "pdb", "web", "-o", "jsonpath={.spec.minAvailable}")).toBe("50%");
  });

  it("applies a List", async () => {
    const list = { apiVersion: "v1", kind: "List", items: [configMap("of-list", { k: "1" })] };
    expect(await kubectl("apply", "-f", await fileOf(list))).toBe("configmap/of-list created");
    expect(await kubectl("apply", "-f", await fileOf(list))).toBe("configmap/of-list unchanged");
  });

  it("evicts nothing in a drain that is a dry run", async () => {
    await kubectl(
      "create",
      "-f",
      await fileOf({ apiVersion: "v1", kind: "Node", metadata: { name: "node-a" } }),
    );
    await kubectl("create", "-f", await fileOf(pod("drained", { nodeName: "node-a" })));
    const said = await kubectl("drain", "node-a", "--dry-run=server", "--force", "--ignore-daemonsets");
    expect(said).toContain("drained (server dry run)");
    expect(await kubectl("get", "pod", "drained", "-o", "jsonpath={.metadata.deletionTimestamp}")).toBe("");
    expect(await kubectl("get", "node", "node-a", "-o", "jsonpath={.spec.unschedulable}")).toBe("");
  });

  it("asks as somebody else", async () => {
    const asked = kubectl("auth", "can-i", "delete", "nodes", "--as=nobody");
    await expect(asked).rejects.toMatchObject({ stdout: expect.stringMatching(/^no/) });
    await expect(kubectl("get", "cm", "--as=nobody")).rejects.toThrow("Forbidden");
  });

  it("watches", async () => {
    const watching = kubectl("get", "cm", "-w", "--request-timeout=2s", "--no-headers").catch(
      (error: { stdout: string }) => error.stdout,
    );
    expect(await watching).toMatch(/^a\s+1\s+/m);
  });
});
