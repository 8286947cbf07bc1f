import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { isDeepStrictEqual } from "node:util";
import type { V1Pod, V1PodSpec } from "@kubernetes/client-node";
import { classify, evidenceFromPod } from "@upgrade-halt/consumer";
import { commandsIn, filesIn, until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import recorded from "../../packages/consumer/src/adapters/fixtures/pods.json" with { type: "json" };
import { assetsFolder } from "../control-plane/programs.ts";
import { type Api, connect } from "../harness/api.ts";
import { Cleanup } from "../harness/cleanup.ts";
import { CONTAINER } from "../harness/fixtures/mock-nodes.ts";
import { installUpgradeHalt } from "../harness/programs.ts";
import { startScheduler } from "../harness/scheduler.ts";
import { startServers } from "../harness/targets/control-plane.ts";
import { kubectl } from "../install/kubectl.ts";
import { CASES, HOLD } from "./cases.ts";
import { NEW_IMAGE } from "./images.ts";
import { isReady, livePods, podName } from "./live-pods.ts";
import { startRealNode, whyNoKubelet } from "./node.ts";

const GUIDE = readFileSync(join(import.meta.dirname, "../../docs/guides/kubernetes.md"), "utf8");
const COMMANDS = commandsIn(GUIDE);
const FILES = filesIn(GUIDE);
const NODE = "real-node";
const POD = "sei-0";

const reason = whyNoKubelet();

describe.skipIf(reason !== undefined)(`a real kubelet${reason ? ` (${reason})` : ""}`, () => {
  const cleanup = new Cleanup();
  let kubeconfig: string;
  let api: Api;
  let folder: string;
  let pods: ReadonlyMap<string, V1Pod>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "upgrade-halt-kubelet-guide-"));
    cleanup.add(() => rmSync(folder, { recursive: true }));
    for (const [file, content] of FILES) writeFileSync(join(folder, file), content);
    installUpgradeHalt(folder);

    ({ kubeconfig } = await startServers(cleanup));
    api = connect(kubeconfig);
    const node = await startRealNode(kubeconfig, NODE, cleanup);
    const scheduler = startScheduler(kubeconfig, { node: NODE, schedulerName: "default-scheduler" });
    cleanup.add(() => scheduler.stop());
    pods = await livePods(kubeconfig, node);
  });

  afterAll(() => cleanup.run());

  const read = (name: string) => api.core.readNamespacedPod({ name, namespace: "default" });

  /** Waits until the pod's node is down for good with 70. */
  function halted(what: string): Promise<V1Pod> {
    let pod: V1Pod | undefined;
    const look = async () => {
      pod = await read(POD);
      return seid(pod)?.state?.terminated?.exitCode === 70 && pod;
    };
    return until(what, look, { explain: () => JSON.stringify(pod?.status, null, 2) });
  }

  /** Runs a line of the guide in a shell with kubectl and `upgrade-halt`. */
  async function runLine(command: string): Promise<string> {
    const PATH = `${join(folder, "bin")}:${assetsFolder()}:${process.env.PATH}`;
    const child = spawn("bash", ["-c", `exec 2>&1; ${command}`], {
      cwd: folder,
      env: { ...process.env, PATH, KUBECONFIG: kubeconfig },
      stdio: ["ignore", "pipe", "inherit"],
    });
    return text(child.stdout);
  }

  async function expectAsDocumented(says: (command: string) => boolean): Promise<void> {
    const commands = COMMANDS.filter(({ command }) => says(command));
    expect(commands.length).toBeGreaterThan(0);
    for (const { command, output } of commands) expect(await runLine(command)).toBe(output);
  }

  test.each(Object.entries(CASES))("a pod that is %s is what its recorded sample says", (title, { orAs }) => {
    const live = evidenceFromPod(pods.get(title) ?? {}, CONTAINER);
    const samples = [title, ...(orAs ? [orAs] : [])].map((name) =>
      evidenceFromPod(sampleOf(name), CONTAINER),
    );
    const sample = samples.find((one) => isDeepStrictEqual(timeless(one), timeless(live))) ?? samples[0];
    expect(timeless(live)).toEqual(timeless(sample));
    expect(classify(live)).toEqual(classify(sample ?? {}));
  });

  test("a halt stays down for each of the codes, while a crash is restarted again and again", async () => {
    const restarts = async (title: string) => seid(await read(podName(title)))?.restartCount;
    const crashed = async () => ((await restarts("crashed, and restarted by its rules")) ?? 0) >= 2;
    await until("a crash to be restarted twice", crashed);
    for (const title of Object.keys(CASES).filter((name) => name.includes("kept down"))) {
      expect(await restarts(title), title).toBe(0);
      expect(classify(evidenceFromPod(await read(podName(title)), CONTAINER))).toMatchObject({
        kind: "halted",
        corroborated: true,
      });
    }
  });

  test("the pod of the guide stays down at its halt, and the guide's commands say why", async () => {
    const applied = await kubectl(kubeconfig, ["apply", "-f", join(folder, "sei.yaml")]);
    expect(applied).toMatchObject({ code: 0, stderr: "" });
    await halted("the guide's pod to halt");
    const failed = async () => (await read(POD)).status?.phase === "Failed";
    await until("a pod of which the only container stays down to be Failed", failed);
    await expectAsDocumented((command) => command.startsWith("kubectl get"));
    await api.core.deleteNamespacedPod({ name: POD, namespace: "default", gracePeriodSeconds: 0 });
    const gone = () =>
      read(POD).then(
        () => false,
        () => true,
      );
    await until("the guide's pod to be gone", gone);
  });

  test("the guide's commands bring a StatefulSet past its halt, and the probe sees it", async () => {
    const { spec } = parse(FILES.get("sei.yaml") ?? "") as { spec: V1PodSpec };
    await api.apps.createNamespacedStatefulSet({ namespace: "default", body: statefulSet(spec) });
    const before = await halted("the StatefulSet's pod to halt");
    expect(before.status?.phase).toBe("Running");
    expect(isReady(before)).toBe(false);

    await expectAsDocumented((command) => /^kubectl (set|delete)/.test(command));

    let pod: V1Pod | undefined;
    const upgraded = async () => {
      pod = await read(POD);
      return seid(pod)?.image === NEW_IMAGE && isReady(pod);
    };
    const explain = () => JSON.stringify(pod?.status, null, 2);
    await until("the next image to be ready", upgraded, { within: 90_000, explain });
    expect(classify(evidenceFromPod(await read(POD), CONTAINER))).toMatchObject({ kind: "running" });
  });
});

function statefulSet({ containers = [], ...spec }: V1PodSpec) {
  const labels = { app: "sei" };
  const data = { name: "data", hostPath: { path: "/var/lib/sei", type: "DirectoryOrCreate" } };
  const volumeMounts = [{ name: data.name, mountPath: "/data" }];
  const nodes = containers.map((container) => ({ ...container, volumeMounts }));
  return {
    metadata: { name: "sei" },
    spec: {
      serviceName: "sei",
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { ...spec, containers: [...nodes, HOLD], volumes: [data], terminationGracePeriodSeconds: 5 },
      },
    },
  };
}

function seid({ status }: V1Pod) {
  return status?.containerStatuses?.find(({ name }) => name === CONTAINER);
}

function sampleOf(title: string) {
  return (recorded as Record<string, Parameters<typeof evidenceFromPod>[0]>)[title] ?? {};
}

function timeless(evidence: unknown): unknown {
  return JSON.parse(JSON.stringify(evidence, (key, value) => (/At$/.test(key) ? undefined : value)));
}
