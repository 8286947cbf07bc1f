import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { V1Deployment } from "@kubernetes/client-node";
import { crds } from "@upgrade-halt/mini-controller/api";
import { until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { parseAllDocuments, stringify } from "yaml";
import { SYSTEM_NAMESPACE } from "../harness/install.ts";
import { proof } from "../harness/proof.ts";
import { kubectl } from "./kubectl.ts";

const DEPLOY = join(import.meta.dirname, "../../apps/mini-controller/deploy");
const PROMETHEUS_OPERATOR = join(import.meta.dirname, "../fixtures/prometheus-operator.yaml");

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-install-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs kubectl as the cluster's administrator; what it prints. */
async function run(args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await kubectl(inject("kubeconfig"), args, { input });
  expect({ code, stderr }, args.join(" ")).toEqual({
    code: 0,
    stderr: expect.not.stringMatching(/error|warning/i),
  });
  return stdout;
}

async function rendered(path: string): Promise<readonly Manifest[]> {
  return parseAllDocuments(await run(["kustomize", path])).map((document) => document.toJS());
}

/** What the API server says to each manifest when it is asked whether it would take it, unknown fields forbidden. */
async function dryRun(manifests: readonly Manifest[]): Promise<readonly string[]> {
  const input = manifests.map((manifest) => stringify(manifest)).join("---\n");
  const flags = ["--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict"];
  return (await run(["apply", ...flags, "-f", "-"], input)).trim().split("\n");
}

proof("the API server takes all that the kustomization renders", ["INSTALL"], async () => {
  const manifests = await rendered(DEPLOY);

  expect(Object.groupBy(manifests, ({ kind }) => kind)).toMatchObject({
    Namespace: [{ metadata: { name: SYSTEM_NAMESPACE } }],
    CustomResourceDefinition: [{}, {}, {}],
    ServiceAccount: [{}],
    Role: [{}],
    ClusterRole: [{}, {}, {}],
    ValidatingAdmissionPolicy: [{}, {}],
    ValidatingAdmissionPolicyBinding: [{}, {}],
    Deployment: [{}],
    Service: [{}],
    NetworkPolicy: [{}],
    PodDisruptionBudget: [{}],
  });
  const answers = await dryRun(manifests);
  expect(answers).toHaveLength(manifests.length);
  for (const answer of answers) expect(answer).toMatch(/serverside-applied \(server dry run\)$/);
});

proof("the API server takes the policy that the README shows", ["INSTALL"], async () => {
  const readme = await readFile(join(DEPLOY, "../README.md"), "utf8");
  const [, policy = ""] = /```yaml\n(apiVersion: upgrade-halt.*?)```/s.exec(readme) ?? [];
  const answer = await run(
    ["create", "--dry-run=server", "--namespace=default", "-f", "-"],
    policy.replace("namespace: sei", "namespace: default"),
  );
  expect(answer).toBe("haltpolicy.upgrade-halt.dev/sei created (server dry run)\n");
});

proof(
  "an overlay adds the rights for SeiNodes and for logs, and what Prometheus and Grafana read",
  ["INSTALL"],
  async () => {
    await symlink(DEPLOY, join(folder, "deploy"));
    const overlay = {
      resources: ["deploy", "deploy/monitoring"],
      components: ["deploy/seinodes", "deploy/logs"],
      images: [{ name: "ghcr.io/upgrade-halt/mini-controller", digest: `sha256:${"0".repeat(64)}` }],
    };
    await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(overlay));
    await run(["apply", "-f", PROMETHEUS_OPERATOR]);
    try {
      await run(["wait", "--for=condition=Established", "-f", PROMETHEUS_OPERATOR]);
      const manifests = await rendered(folder);

      expect(manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual(
        expect.arrayContaining([
          "ServiceMonitor/mini-controller",
          "PrometheusRule/mini-controller",
          "ConfigMap/upgrade-halt-dashboard",
          "ClusterRole/mini-controller-seinodes",
          "ClusterRoleBinding/mini-controller-seinodes",
          "ClusterRole/mini-controller-logs",
          "ClusterRoleBinding/mini-controller-logs",
        ]),
      );
      expect(await dryRun(manifests)).toHaveLength(manifests.length);
    } finally {
      await run(["delete", "-f", PROMETHEUS_OPERATOR]);
    }
  },
);

proof(
  "the controller's pod passes the restricted Pod Security level, which refuses a looser one",
  ["INSTALL"],
  async () => {
    const [deployment] = (await rendered(DEPLOY)).filter(({ kind }) => kind === "Deployment");
    const { template } = (deployment as unknown as { spec: Required<V1Deployment>["spec"] }).spec;
    const metadata = { name: "admitted", namespace: SYSTEM_NAMESPACE };
    const pod = { apiVersion: "v1", kind: "Pod", metadata, spec: template.spec };
    const admit = ["create", "--dry-run=server", "-f", "-"];

    expect(await run(admit, JSON.stringify(pod))).toBe("pod/admitted created (server dry run)\n");

    const { securityContext: _, ...spec } = template.spec ?? { containers: [] };
    const refused = await kubectl(inject("kubeconfig"), admit, { input: JSON.stringify({ ...pod, spec }) });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/violates PodSecurity "restricted:latest".*runAsNonRoot.*seccompProfile/s);
  },
);

