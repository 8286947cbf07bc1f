import { defineConfig, type ViteUserConfig } from "vitest/config";
import { suite } from "../vitest.shared.ts";
import { PLAYED_SUITES } from "./control-plane/played.ts";
import { PlayedReporter } from "./control-plane/played-reporter.ts";

/** Scenarios wait for most of their time: a core plays more than one of them. */
const SIDE_BY_SIDE = 3;

const ON_CLUSTER = {
  globalSetup: "harness/global-setup.ts",
  testTimeout: 240_000,
  hookTimeout: 120_000,
  maxWorkers: SIDE_BY_SIDE,
};

const ON_MONITORED_CLUSTER = { ...ON_CLUSTER, testTimeout: 180_000, fileParallelism: false };

/** What `vitest run --mode NAME` plays. */
const SUITES: Readonly<Record<string, ViteUserConfig["test"]>> = {
  /** The scenarios and faults on the target that `E2E_TARGET` names: the embedded cluster unless said. */
  embedded: {
    ...ON_CLUSTER,
    isolate: false,
    include: [
      "{scenarios,faults,rbac}/**/*.test.ts",
      "{harness,invariants,comparison,bench}/**/!(comparison).test.ts",
      "*.test.ts",
    ],
  },
  /** The same scenarios on a real control plane, and what the embedded one answers differently. */
  "control-plane": {
    ...ON_CLUSTER,
    isolate: false,
    include: ["{scenarios,faults,rbac,install,control-plane,comparison}/**/*.test.ts"],
  },
  /** A real Prometheus and a real Alertmanager beside the controller that they watch: of a cluster's, one leads. */
  monitoring: ON_MONITORED_CLUSTER,
  /** The same with their newest releases. `monitoring/newest/build.ts` builds them first. */
  "monitoring-newest": {
    ...ON_MONITORED_CLUSTER,
    include: ["monitoring/**/*.test.ts"],
    env: { E2E_MONITORING: "newest" },
  },
  /** The Helm chart, by a real Helm on a real control plane. `chart/build.ts` builds Helm first. */
  chart: { testTimeout: 180_000, fileParallelism: false },
  /** A real kubelet over containerd in namespaces of its own, joined to a real control plane; skipped where it can't run. */
  kubelet: { testTimeout: 300_000, hookTimeout: 120_000, maxWorkers: 2, maxConcurrency: SIDE_BY_SIDE },
  /** A real Docker Engine in namespaces of its own, with a real `docker compose`; skipped where it can't run. */
  docker: { testTimeout: 240_000, hookTimeout: 120_000, maxWorkers: 2 },
  /** A real Podman in namespaces of its own, and its units on a real systemd; skipped where they can't run. */
  podman: { testTimeout: 180_000, hookTimeout: 180_000, maxWorkers: 2 },
  /** The documented unit on a real systemd that boots in namespaces of its own; skipped where the kernel forbids that. */
  systemd: {},
  /** `upgrade-halt` as one file, and as a Debian package on a real systemd. */
  executable: { testTimeout: 240_000, hookTimeout: 240_000, fileParallelism: false },
  /** Real supervisors with the configurations of docs/supervisors.md. `supervisors/build.ts` installs two of them first, and `chains/build.ts` builds real nodes. */
  supervisors: { sequence: { concurrent: true }, maxWorkers: 2 },
  /** A real cosmovisor around the mock node. `cosmovisor/build.ts` builds it first. */
  cosmovisor: {},
  /** Real chains of four validators that vote for an upgrade. `chains/build.ts` builds their nodes first. */
  chains: { hookTimeout: 180_000, maxWorkers: SIDE_BY_SIDE },
  /** Real clients against the mock node, and a real node against the consumer. */
  peers: {},
  /** Every scenario of the sandbox, as `sandbox play` tells it. */
  "scenario-files": { testTimeout: 300_000, hookTimeout: 300_000 },
  /** The sandbox's page in a real Chromium, and its server asked by others. */
  browser: {
    fileParallelism: false,
    maxConcurrency: SIDE_BY_SIDE,
  },
  /** The published packages as their users get them: from tarballs, in projects of their own. */
  packages: { testTimeout: 180_000, hookTimeout: 180_000 },
  /** Programs, manifests and objects of several releases with each other. `skew/build.ts` makes those first. */
  skew: {
    ...ON_CLUSTER,
    testTimeout: 600_000,
    maxWorkers: 2,
    maxConcurrency: 3,
    sequence: { concurrent: true },
  },
  /** Releases of those, on a real registry, and the workflows. `release/build.ts` installs what they need first. */
  release: { testTimeout: 300_000, hookTimeout: 180_000 },
};

/** Without a mode (Vitest's own is `test`) the suite `embedded` is played. A suite's tests are in the folder of its name unless said. */
export default defineConfig(({ mode }) => {
  const name = mode === "test" ? "embedded" : mode;
  const options = SUITES[name];
  if (options === undefined)
    throw new Error(`no suite is called ${name}: it is one of ${Object.keys(SUITES).join(", ")}`);
  const played = PLAYED_SUITES.find((one) => one === name);
  const reporters = ["default", "json", ...(played ? [new PlayedReporter(played)] : [])];
  return suite(name, { include: [`${name}/**/*.test.ts`], reporters, ...options });
});
