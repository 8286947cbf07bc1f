import { betweenInCommand } from "../command-chain.ts";
import type { NodeFacts } from "../facts.ts";
import type { ProcessFacts } from "../process.ts";
import { wrapperOf } from "../wrapper.ts";
import { type Container, type Engine, readContainer } from "./engine.ts";
import { nodeBelow, processListeningAt, processOfHome } from "./find-node.ts";
import { groupsOf, readProcess } from "./process-table.ts";
import type { Env } from "./run-program.ts";
import { readUnit, type Unit } from "./systemd.ts";

/** How a node is to be found. */
export interface NodeTarget {
  readonly pid?: string | undefined;
  readonly unit?: string | undefined;
  readonly container?: string | undefined;
  readonly home?: string | undefined;
  readonly rpc?: URL | undefined;
}

/** A node that was looked for, and what was learnt on the way. */
export interface Located {
  readonly node: NodeFacts;
  readonly process?: ProcessFacts | undefined;
  readonly unit?: Unit | undefined;
  readonly container?: Container | undefined;
  /** The engine of this machine to ask for images. */
  readonly engine?: Engine | undefined;
}

/** Finds the node that was named, or else the one that has the home open or listens at the RPC address. */
export async function locateNode(target: NodeTarget, env: Env): Promise<Located> {
  if (target.unit !== undefined) return await inUnit(target.unit, env);
  if (target.container !== undefined) return await inContainer(target.container, env);
  if (target.pid !== undefined) {
    const process = readProcess(Number(target.pid));
    return process === undefined
      ? missing(`there is no process ${target.pid} that this user can see`)
      : running(nodeBelow(process), "--pid");
  }
  const ofHome = target.home === undefined ? undefined : processOfHome(target.home);
  if (ofHome !== undefined) return running(nodeBelow(ofHome), `what it has open under ${target.home}`);
  const listening = target.rpc === undefined ? undefined : processListeningAt(target.rpc);
  if (listening !== undefined) return running(nodeBelow(listening), `listening at ${target.rpc?.host}`);
  if (process.platform !== "linux") return missing("processes are looked at on Linux alone");
  return missing(`no process that this user can see listens at ${target.rpc?.host ?? "its RPC address"}`);
}

function running(process: ProcessFacts, foundBy: string): Located {
  const step = wrapperOf(process);
  if (step.kind === "client") return { node: { kind: "in-container", client: step, foundBy }, process };
  const command = process.args.length === 0 ? process.name : process.args.join(" ");
  return { node: { kind: "running", pid: process.pid, command, foundBy }, process };
}

function missing(why: string): Located {
  return { node: { kind: "not-found", why } };
}

async function inUnit(name: string, env: Env): Promise<Located> {
  const system = await readUnit(name, false, env);
  const reading = system.kind === "unit" ? system : await readUnit(name, true, env);
  if (reading.kind === "none") return missing(system.kind === "none" ? system.why : reading.why);
  const { unit } = reading;
  const main = unit.mainPid === 0 ? undefined : readProcess(unit.mainPid);
  if (main === undefined) return { node: { kind: "not-running", name: unit.name }, unit };
  const foundBy = `the unit ${unit.name}`;
  // What stands for several containers, or for one that the engine starts again, is not the node's.
  const client = betweenInCommand(unit.command).find(({ kind }) => kind === "client");
  if (client?.kind === "client" && client.hides !== undefined)
    return { node: { kind: "in-container", client, foundBy }, unit };
  return { ...running(nodeBelow(main), foundBy), unit };
}

async function inContainer(name: string, env: Env): Promise<Located> {
  const problems: string[] = [];
  for (const engine of ["docker", "podman"] as const) {
    const reading = await readContainer(engine, name, env);
    if (reading.kind === "none") {
      problems.push(reading.why);
      continue;
    }
    const { container } = reading;
    const found: Located =
      container.pid === 0
        ? { node: { kind: "not-running", name: `The container ${name}` } }
        : runningAs(container, name);
    return { ...found, container, engine };
  }
  return missing(problems.join("; "));
}

/**
 * The number of a process is of the engine's own machine, which may be another one: the process with that number here is
 * the container's only where it is in the container's group.
 */
function runningAs({ pid, id }: Container, name: string): Located {
  const main = readProcess(pid);
  if (main === undefined || !groupsOf(pid).includes(id))
    return { node: { kind: "out-of-sight", name: `The container ${name}` } };
  return running(nodeBelow(main), `the container ${name}`);
}
