import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { KubeClient, type KubeObject, loadClusterAccess } from "@upgrade-halt/kube";
import { type RealApiServer, startRealApiServer, until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { API_VERSION } from "../src/api/group.ts";
import {
  collectionPath,
  HALT_POLICIES,
  NODE_HALTS,
  NODE_RECORDS,
  objectPath,
  type Resource,
} from "../src/kube/paths.ts";

const DEPLOY = join(import.meta.dirname, "../deploy");
const CONTROLLER = "system:serviceaccount:upgrade-halt-system:mini-controller";
/** An account of the same name elsewhere. */
const NAMESAKE = "system:serviceaccount:default:mini-controller";
const RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";

interface Manifest extends KubeObject {
  readonly kind: string;
}

/** Where a manifest of `deploy/` is created; `undefined` for kinds that this test does without. */
function collectionOf({ kind }: Manifest): string | undefined {
  const admission = "/apis/admissionregistration.k8s.io/v1";
  switch (kind) {
    case "CustomResourceDefinition":
      return "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    case "ValidatingAdmissionPolicy":
      return `${admission}/validatingadmissionpolicies`;
    case "ValidatingAdmissionPolicyBinding":
      return `${admission}/validatingadmissionpolicybindings`;
    case "ClusterRole":
      return "/apis/rbac.authorization.k8s.io/v1/clusterroles";
    case "ClusterRoleBinding":
      return "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
    default:
      return undefined;
  }
}

const POLICY_SPEC = { selector: {}, container: "seid" };
const HALT_SPEC = {
  podName: "sei-0",
  podUID: "u",
  container: "seid",
  policyName: "p",
  reason: "upgrade_required",
  image: "x",
  sources: [],
  verdict: "v",
  detectedAt: "2026-01-01T00:00:00Z",
};
const SEI_NODES = {
  kind: "CustomResource",
  customResource: { apiVersion: "sei.io/v1alpha1", kind: "SeiNode", resource: "seinodes" },
};
const rule = (apiGroup: string, resource: string, ...verbs: readonly string[]) => {
  return { apiGroups: [apiGroup], resources: [resource], verbs };
};
const OWN = [
  rule("upgrade-halt.dev", "haltpolicies", "*"),
  rule("upgrade-halt.dev", "nodehalts", "*"),
  rule("upgrade-halt.dev", "nodehalts/status", "*"),
  rule("upgrade-halt.dev", "noderecords", "*"),
  rule("upgrade-halt.dev", "noderecords/status", "*"),
];

describe("a real API server with the admission policies", () => {
  let server: RealApiServer | undefined;
  const clients = new Map<string, KubeClient>();
  let names = 0;

  /** The API as somebody else: an administrator may act for anybody. */
  async function as(user?: string): Promise<KubeClient> {
    if (server === undefined) throw new Error("not started");
    const access = await loadClusterAccess(server.kubeconfig);
    const known = clients.get(user ?? "");
    if (known !== undefined) return known;
    const headers = async () => ({
      ...(await access.headers()),
      ...(user === undefined ? {} : { "impersonate-user": user }),
    });
    const client = await KubeClient.connect({ ...access, headers });
    clients.set(user ?? "", client);
    return client;
  }

  beforeAll(async () => {
    const assets = process.env.KUBEBUILDER_ASSETS;
    if (!assets)
      throw new Error("KUBEBUILDER_ASSETS is not set: `pnpm run test:control-plane` at the root sets it");
    server = await startRealApiServer(assets);
    const admin = await as();
    const files = globSync(["crds/*.yaml", "rbac/*.yaml", "admission/*.yaml"], { cwd: DEPLOY }).toSorted();
    for (const file of files) {
      for (const document of parseAllDocuments(readFileSync(join(DEPLOY, file), "utf8"))) {
        const manifest = document.toJS() as Manifest;
        const path = collectionOf(manifest);
        if (path !== undefined) await admin.create(path, manifest);
      }
    }
    await grant("author", [...OWN, rule("apps", "statefulsets", "patch"), rule("", "pods", "delete")]);
    await grant("deployer", [...OWN, rule("apps", "deployments", "patch"), rule("", "pods", "delete")]);
    await grant("sei", [...OWN, rule("sei.io", "seinodes", "patch"), rule("", "pods", "delete")]);
    await grant("patcher", [...OWN, rule("apps", "statefulsets", "patch")]);
    await grant("nobody", OWN);
    await grant("namesake", OWN, NAMESAKE);
    // The policies are in force some moments after they were made.
    await until("the admission policies", async () => /may not patch/.test(await write("nobody", {})), {
      within: 30_000,
    });
  }, 60_000);
  afterAll(async () => {
    for (const client of clients.values()) await client.close();
    await server?.stop();
  });

  async function grant(name: string, rules: readonly object[], user = name): Promise<void> {
    const admin = await as();
    await admin.create(`${RBAC}/roles`, { metadata: { name }, rules });
    await admin.create(`${RBAC}/rolebindings`, {
      metadata: { name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: user }],
    });
  }

  /** What the server says to a policy of this user: `created`, or why not. */
  async function write(user: string, spec: object, dryRun = true): Promise<string> {
    names += 1;
    const name = `p-${names}`;
    const body = {
      apiVersion: API_VERSION,
      kind: "HaltPolicy",
      metadata: { name },
      spec: { ...POLICY_SPEC, ...spec },
    };
    const path = `${collectionPath(HALT_POLICIES, "default")}${dryRun ? "?dryRun=All" : ""}`;
    return await (await as(user)).create(path, body).then(() => "created", String);
  }

  test.each([
    ["author", {}, "created"],
    ["author", { target: { kind: "Deployment" } }, "author may not patch these"],
    ["author", { target: SEI_NODES }, "author may not patch these"],
    ["deployer", { target: { kind: "Deployment" } }, "created"],
    ["deployer", {}, "deployer may not patch these"],
    ["sei", { target: SEI_NODES }, "created"],
    ["sei", { target: { kind: "StatefulSet" } }, "sei may not patch these"],
    ["patcher", {}, "patcher may not delete these"],
    ["nobody", {}, "nobody may not patch these"],
  ])("%s writes a policy with %j: %s", async (user, spec, says) => {
    expect(await write(user, spec)).toContain(says);
  });

  test("asks the same for a change of the spec, and nothing for one of anything else", async () => {
    expect(await write("author", {}, false)).toBe("created");
    const path = objectPath(HALT_POLICIES, "default", `p-${names}`);
    const [nobody, author] = [await as("nobody"), await as("author")];
    await expect(nobody.mergePatch(path, { spec: { paused: true } })).rejects.toThrow(/nobody may not patch/);
    await expect(author.mergePatch(path, { spec: { target: SEI_NODES } })).rejects.toThrow(/may not patch/);
    await author.mergePatch(path, { spec: { paused: true } });
    await nobody.mergePatch(path, { metadata: { labels: { team: "x" } } });
    await (await as(CONTROLLER)).mergePatch(`${path}/status`, { status: { pods: 1 } });
  });

  test("keeps what was seen of a node from being deleted, but with its namespace", async () => {
    const admin = await as(undefined);
    const metadata = { name: "seen" };
    await admin.create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
    const body = { apiVersion: API_VERSION, kind: "NodeRecord", metadata, spec: { node: "seen" } };
    await (await as(CONTROLLER)).create(collectionPath(NODE_RECORDS, "seen"), body);
    const record = objectPath(NODE_RECORDS, "seen", "seen");
    await (await as(CONTROLLER)).create(collectionPath(NODE_RECORDS, "default"), body);
    const own = objectPath(NODE_RECORDS, "default", "seen");
    await expect((await as("author")).delete(own)).rejects.toThrow(/are deleted with their namespace alone/);
    await expect(admin.delete(record)).rejects.toThrow(/are deleted with their namespace alone/);
    await admin.delete("/api/v1/namespaces/seen");
    await admin.delete(record);
    await expect(admin.get(record)).rejects.toThrow(/not found/);
  });

  const RECORDS: readonly (readonly [string, Resource, object])[] = [["NodeHalt", NODE_HALTS, HALT_SPEC]];
  test.each(RECORDS)(
    "takes a %s and what it says from the controller alone",
    async (kind, resource, spec) => {
      const body = (name: string) => ({ apiVersion: API_VERSION, kind, metadata: { name }, spec });
      const collection = collectionPath(resource, "default");
      for (const user of ["nobody", "author", NAMESAKE, undefined])
        await expect((await as(user)).create(collection, body("forged")), user ?? "admin").rejects.toThrow(
          /are written by the controller alone/,
        );
      await (await as(CONTROLLER)).create(collection, body("true"));
      const status = `${objectPath(resource, "default", "true")}/status`;
      await expect(
        (await as("author")).mergePatch(status, { status: { phase: "Swapping" } }),
      ).rejects.toThrow(/are written by the controller alone/);
      const halt = await (await as("author")).mergePatch(objectPath(resource, "default", "true"), {
        metadata: { annotations: { "upgrade-halt.dev/acknowledged": "true" } },
        status: { phase: "Swapping" },
      });
      expect(halt).not.toHaveProperty("status");
      const current = await (await as(CONTROLLER)).get<KubeObject>(objectPath(resource, "default", "true"));
      await (await as(CONTROLLER)).replace(status, { ...current, status: { phase: "Held" } });
    },
  );
});
