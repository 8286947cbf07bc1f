import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  LogController,
  type RawRequestDefaultExpression,
} from "fastify";
import { knownArguments } from "./arguments.ts";
import { discardBody } from "./discard-body.ts";
import { answerJsonRpc, errorResponse, type HttpAnswer, NO_ID, resultResponse } from "./json-rpc.ts";
import type { Method } from "./method.ts";
import { rpcMethods } from "./methods.ts";
import { renderMetrics } from "./metrics.ts";
import type { NodeView } from "./node-view.ts";
import { routeList } from "./route-list.ts";
import { RpcCode, RpcFailure } from "./rpc-failure.ts";
import { addStatusFaults, type StatusFaults } from "./status-faults.ts";
import { serveWebSocket } from "./websocket.ts";

/** The most bytes that a request may have after its headers. */
export const BODY_LIMIT = 1_000_000;
const JSON_TYPE = "application/json; charset=utf-8";
const HTML_TYPE = "text/html; charset=utf-8";
const TEXT_TYPE = "text/plain; charset=utf-8";
const GET_ID = "-1";

/** The node's RPC server, not yet listening. */
export function rpcServer(view: NodeView, log: FastifyBaseLogger, faults: StatusFaults): FastifyInstance {
  const methods = rpcMethods(view);
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    rewriteUrl: ignoreMethod,
    schemaController: { compilersFactory: { buildValidator: noSchema, buildSerializer: noSchema } },
  });
  // Bodies are read as text whatever their type says: what is in them is JSON-RPC's to judge.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.setErrorHandler(async (error, request, reply) => {
    await discardBody(request.raw);
    const { status, text } = answerBadRequest(error, view);
    return reply.code(status).type(JSON_TYPE).send(text);
  });
  // As Go's http.NotFound answers.
  app.setNotFoundHandler((_request, reply) => reply.code(404).type(TEXT_TYPE).send("404 page not found\n"));
  addStatusFaults(app, faults);

  app.post("/", (request, reply) => {
    if (typeof request.body !== "string" || request.body === "") {
      return reply.type(HTML_TYPE).send(routeList(request.headers.host ?? "", methods));
    }
    const { status, text } = answerJsonRpc(request.body, methods);
    return reply.code(status).type(JSON_TYPE).send(text);
  });
  app.post("/metrics", async (_request, reply) => {
    const { type, text } = await renderMetrics(view);
    return reply.type(type).send(text);
  });
  for (const [name, method] of methods) {
    app.post<{ Querystring: Record<string, unknown> }>(`/${name}`, (request, reply) => {
      const { status, text } = answerGet(method, request.query, view);
      return reply.code(status).type(JSON_TYPE).send(text);
    });
  }
  serveWebSocket(app, view, methods, BODY_LIMIT);
  return app;
}

/** No route here has a JSON schema: without this, Fastify loads two compilers, 4 MB in each of many nodes. */
function noSchema(): never {
  throw new Error("a route of the RPC server has a schema");
}

/** Go's mux, behind which Sei and CometBFT serve, routes by the path alone: so every route here is one of POST. */
function ignoreMethod(request: RawRequestDefaultExpression): string {
  request.method = "POST";
  return request.url ?? "/";
}

function answerGet(method: Method, query: Record<string, unknown>, { flavor }: NodeView): HttpAnswer {
  try {
    const result = method.call(knownArguments(query, method.args), GET_ID);
    return { status: 200, text: flavor === "sei" ? result : resultResponse(GET_ID, result) };
  } catch (thrown) {
    const failure = RpcFailure.from(thrown);
    if (flavor === "sei") return { status: failure.httpStatus, text: failure.result ?? failure.toJson() };
    return { status: 500, text: errorResponse(GET_ID, failure) };
  }
}

/** A request that could not even be read, such as one past the body limit. */
function answerBadRequest(error: unknown, { flavor }: NodeView): HttpAnswer {
  const why = error instanceof Error ? error.message : String(error);
  const failure = new RpcFailure(RpcCode.invalidRequest, `error reading request body: ${why}`);
  return { status: flavor === "sei" ? 200 : 500, text: errorResponse(NO_ID, failure) };
}