proof("kubectl explains each field in the words of the schema", ["KUBECTL"], async () => {
  for (const { spec } of Object.values(crds)) {
    const schema = spec.versions[0]?.schema.openAPIV3Schema.properties;
    const fields = [...fieldsOf(schema?.spec, ["spec"]), ...fieldsOf(schema?.status, ["status"])];
    expect(fields.length).toBeGreaterThan(10);
    const everything = await until(`the schema of ${spec.names.plural} to be published`, async () => {
      const { code, stdout } = await kubectl(inject("kubeconfig"), [
        "explain",
        spec.names.plural,
        "--recursive",
      ]);
      return code === 0 && stdout;
    });
    for (const { path } of fields) expect(everything).toMatch(new RegExp(`^ *${path.at(-1)}\\t`, "m"));
    const [plain] = fields.filter(({ path }) => path.length === 2);
    for (const { path, description } of [plain, fields.at(-1)].flatMap((field) => field ?? [])) {
      const text = await run(["explain", [spec.names.plural, ...path].join(".")]);
      expect(text.replaceAll(/\s+/g, " ")).toContain(description.replaceAll(/\s+/g, " "));
    }
  }
});

proof("kubectl lists both kinds by their short names, with their own columns", ["KUBECTL"], async () => {
  const objects = await readFile(join(import.meta.dirname, "fixtures/policy-and-halt.yaml"), "utf8");
  const [policy = "", halt] = objects.split("---\n");
  // NodeHalts are written by the controller alone.
  const account = `system:serviceaccount:${SYSTEM_NAMESPACE}:mini-controller`;
  const asController = [`--as=${account}`, "--as-group=system:masters"];
  await run(["apply", "-f", "-"], policy);
  try {
    await run(["create", ...asController, "-f", "-"], halt);
    const status = {
      phase: "Swapping",
      steps: [{ phase: "Swapping", at: "2026-08-21T18:00:00.123Z", message: "" }],
    };
    await run([
      "patch",
      ...asController,
      "nh",
      "sei-0-0",
      "--subresource=status",
      "--type=merge",
      "-p",
      JSON.stringify({ status }),
    ]);

    const [policies = "", halts = ""] = (await run(["get", "hp,nh"])).split("\n\n");
    expect(policies.split("\n")[0]?.split(/ {2,}/)).toEqual([
      "NAME",
      "PODS",
      "RUNNING",
      "HALTED",
      "RECOVERED",
      "FAILED",
      "UPGRADING",
      "READY",
      "WHY",
      "AGE",
    ]);
    const [heading, row] = halts.split("\n");
    expect(heading?.split(/ {2,}/)).toEqual([
      "NAME",
      "POD",
      "REASON",
      "PLAN",
      "HEIGHT",
      "ACTION",
      "PHASE",
      "SINCE",
      "OVER",
      "AGE",
    ]);
    expect(row).toMatch(/sei-0-0 +upgrade_required +v6\.7 +240000000 +Swapping +2026-08-21T18:00:00\.123Z/);
  } finally {
    await run(["delete", "--ignore-not-found", "-f", "-"], objects);
  }
});

interface Field {
  readonly path: readonly string[];
  readonly description: string;
}

function fieldsOf(schema: unknown, path: readonly string[]): readonly Field[] {
  const {
    properties = {},
    items,
    description = "",
  } = (schema ?? {}) as {
    properties?: Record<string, unknown>;
    items?: unknown;
    description?: string;
  };
  const inside = Object.entries(properties).flatMap(([name, field]) => fieldsOf(field, [...path, name]));
  const ofItems = items === undefined ? [] : fieldsOf(items, path).slice(1);
  return [{ path, description }, ...inside, ...ofItems];
}
