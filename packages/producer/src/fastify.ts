import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import type { HaltHolder } from "./halt-holder.ts";
import { populateStatus } from "./populate-status.ts";

export interface HaltStatusOptions {
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
