import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EventLog } from "../events/event-log.ts";
import { ApiRelay, type RelayedWrite } from "../network/api-relay.ts";
import type { Gates } from "../network/gates.ts";
import type { Reach } from "../network/reach.ts";
import type { Base } from "./base.ts";
import type { Cleanups } from "./cleanups.ts";
import { controllerKubeconfig } from "./controller-access.ts";
import { ControllerProcess } from "./controller-process.ts";

export interface ControllersOptions {
  readonly base: Base;
  readonly namespace: string;
  readonly count: number;
  readonly gates: Gates;
  readonly eventLog: EventLog;
  readonly onWrite?: (write: RelayedWrite) => void;
}

/** The controllers of one namespace, each with a network of its own to the API server. */
export class Controllers {
  readonly #processes: ControllerProcess[] = [];
  readonly #relays: ApiRelay[] = [];
  readonly #gates: Gates;
  #leader = 0;
  #isCut = false;

  private constructor(gates: Gates) {
    this.#gates = gates;
  }

  /** Makes what they need; `start` starts them. */
  static async prepare(options: ControllersOptions, cleanups: Cleanups): Promise<Controllers> {
    const { base, namespace, count, gates, eventLog, onWrite = () => {} } = options;
    const all = new Controllers(gates);
    for (let controller = 0; controller < count; controller += 1) {
      const relay = new ApiRelay({
        server: base.server,
        controller,
        gates,
        onWrite: (write) => {
          if (write.path.includes("/leases/") && write.status < 300) all.#leader = controller;
          onWrite(write);
        },
      });
      cleanups.add(() => relay.stop());
      const kubeconfig = join(base.folder, `${namespace}-controller-${controller}.kubeconfig`);
      const access = await controllerKubeconfig(base.client, await relay.start());
      await writeFile(kubeconfig, access, { mode: 0o600 });
      const process = new ControllerProcess({
        kubeconfig,
        namespace,
        elects: count > 1,
        lifeline: base.lifeline,
        onStart: (pid) => eventLog.tell({ kind: "controller-started", pid }),
        onEnd: (pid, exit) => eventLog.tell({ kind: "controller-ended", pid, exit }),
      });
      cleanups.add(() => process.stop());
      all.#relays.push(relay);
      all.#processes.push(process);
    }
    return all;
  }

  /** Starts the first, and the others once that one leads. @throws SandboxError when one can't start. */
  async start(signal: AbortSignal): Promise<void> {
    for (const process of this.#processes) await process.start(signal);
  }

  /** Process ids, and which of them leads. */
  states(): readonly { readonly pid: number; readonly leads: boolean }[] {
    return this.#processes.map(({ pid = 0 }, index) => ({ pid, leads: index === this.#leader }));
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** Cuts the network to the API server, or heals it. */
  cut(isCut: boolean): void {
    this.#isCut = isCut;
    for (const relay of this.#relays) relay.setDown(isCut);
  }

  /** Says which nodes they can reach. */
  setReach(reach: Reach): void {
    for (const process of this.#processes) process.setReach(reach);
  }

  /** Kills the one that leads (or that waits at a gate), or another; returns its process id. */
  kill(which: "leader" | "standby"): number {
    const leader = this.#gates.waitingController() ?? this.#leader;
    const index = which === "leader" ? leader : this.#processes.findIndex((_, other) => other !== leader);
    const process = this.#processes[index];
    const pid = process?.pid ?? 0;
    process?.kill();
    return pid;
  }
}
