import { printLine } from "@upgrade-halt/producer";
import type { FastifyInstance } from "fastify";
import { MockNodeError, reasonOf } from "../mock-node-error.ts";
import type { NodeOptions } from "../options.ts";
import { writeWhole } from "../write-whole.ts";
import { type RpcAddress, urlOf } from "./rpc-address.ts";

const STDOUT = 1;

/**
 * Listens, says where as the first line of standard output, and writes the port's number to `--port-file`. Rejects with
 * `address-unavailable`.
 */
export async function listen(
  server: FastifyInstance,
  { rpc, portFile }: Pick<NodeOptions, "rpc" | "portFile">,
): Promise<void> {
  try {
    await server.listen({ ...rpc, listenTextResolver: () => "RPC server started" });
  } catch (cause) {
    const where = `tcp://${rpc.host}:${rpc.port}`;
    throw new MockNodeError("address-unavailable", `RPC cannot listen on ${where}: ${reasonOf(cause)}`, {
      cause,
    });
  }
  const bound = boundAddress(server) ?? rpc;
  printLine(STDOUT, `RPC listening on ${urlOf(bound)}`);
  if (portFile !== undefined) writeWhole(portFile, `${bound.port}\n`);
}

function boundAddress(server: FastifyInstance): RpcAddress | undefined {
  const address = server.server.address();
  if (address === null || typeof address === "string") return undefined;
  return { host: address.address, port: address.port };
}
