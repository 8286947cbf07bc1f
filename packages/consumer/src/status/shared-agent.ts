import { Agent } from "undici";

let shared: Agent | undefined;

/** The connections of all readings that are given none to share. */
export function sharedAgent(): Agent {
  shared ??= new Agent({ connections: 1, connect: { timeout: 10_000 }, keepAliveTimeout: 4_000 });
  return shared;
}
