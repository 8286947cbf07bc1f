import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { filesIn, until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, expect } from "vitest";
import { writeClusterFiles } from "../../release/src/cluster-files.ts";
import { type Api, connect } from "../harness/api.ts";
import { type Cluster, startCluster } from "../harness/cluster.ts";
import { imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { SYSTEM_NAMESPACE } from "../harness/install.ts";
import { haltOf, imageInPod, untilPast } from "../harness/observe.ts";
import { createNode, createPolicy, setPlans } from "../harness/operator.ts";
import { proof } from "../harness/proof.ts";
import { openTestbed, type Testbed } from "../harness/testbed.ts";
import { kubectl } from "../install/kubectl.ts";
import { policyOfReadme } from "../install/policy-of-readme.ts";
import { brokenInvariants } from "../invariants/broken-invariants.ts";
import { CHART, type HelmRun, helm } from "./helm.ts";
import { kubeconfigOf, startInstalled } from "./installed.ts";

const DEFINITIONS = ["haltpolicies", "nodehalts", "noderecords"].map(
  (plural) => `${plural}.upgrade-halt.dev`,
);
/** Every kind that the chart may install. */
const KINDS = [
  ...["deployments", "services", "serviceaccounts", "networkpolicies", "poddisruptionbudgets"],
  ...["roles", "rolebindings", "clusterroles", "clusterrolebindings"],
  ...["validatingadmissionpolicies", "validatingadmissionpolicybindings", "customresourcedefinitions"],
].join(",");

/** What shows the policies and journals of every namespace. */
const OURS = ["get", "haltpolicies,nodehalts,noderecords", "--output=name"];

let folder: string;
let cluster: Cluster;
let api: Api;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-chart-"));
  cluster = await startCluster("control-plane");
  api = connect(cluster.kubeconfig);
});
afterAll(async () => {
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs Helm as the cluster's administrator. */
function asAdmin(...args: readonly string[]): Promise<HelmRun> {
  return helm({ kubeconfig: cluster.kubeconfig, folder }, [...args, "--namespace", SYSTEM_NAMESPACE]);
}

/** The same by Helm 3. */
function byHelm3(...args: readonly string[]): Promise<HelmRun> {
  const place = { kubeconfig: cluster.kubeconfig, folder, helm: "v3" } as const;
  return helm(place, [...args, "--namespace", SYSTEM_NAMESPACE]);
}

/** A later release of the chart, whose definition of policies has one column more; its folder. */
async function nextChart(name: string): Promise<string> {
  const next = join(folder, name);
  await cp(CHART, next, { recursive: true });
  const definition = join(next, "templates/crds/haltpolicies.yaml");
  const column =
    "additionalPrinterColumns:\n        - {name: Next, type: string, jsonPath: .metadata.name}\n";
  const text = await readFile(definition, "utf8");
  await writeFile(definition, text.replace("additionalPrinterColumns:\n", column));
  return next;
}

async function must(run: Promise<HelmRun>): Promise<string> {
  const { code, stdout, stderr } = await run;
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringMatching(/error/i) });
  return stdout;
}

async function run(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await kubectl(cluster.kubeconfig, args);
  expect({ code, stderr }, args.join(" ")).toMatchObject({ code: 0 });
  return stdout;
}

/** A controller of the whole cluster would try to write into namespaces that are on their way out. */
async function earlierProofsGone(): Promise<void> {
  const namespaces = () => run("get", "namespaces", "--output=name");
  const gone = async () => !(await namespaces()).includes("namespace/e2e-");
  await until("the namespaces of earlier proofs to be gone", gone, { explain: namespaces });
}

/** What the chart's objects are called, wherever they are. */
async function installed(): Promise<readonly string[]> {
  const label = "--selector=app.kubernetes.io/part-of=upgrade-halt";
  const format = "--output=jsonpath={range .items[*]}{.kind} {.metadata.name}{'\\n'}{end}";
  return (await run("get", KINDS, "--all-namespaces", label, format)).trim().split("\n").toSorted();
}

