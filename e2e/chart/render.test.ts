import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { parseAllDocuments } from "yaml";
import { SYSTEM_NAMESPACE } from "../harness/install.ts";
import { proof } from "../harness/proof.ts";
import { kubectl } from "../install/kubectl.ts";
import { CHART, helm } from "./helm.ts";
import { HELMS, type Helm } from "./programs.ts";

const DEPLOY = join(CHART, "..");

interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-chart-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function manifestsOf(text: string): readonly Manifest[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

/** By kind, namespace and name. */
function byKey(manifests: readonly Manifest[]): Readonly<Record<string, Manifest>> {
  const keyed = manifests.map((manifest) => {
    const { kind, metadata } = manifest;
    return [`${kind} ${metadata.namespace ?? ""}/${metadata.name}`, manifest] as const;
  });
  expect(new Set(keyed.map(([key]) => key)).size).toBe(keyed.length);
  return Object.fromEntries(keyed);
}

async function template(...args: readonly string[]): Promise<readonly Manifest[]> {
  return templateBy("v4", ...args);
}

async function templateBy(which: Helm, ...args: readonly string[]): Promise<readonly Manifest[]> {
  const { code, stdout, stderr } = await helm({ folder, helm: which }, [
    ...["template", "upgrade-halt", CHART, "--namespace", SYSTEM_NAMESPACE],
    ...args,
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return manifestsOf(stdout);
}

async function kustomized(path: string): Promise<readonly Manifest[]> {
  const { code, stdout, stderr } = await kubectl("/nonexistent", ["kustomize", path]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  // Helm makes the release's namespace itself.
  return manifestsOf(stdout).filter(({ kind }) => kind !== "Namespace");
}

/** An object as it is without what tells Helm to keep it. */
function withoutKeep(manifest: Manifest): Manifest {
  const { "helm.sh/resource-policy": policy, ...annotations } = manifest.metadata.annotations ?? {};
  if (policy === undefined) return manifest;
  expect(policy).toBe("keep");
  expect(manifest.kind).toBe("CustomResourceDefinition");
  const { annotations: _, ...metadata } = manifest.metadata;
  const left = Object.keys(annotations).length > 0 ? { annotations } : {};
  return { ...manifest, metadata: { ...metadata, ...left } };
}

proof(
  "the chart and the kustomization render the same objects for the default values",
  ["CHART-ONE-SOURCE"],
  async () => {
    const chart = await template();
    expect(chart.length).toBeGreaterThan(15);
    expect(byKey(chart.map(withoutKeep))).toEqual(byKey(await kustomized(DEPLOY)));
  },
);

proof("with every optional part, they render the same objects too", ["CHART-ONE-SOURCE"], async () => {
  await symlink(DEPLOY, join(folder, "deploy"));
  const digest = `sha256:${"0".repeat(64)}`;
  const overlay = {
    resources: ["deploy", "deploy/monitoring"],
    components: ["deploy/seinodes", "deploy/seinetworks", "deploy/logs"],
    images: [{ name: "ghcr.io/upgrade-halt/mini-controller", digest }],
  };
  await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(overlay));
  const parts = ["serviceMonitor", "prometheusRule", "dashboard"].map(
    (part) => `monitoring.${part}.enabled=true`,
  );
  const optional = ["logs", "seinodes", "seinetworks"].map((part) => `${part}.enabled=true`);
  const values = [...parts, ...optional, `image.digest=${digest}`];
  const chart = byKey((await template("--set", values.join(","))).map(withoutKeep));
  const kustomize = byKey(await kustomized(folder));

  expect(Object.keys(chart).toSorted()).toEqual(Object.keys(kustomize).toSorted());
  for (const [key, manifest] of Object.entries(chart)) {
    // The kustomization's label is given by the overlay that includes the parts, and this one gives none.
    const { labels, ...metadata } = manifest.metadata as { labels?: Record<string, string> };
    const { "app.kubernetes.io/part-of": _, ...own } = labels ?? {};
    const theirs = kustomize[key]?.metadata as { labels?: Record<string, string> };
    const { "app.kubernetes.io/part-of": __, ...others } = theirs.labels ?? {};
    expect(own, key).toEqual(others);
    expect({ ...manifest, metadata }, key).toEqual({
      ...kustomize[key],
      metadata: (({ labels: ___, ...rest }) => rest)(theirs),
    });
  }
});

proof("helm lint finds nothing to correct, the newest one nor Helm 3", ["CHART-ONE-SOURCE"], async () => {
  for (const which of Object.keys(HELMS) as Helm[]) {
    const { code, stdout } = await helm({ folder, helm: which }, ["lint", "--strict", CHART]);
    expect(stdout, which).toContain("1 chart(s) linted, 0 chart(s) failed");
    expect(stdout).not.toMatch(/\[(WARNING|ERROR)\]/);
    expect(code).toBe(0);
  }
});

proof("Helm 3 renders the same objects", ["CHART-ONE-SOURCE"], async () => {
  const every = "monitoring.prometheusRule.enabled=true,monitoring.dashboard.enabled=true,logs.enabled=true";
  for (const args of [[], ["--set", every], ["--set", "watchNamespace=sei,crds.enabled=false"]])
    expect(byKey(await templateBy("v3", ...args))).toEqual(byKey(await template(...args)));
});

proof(
  "one namespace is watched with Roles of that namespace alone, and no right on the cluster",
  ["CHART-NAMESPACED"],
  async () => {
    const manifests = await template(
      "--set",
      "watchNamespace=sei,crds.enabled=false,admission.enabled=false,logs.enabled=true,seinodes.enabled=true,seinetworks.enabled=true",
    );
    expect(manifests.filter(({ kind }) => kind.startsWith("Cluster"))).toEqual([]);
    expect(manifests.filter(({ metadata }) => metadata.namespace === undefined)).toEqual([]);
    const roles = manifests.filter(({ kind }) => kind === "Role");
    expect(roles.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).toSorted()).toEqual([
      "sei/mini-controller-act",
      "sei/mini-controller-logs",
      "sei/mini-controller-read",
      "sei/mini-controller-secrets",
      "sei/mini-controller-seinetworks",
      "sei/mini-controller-seinodes",
      `${SYSTEM_NAMESPACE}/mini-controller-leader`,
    ]);
  },
);

const WRONG: readonly (readonly [values: string, says: RegExp])[] = [
  ["replicas=two", /^- at '\/replicas': got string, want integer$/],
  ["replica=3", /^- at '': additional properties 'replica' not allowed$/],
  ["image.digest=abc", /^- at '\/image\/digest': 'abc' does not match pattern/],
  ["image=null", /^- at '': missing property 'image'$/],
  ["pagingHosts=pager.example.com", /^- at '\/pagingHosts': got string, want array$/],
  ["watchNamespace=Sei", /^- at '\/watchNamespace': 'Sei' does not match pattern/],
  ["logs.enabled=yes", /^- at '\/logs\/enabled': got string, want boolean$/],
  ["replicas=1", /replicas is 1, and the PodDisruptionBudget .*: set replicas to 2 or more, or /],
];

/** What Helm says of a chart's values, without its own heading and hint. */
function saidOf(stderr: string): readonly string[] {
  const ofHelm = /^(Error: values don't meet the specifications|upgrade-halt:$|Use --debug flag|$)/;
  return stderr.split("\n").filter((line) => !ofHelm.test(line));
}

proof("values that don't fit are refused by one sentence each", ["CHART-REFUSED"], async () => {
  for (const which of Object.keys(HELMS) as Helm[]) {
    for (const [values, says] of WRONG) {
      const args = ["template", "upgrade-halt", CHART, "--set", values];
      const { code, stdout, stderr } = await helm({ folder, helm: which }, args);
      expect({ code, stdout }, `${which} ${values}`).toEqual({ code: 1, stdout: "" });
      expect(saidOf(stderr)).toEqual([expect.stringMatching(says)]);
    }
  }
});
