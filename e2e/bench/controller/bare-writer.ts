import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { controllerKubeconfig } from "../../harness/controller.ts";
import { loadKubeconfig } from "../../harness/kubeconfig.ts";
import { accessOf } from "./bare-client.ts";
import type { Assignment } from "./bare-writer-process.ts";
import { type BenchCluster, WIDTH } from "./bench-cluster.ts";
import type { HaltScript } from "./recorded-writes.ts";

/** The bare client, in a process of its own as the controller is, with the controller's rights. */
export interface BareWriter {
  readonly pid: number;
  /** The halt of this pod was written: its writes are due. */
  onHalt(pod: string): void;
  /** Resolves when everything is written. Rejects when it could not be. */
  readonly done: Promise<void>;
  stop(): void;
}

/** `scripts` are by the pod that halts. */
export async function startBareWriter(
  cluster: BenchCluster,
  scripts: Readonly<Record<string, HaltScript>>,
  rereads: boolean,
): Promise<BareWriter> {
  const access = accessOf(loadKubeconfig(await controllerKubeconfig(cluster)));
  const child = fork(join(import.meta.dirname, "bare-writer-process.ts"));
  cluster.cleanup.add(() => child.kill());
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`the bare client ended with ${code}`);
  });
  const said = () => Promise.race([once(child, "message"), ended]);
  const ready = said();
  child.send({ access, width: WIDTH, rereads, scripts } satisfies Assignment);
  await ready;
  const done = said().then(() => {});
  done.catch(() => {});
  return { pid: child.pid ?? -1, onHalt: (pod) => child.send(pod), done, stop: () => void child.kill() };
}