/** Policies, journals and records of a testbed: another's may go at any moment, as its namespace does. */
async function oursIn({ namespace }: Testbed): Promise<string> {
  return await run(...OURS, `--namespace=${namespace}`);
}

async function revisions(): Promise<readonly { readonly status: string }[]> {
  return JSON.parse(await must(asAdmin("history", "upgrade-halt", "--output=json")));
}

async function columns(): Promise<readonly string[]> {
  const path = "{.spec.versions[0].additionalPrinterColumns[*].name}";
  const [policies = ""] = DEFINITIONS;
  return (await run("get", "customresourcedefinition", policies, `--output=jsonpath=${path}`)).split(" ");
}

async function deployment() {
  const { metadata, spec } = await api.apps.readNamespacedDeployment({
    namespace: SYSTEM_NAMESPACE,
    name: "mini-controller",
  });
  return { generation: metadata?.generation, replicas: spec?.replicas };
}

async function valuesFile(values: object): Promise<string> {
  const file = join(folder, "values.json");
  await writeFile(file, JSON.stringify(values));
  return file;
}

/** The scenarios' pagers are on this machine. */
const PAGERS = { pagingHosts: ["http://127.0.0.1:*"] };

/** A swap by the controller as it is installed in `namespace`. */
async function swap(testbed: Testbed, namespace: string): Promise<void> {
  const controller = await startInstalled(testbed, namespace);
  await setPlans(testbed, planAt("v6.7", 20));
  await createPolicy(testbed, { upgrades: [{ planName: "v6.7", image: imageOf("v6.7") }] });
  await createNode(testbed, "sei-0", { version: "v6.6" });
  await haltOf(testbed, "sei-0", "Recovered");
  expect(await imageInPod(testbed, "sei-0")).toBe(imageOf("v6.7"));
  expect(await untilPast(testbed, "sei-0", 20)).toBeGreaterThan(20);
  expect(controller.output()).not.toMatch(/forbidden|\b403\b/i);
  await controller.stop();
  expect(await brokenInvariants(testbed)).toEqual([]);
}

proof(
  "the chart is installed, swaps, is upgraded, rolled back and uninstalled; definitions, policies and journals stay",
  ["CHART-LIFE", "CHART-SWAP", "CHART-REFUSED"],
  async () => {
    await run("apply", "--server-side", "-f", join(CHART, "../crds"));
    const taken = await asAdmin("install", "upgrade-halt", CHART, "--create-namespace");
    expect(taken.code).toBe(1);
    expect(taken.stderr).toMatch(
      /CustomResourceDefinition "\w+\.upgrade-halt\.dev" .*exists and cannot be imported/s,
    );
    expect(await installed()).toEqual(DEFINITIONS.map((name) => `CustomResourceDefinition ${name}`));

    const values = await valuesFile(PAGERS);
    await must(
      asAdmin("install", "upgrade-halt", CHART, "--create-namespace", "--take-ownership", "--values", values),
    );
    const fresh = await installed();
    expect(fresh.length).toBeGreaterThan(15);
    await run(...OURS);

    const testbed = await openTestbed(api);
    try {
      await swap(testbed, SYSTEM_NAMESPACE);
      const before = await deployment();
      const wrong = await asAdmin("upgrade", "upgrade-halt", CHART, "--set", "replicas=two");
      expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("at '/replicas': got string") });
      expect(await deployment()).toEqual(before);
      expect(await revisions()).toHaveLength(1);

      const next = await nextChart("next");
      const other = ["--reuse-values", "--set", "replicas=3,logs.enabled=true"];
      // kubectl still owns fields of the definitions that it applied.
      await must(asAdmin("upgrade", "upgrade-halt", next, "--force-conflicts", ...other));
      expect((await deployment()).replicas).toBe(3);
      expect(await columns()).toContain("Next");
      expect((await installed()).filter((name) => !fresh.includes(name))).toEqual([
        "ClusterRole mini-controller-logs",
        "ClusterRoleBinding mini-controller-logs",
      ]);

      await must(asAdmin("rollback", "upgrade-halt", "1"));
      expect((await deployment()).replicas).toBe(2);
      expect(await columns()).not.toContain("Next");
      expect(await installed()).toEqual(fresh);

      const journals = await oursIn(testbed);
      expect(journals).toMatch(/haltpolicy.*nodehalt.*noderecord/s);
      await must(asAdmin("uninstall", "upgrade-halt", "--wait"));
      expect(await installed()).toEqual(DEFINITIONS.map((name) => `CustomResourceDefinition ${name}`));
      expect(await oursIn(testbed)).toBe(journals);

      await must(asAdmin("install", "upgrade-halt", CHART, "--values", values));
      expect(await installed()).toEqual(fresh);
    } finally {
      await testbed.cleanup.run();
    }
  },
);

