/**
 * `/status` with the intent in it, for a node that serves by Fastify.
 *
 * @module
 */
import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import type { HaltHolder } from "./halt-holder.ts";
import { populateStatus } from "./populate-status.ts";

/** What the plugin serves. */
export interface HaltStatusOptions {
  /** Has the intent once there is one. */
  readonly holder: HaltHolder;
  /** The status of the node itself: JSON text, or a value that `JSON.stringify` turns into an object. */
  readonly status: (request: FastifyRequest) => string | object | Promise<string | object>;
  /** `/status` by default. */
  readonly url?: string;
  /** Told once when the intent could not be populated; an error line in the app's log by default. */
  readonly onFault?: (cause: unknown) => void;
}

/**
 * Serves `GET /status` with the holder's intent in it. An encapsulated plugin: it adds one route and nothing else, no
 * hook or decorator reaches the app that registers it.
 *
 * @example
 * ```ts
 * import { createHaltHolder } from "@upgrade-halt/producer";
 * import { haltStatus } from "@upgrade-halt/producer/fastify";
 * import fastify from "fastify";
 *
 * const holder = createHaltHolder(Date.now);
 * await fastify().register(haltStatus, { holder, status: () => ({ node_info: { network: "pacific-1" } }) });
 * ```
 */
export const haltStatus: FastifyPluginAsync<HaltStatusOptions> = async (app, options) => {
  const { holder, status, url = "/status" } = options;
  const onFault =
    options.onFault ??
    ((cause: unknown) => app.log.error({ err: cause }, "the halt intent could not be populated"));
  app.get(url, async (request, reply) => {
    const body = await status(request);
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return reply.type("application/json; charset=utf-8").send(populateStatus(text, holder, onFault));
  });
};
