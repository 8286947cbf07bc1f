import diagnostics from "node:diagnostics_channel";
import { once } from "node:events";
import type { Socket } from "node:net";
import { isReachable, type Reach, type ReachMessage } from "./reach.ts";

/**
 * Loaded into a controller by `--import`, before its own program: the network between it and the nodes, as its sandbox
 * says over IPC. What can't be reached fails as it does without a route, and connections that are open break.
 */
const open = new Map<Socket, string>();
let reach: Reach = "all";

diagnostics.subscribe("net.client.socket", (message) => {
  const { socket } = message as { readonly socket: Socket };
  socket.on("connectionAttempt", (address: string) => {
    open.set(socket, address);
    // The attempt is only about to begin, and a socket that is destroyed before it throws.
    process.nextTick(breakOff, socket, address);
  });
  socket.once("close", () => open.delete(socket));
});

function breakOff(socket: Socket, address: string): void {
  if (isReachable(address, reach)) return;
  socket.destroy(Object.assign(new Error(`no route to ${address}`), { code: "EHOSTUNREACH" }));
}

process.on("message", (message: Partial<ReachMessage>) => {
  if (message.reach === undefined) return;
  reach = message.reach;
  for (const [socket, address] of open) breakOff(socket, address);
});
await once(process, "message");
process.channel?.unref();
