import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { connect } from "../harness/api.ts";
import type { Cleanup } from "../harness/cleanup.ts";
import { freePort } from "../harness/free-port.ts";
import { type CommandResult, initOf, removeGroup, runInside } from "../harness/namespaces.ts";
import { startProgram } from "../harness/program.ts";
import { writeConfiguration } from "./configuration.ts";
import { writeImages } from "./images.ts";
import { kubeletPath } from "./programs.ts";

const CGROUPS = "/sys/fs/cgroup";
const NAMESPACES = ["--fork", "--pid", "--mount", "--mount-proc", "--cgroup", "--uts", "--ipc"];

/** Why no kubelet can run here, or `undefined` where one can. */
export function whyNoKubelet(): string | undefined {
  if (process.platform !== "linux") return "a kubelet runs on Linux alone";
  if (process.getuid?.() !== 0) return "a kubelet needs root";
  for (const program of ["containerd", "runc", "ip"]) {
    if (spawnSync("which", [program]).status !== 0) return `${program} is not installed`;
  }
  if (!existsSync(join(CGROUPS, "memory", "cgroup.procs"))) return "the cgroups are not those of version 1";
  return spawnSync("unshare", [...NAMESPACES, "true"]).status === 0
    ? undefined
    : "the kernel forbids new namespaces";
}

/** A node of a cluster: a real kubelet over containerd and runc, in namespaces of its own. */
export interface RealNode {
  readonly name: string;
  /** Runs a shell script where containerd and the kubelet run. */
  sh(script: string): Promise<CommandResult>;
  /** Makes kubelet and containerd forget a container, as if the machine had lost it while they were down. */
  loseContainer(id: string): Promise<void>;
}

/** Joins a real node to a cluster; resolves when it is ready. `cleanup` ends it and leaves nothing of it. */
export async function startRealNode(kubeconfig: string, name: string, cleanup: Cleanup): Promise<RealNode> {
  const folder = mkdtempSync(join(tmpdir(), "upgrade-halt-node-"));
  cleanup.add(() => rmSync(folder, { recursive: true }));
  writeConfiguration(folder, await freePort());
  const images = writeImages(join(folder, "images"));
  const init = await bootContainerd(folder, cleanup);
  const sh = (script: string) => runInside(init, script);
  const must = async (script: string): Promise<void> => {
    const { code, output } = await sh(script);
    if (code !== 0) throw new Error(`${script}: ${output}`);
  };
  const options = [
    `--config=${folder}/kubelet.json`,
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${name}`,
  ];
  const run = `echo $$ > /run/kubelet.pid; exec '${kubeletPath()}' ${options.join(" ")}`;
  // A kubelet ends at once where containerd answers and is not ready for it yet; a machine starts it again.
  const startKubelet = () =>
    until(
      `the kubelet of ${name} to join`,
      () => {
        const since = Date.now();
        const ready = () => isReady(kubeconfig, name, since);
        return startProgram("kubelet", "nsenter", ["-t", String(init), "-a", "sh", "-c", run], { ready });
      },
      { within: 60_000 },
    );
  await must(`ctr --namespace k8s.io images import '${images}'`);
  let kubelet = await startKubelet();
  return {
    name,
    sh,
    async loseContainer(id) {
      await must("kill -KILL $(cat /run/kubelet.pid)");
      await kubelet.ended;
      await must(`ctr -n k8s.io tasks kill -s KILL ${id}`);
      await until("its end", async () => !(await sh("ctr -n k8s.io tasks list --quiet")).output.includes(id));
      await must(`ctr -n k8s.io containers delete ${id}; kill -KILL $(cat /run/containerd.pid)`);
      await until("containerd to answer again", async () => (await sh("ctr version")).code === 0);
      kubelet = await startKubelet();
    },
  };
}

/** Whether a kubelet has said since then that its node is ready. */
async function isReady(kubeconfig: string, name: string, since: number): Promise<boolean> {
  const { status } = await connect(kubeconfig).core.readNode({ name });
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "True" && Number(ready.lastHeartbeatTime) >= since - 1000;
}

/** Starts containerd as the first process of a machine of its own; the process's id as seen from here. */
async function bootContainerd(folder: string, cleanup: Cleanup): Promise<number> {
  const groups = makeGroups(`upgrade-halt-${process.pid}-${Date.now()}`);
  const gone = () => groups.map(removeGroup).every((removed) => removed);
  cleanup.add(() => until("the node's processes to be gone", gone));
  const enter = groups.map((group) => `echo $$ > '${group}/cgroup.procs'`).join("; ");
  const boot = `${enter}; exec unshare ${NAMESPACES.join(" ")} --kill-child sh "$@"`;
  const script = join(import.meta.dirname, "boot.sh");
  const machine = await startProgram("containerd", "sh", ["-c", boot, "sh", script, folder]);
  cleanup.add(() => {
    machine.signal("SIGKILL");
    return machine.ended;
  });
  const explain = () => machine.output().slice(-4000);
  const init = await until("the node's first process", () => initOf(machine.pid), { explain });
  const answers = async () => (await runInside(init, "ctr version")).code === 0;
  await until("containerd to answer", answers, { explain });
  return init;
}

/** Makes a group in each hierarchy of cgroups version 1. */
function makeGroups(name: string): readonly string[] {
  const hierarchies = readdirSync(CGROUPS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(CGROUPS, entry.name))
    .filter(
      (path) => existsSync(join(path, "cgroup.procs")) && !existsSync(join(path, "cgroup.controllers")),
    );
  return hierarchies.map((hierarchy) => {
    const group = join(hierarchy, name);
    mkdirSync(group);
    // A group of cpuset takes no process before it has these.
    for (const setting of ["cpuset.cpus", "cpuset.mems"]) {
      const inherited = join(hierarchy, setting);
      if (existsSync(inherited)) writeFileSync(join(group, setting), readFileSync(inherited));
    }
    return group;
  });
}