proof(
  "a second installation on the whole cluster is refused, and leaves nothing",
  ["CHART-REFUSED"],
  async () => {
    await asAdmin("upgrade", "--install", "upgrade-halt", CHART, "--create-namespace", "--take-ownership");
    const before = await installed();
    const second = await helm({ kubeconfig: cluster.kubeconfig, folder }, [
      ...[
        "install",
        "another",
        CHART,
        "--namespace",
        "another",
        "--create-namespace",
        "--set",
        "crds.enabled=false",
      ],
    ]);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/exists and cannot be imported into the current release/);
    expect(await installed()).toEqual(before);
    await must(asAdmin("uninstall", "upgrade-halt", "--wait"));
  },
);

proof(
  "the kustomization is removed as the README says; definitions, policies and journals stay",
  ["INSTALL"],
  async () => {
    await run("apply", "--server-side", "--force-conflicts", "-k", join(CHART, ".."));
    expect((await installed()).length).toBeGreaterThan(15);
    await run(...OURS);
    const testbed = await openTestbed(api);
    try {
      await createPolicy(testbed);
      const before = await oursIn(testbed);
      const readme = await readFile(join(CHART, "../../README.md"), "utf8");
      const commands = (filesIn(readme).get("remove.sh") ?? "").replaceAll("\\\n", "").trim().split("\n");
      for (const command of commands) {
        const [program, ...args] = command.split(/\s+/);
        expect(program).toBe("kubectl");
        await run(...args);
      }
      expect(await installed()).toEqual(DEFINITIONS.map((name) => `CustomResourceDefinition ${name}`));
      expect(await oursIn(testbed)).toBe(before);
    } finally {
      await testbed.cleanup.run();
    }
  },
);

proof(
  "by Helm 3 too it is installed, swaps, is upgraded with its definitions, rolled back and uninstalled",
  ["CHART-LIFE", "CHART-SWAP", "CHART-REFUSED"],
  async () => {
    await earlierProofsGone();
    const values = await valuesFile(PAGERS);
    await must(
      byHelm3("install", "upgrade-halt", CHART, "--create-namespace", "--take-ownership", "--values", values),
    );
    const fresh = await installed();
    expect(fresh.length).toBeGreaterThan(15);
    const testbed = await openTestbed(api);
    try {
      await swap(testbed, SYSTEM_NAMESPACE);
      const before = await deployment();
      const wrong = await byHelm3("upgrade", "upgrade-halt", CHART, "--set", "replicas=two");
      expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("at '/replicas': got string") });
      expect(await deployment()).toEqual(before);

      const next = await nextChart("next-by-helm-3");
      await must(byHelm3("upgrade", "upgrade-halt", next, "--reuse-values", "--set", "replicas=3"));
      expect((await deployment()).replicas).toBe(3);
      expect(await columns()).toContain("Next");
      await must(byHelm3("rollback", "upgrade-halt", "1"));
      expect((await deployment()).replicas).toBe(2);
      expect(await columns()).not.toContain("Next");
      expect(await installed()).toEqual(fresh);

      const journals = await oursIn(testbed);
      expect(journals).toMatch(/haltpolicy.*nodehalt.*noderecord/s);
      await must(byHelm3("uninstall", "upgrade-halt", "--wait"));
      expect(await installed()).toEqual(DEFINITIONS.map((name) => `CustomResourceDefinition ${name}`));
      expect(await oursIn(testbed)).toBe(journals);
    } finally {
      await testbed.cleanup.run();
    }
  },
);

