import { printLine } from "@upgrade-halt/producer";
import type { FastifyInstance } from "fastify";
import { MockNodeError, reasonOf } from "../mock-node-error.ts";
import type { NodeOptions } from "../options.ts";
import { writeWhole } from "../write-whole.ts";
import { type RpcAddress, urlOf } from "./rpc-address.ts";

const STDOUT = 1;

/**
 * Listens, says where as the first line of standard output, and writes the port's number to `--port-file`. Rejects with
 * `address-unavailable` or `port-file-unwritable`.
 */
export async function listen(
  server: FastifyInstance,
  { rpc, portFile }: Pick<NodeOptions, "rpc" | "portFile">,
): Promise<void> {
  try {
    await server.listen({ ...rpc, listenTextResolver: () => "RPC server started" });
  } catch (cause) {
    const message = `RPC cannot listen on tcp://${rpc.host}:${rpc.port}: ${reasonOf(cause)}; give --rpc.laddr another address, or port 0 for a free one`;
    throw new MockNodeError("address-unavailable", message, { cause });
  }
  const bound = boundAddress(server) ?? rpc;
  printLine(STDOUT, `RPC listening on ${urlOf(bound)}`);
  if (portFile !== undefined) writePort(portFile, bound.port);
}

function writePort(path: string, port: number): void {
  try {
    writeWhole(path, `${port}\n`);
  } catch (cause) {
    const message = `the RPC port cannot be written to ${path}: ${reasonOf(cause)}`;
    throw new MockNodeError("port-file-unwritable", message, { cause });
  }
}

function boundAddress(server: FastifyInstance): RpcAddress | undefined {
  const address = server.server.address();
  if (address === null || typeof address === "string") return undefined;
  return { host: address.address, port: address.port };
}
