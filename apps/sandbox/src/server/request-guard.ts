import { timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

const UNREADABLE: ReadonlyMap<number, string> = new Map([
  [400, "the request is malformed"],
  [413, "the request is too large"],
  [415, "the request is of another type"],
]);

export interface GuardOptions {
  /** Whoever has it may change what runs, and so start programs on this machine. */
  readonly token: string;
  /** Told of the first request that is refused for a reason. */
  readonly onRefusal: (reason: string) => void;
}

/** Refuses whoever comes by another name or from another page, and every `/api` request without the token. */
export function addGuard(app: FastifyInstance, { token, onRefusal }: GuardOptions): void {
  const told = new Set<string>();
  const tellOnce = (reason: string): void => {
    if (!told.has(reason)) onRefusal(reason);
    told.add(reason);
  };
  const refuse = (reply: FastifyReply, status: number, error: string): FastifyReply => {
    tellOnce(error);
    return reply.code(status).send({ error });
  };
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(HEADERS);
    const { host = "", origin } = request.headers;
    const port = portOf(request);
    const names = [`127.0.0.1:${port}`, `localhost:${port}`];
    if (!names.includes(host)) return refuse(reply, 403, "the host is not this sandbox's");
    if (origin !== undefined && !names.some((name) => origin === `http://${name}`))
      return refuse(reply, 403, "another origin is not served");
    if (!request.url.startsWith("/api/")) return;
    if (!isToken(request.headers.authorization, token))
      return refuse(reply, 401, "the token is missing or wrong: open the address that the sandbox printed");
    return;
  });
  // What a body says never comes into the output: only where it was sent, and as what it was refused.
  app.addHook("onResponse", async ({ method, routeOptions }, { statusCode }) => {
    if (UNREADABLE.has(statusCode))
      tellOnce(`${method} ${routeOptions.url}: ${statusCode}, ${UNREADABLE.get(statusCode)}`);
  });
  app.setErrorHandler(
    (error: { readonly statusCode?: number; readonly message: string }, _request, reply) => {
      const status = error.statusCode ?? 500;
      return status >= 500
        ? refuse(reply, status, "the sandbox failed; see its output")
        : reply.code(status).send({ error: error.message });
    },
  );
  app.setNotFoundHandler((_request, reply) => refuse(reply, 404, "there is nothing here"));
}

function portOf(request: FastifyRequest): number {
  return request.socket.localPort ?? 0;
}

function isToken(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
