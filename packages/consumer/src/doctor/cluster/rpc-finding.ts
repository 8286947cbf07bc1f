import { printable } from "../../printable.ts";
import { betweenInCommand } from "../command-chain.ts";
import { type Finding, todo } from "../finding.ts";
import type { ExecWrapper } from "../wrapper.ts";
import { commandOf } from "./entry.ts";
import type { Container } from "./objects.ts";

/** CometBFT's own. */
const DEFAULT_RPC_PORT = 26657;

/** Whether what the controller asks, at the port with this name, is where the node answers, and a halt is served. */
export function rpcFinding(container: Container, name: string): Finding[] {
  const named = (container.ports ?? []).find((port) => port.name === name);
  if (named === undefined)
    return [
      todo(
        "status",
        `Its container names no port ${printable(name)}, so its height and chain are never seen.`,
        `Name its RPC port ${printable(name)}, or set spec.rpcPort.`,
      ),
    ];
  const isOther = (port: number | undefined) => port !== undefined && port !== named.containerPort;
  const [served, asked] = [servedPort(container), rpcPortOf(container, ({ announce }) => announce)];
  const its = `and its port ${printable(name)} is ${named.containerPort}`;
  const wrong = isOther(served)
    ? `After a halt upgrade-halt exec serves it at port ${served}, ${its}: the controller would see nothing of it.`
    : isOther(asked) &&
      `upgrade-halt exec asks for the node's height at port ${asked}, ${its}: it announces no upgrade.`;
  return wrong ? [todo("status", wrong, "Give exec --rpc with that port.")] : [];
}

/** The port at which exec serves a halt while it keeps the node's place. */
export function servedPort(container: Container): number | undefined {
  return rpcPortOf(container, (exec) => exec.hold || (exec.announce && exec.stayAlive));
}

function rpcPortOf(container: Container, isMeant: (exec: ExecWrapper) => boolean): number | undefined {
  const found = betweenInCommand(commandOf(container)).find(
    (step): step is ExecWrapper => step.kind === "exec" && isMeant(step),
  );
  if (found === undefined) return undefined;
  const { port } = URL.parse((found.rpc ?? "").replace(/^tcp:/, "http:")) ?? {};
  return port === undefined ? DEFAULT_RPC_PORT : Number(port) || 80;
}
