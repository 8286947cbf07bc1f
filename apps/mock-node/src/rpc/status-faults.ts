import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { FaultOptions } from "../faults.ts";

/** How `/status` may go wrong on purpose. */
export type StatusFaults = Pick<FaultOptions, "faultSlowStatus" | "faultEndlessStatus">;

/** Makes `GET /status` slow or endless, where that was asked for. */
export function addStatusFaults(
  app: FastifyInstance,
  { faultSlowStatus, faultEndlessStatus }: StatusFaults,
): void {
  if (faultSlowStatus === undefined && faultEndlessStatus !== true) return;
  app.addHook("onRequest", async (request, reply) => {
    if (request.routeOptions.url !== "/status") return;
    if (faultSlowStatus !== undefined) await delay(faultSlowStatus);
    if (faultEndlessStatus !== true) return;
    reply.hijack();
    reply.raw.writeHead(200, { "content-type": "application/json" });
    reply.raw.write("{");
    const timer = setInterval(() => reply.raw.write(" ".repeat(1024)), 10);
    reply.raw.once("close", () => clearInterval(timer));
  });
}