proof(
  "a stranger gets the chart, a policy and a swap from the files of a release alone",
  ["RELEASE-FILES", "CHART-SWAP"],
  async () => {
    await earlierProofsGone();
    const release = join(folder, "release");
    const files = writeClusterFiles(join(import.meta.dirname, "../.."), release);
    const unpacked = join(folder, "unpacked");
    await mkdir(unpacked);
    await promisify(execFile)("tar", ["-xf", join(release, files.program), "-C", unpacked]);
    const program = join(unpacked, "mini-controller");
    const { stdout: version } = await promisify(execFile)(process.execPath, [
      join(program, "bin/mini-controller.js"),
      "--version",
    ]);
    expect(version).toMatch(/^mini-controller \S+ \(contract \S+, commit [0-9a-f]{40}(-dirty)?\)\n$/);

    const chart = join(release, files.chart);
    const values = await valuesFile(PAGERS);
    await must(
      asAdmin("install", "upgrade-halt", chart, "--create-namespace", "--take-ownership", "--values", values),
    );
    // kubectl asks again while a definition is new.
    await run(...OURS);
    const testbed = await openTestbed(api);
    try {
      await setPlans(testbed, planAt("v6.7", 20));
      const controller = await startInstalled(
        testbed,
        SYSTEM_NAMESPACE,
        join(program, "bin/mini-controller.js"),
      );
      const policy = join(folder, "policy.json");
      const readme = await readFile(join(program, "README.md"), "utf8");
      const listed = { height: 20, image: imageOf("v6.7") };
      await writeFile(policy, JSON.stringify(policyOfReadme(readme, testbed.namespace, listed)));
      await run("apply", "--filename", policy);
      await createNode(testbed, "sei-0", { version: "v6.6" });
      await haltOf(testbed, "sei-0", "Recovered");
      expect(await imageInPod(testbed, "sei-0")).toBe(imageOf("v6.7"));
      expect(await untilPast(testbed, "sei-0", 20)).toBeGreaterThan(20);
      await controller.stop();
      expect(await brokenInvariants(testbed)).toEqual([]);
      await must(asAdmin("uninstall", "upgrade-halt", "--wait"));
    } finally {
      await testbed.cleanup.run();
    }
  },
);

proof(
  "a tenant with rights on one namespace alone installs the chart there, and has a node swapped",
  ["CHART-NAMESPACED", "CHART-SWAP"],
  async () => {
    await run("apply", "--server-side", "--force-conflicts", "-f", join(CHART, "../crds"));
    const testbed = await openTestbed(api);
    try {
      const { namespace } = testbed;
      await run("create", "serviceaccount", "tenant", "--namespace", namespace);
      const binding = ["--clusterrole=cluster-admin", `--serviceaccount=${namespace}:tenant`];
      await run("create", "rolebinding", "tenant", "--namespace", namespace, ...binding);
      const tenant = { kubeconfig: await kubeconfigOf(testbed, namespace, "tenant"), folder };
      const place = ["--namespace", namespace, "--values"];

      const everywhere = await helm(tenant, [
        "install",
        "upgrade-halt",
        CHART,
        ...place,
        await valuesFile(PAGERS),
      ]);
      expect(everywhere).toMatchObject({ code: 1, stderr: expect.stringMatching(/forbidden/) });
      expect(await installed()).toEqual(DEFINITIONS.map((name) => `CustomResourceDefinition ${name}`));

      const off = { enabled: false };
      const values = { ...PAGERS, watchNamespace: namespace, crds: off, admission: off };
      await must(helm(tenant, ["install", "upgrade-halt", CHART, ...place, await valuesFile(values)]));
      await swap(testbed, namespace);
      await must(helm(tenant, ["uninstall", "upgrade-halt", "--namespace", namespace, "--wait"]));
      expect(await installed()).toEqual(DEFINITIONS.map((name) => `CustomResourceDefinition ${name}`));
    } finally {
      await testbed.cleanup.run();
    }
  },
);
