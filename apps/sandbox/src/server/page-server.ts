import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import Fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { z } from "zod";
import { ActionSchema } from "../actions/action.ts";
import { SandboxError } from "../sandbox-error.ts";
import { parseScenario, readScenario, shippedScenarios } from "../scenario/read-scenario.ts";
import { addGuard, type GuardOptions } from "./guard.ts";
import type { Stage } from "./stage.ts";
import { streamTo } from "./stream.ts";

const LARGEST_ACTION = 4 * 1024;
const LARGEST_SCENARIO = 256 * 1024;
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};
const ScenarioRequest = z.union([
  z.strictObject({ name: z.string().max(100) }),
  z.strictObject({ text: z.string().max(LARGEST_SCENARIO) }),
]);

export interface PageServerOptions extends GuardOptions {
  readonly sandbox: Stage;
  /** Folder of the built page. */
  readonly page: string;
}

/** The page and what it asks for. @throws nothing: what can't be done is answered with `{ error }`. */
export function pageServer(options: PageServerOptions): FastifyInstance {
  const { sandbox, page } = options;
  const app = Fastify({ bodyLimit: LARGEST_ACTION, forceCloseConnections: true });
  app.removeContentTypeParser("text/plain");
  addGuard(app, options);
  app.get("/", (_, reply) => sendFile(reply, join(page, "index.html")));
  app.get<{ Params: { file: string } }>("/assets/:file", (request, reply) => {
    const { file } = request.params;
    return /^[\w-]+\.(js|css|svg)$/.test(file)
      ? sendFile(reply, join(page, "assets", file))
      : reply.callNotFound();
  });
  // What a browser asks of its own accord.
  app.get("/favicon.ico", (_, reply) => reply.code(204).send());
  app.get("/api/events", (request, reply) => {
    reply.hijack();
    streamTo(reply.raw, sandbox, String(request.headers["last-event-id"] ?? ""));
  });
  app.get("/api/state", () => sandbox.run.state());
  app.get("/api/scenarios", () => listScenarios());
  app.get<{ Params: { node: string } }>("/api/nodes/:node", (request, reply) =>
    answer(reply, () => sandbox.run.nodeDetails(request.params.node)),
  );
  app.post("/api/actions", (request, reply) => {
    const read = ActionSchema.safeParse(request.body);
    if (!read.success) return reply.code(400).send({ error: sentenceOf(read.error) });
    return answer(reply, () => sandbox.run.act(read.data));
  });
  app.post("/api/scenarios", { bodyLimit: LARGEST_SCENARIO }, (request, reply) => {
    const read = ScenarioRequest.safeParse(request.body);
    if (!read.success) return reply.code(400).send({ error: sentenceOf(read.error) });
    return answer(reply, async () => {
      if ("text" in read.data) return sandbox.change("own", parseScenario(read.data.text, "own.yaml"));
      if (read.data.name === "open") return sandbox.change("open");
      const name = shippedScenarios().find((one) => one === ("name" in read.data ? read.data.name : ""));
      if (name === undefined) throw new SandboxError("no scenario has this name");
      return sandbox.change(name, await readScenario(name));
    });
  });
  return app;
}

async function listScenarios() {
  const names = shippedScenarios();
  return Promise.all(
    names.map(async (name) => {
      const { title, question } = await readScenario(name);
      return { name, title, question };
    }),
  );
}

/** What work gives, or 409 with the sentence of what can't be done. */
async function answer(reply: FastifyReply, work: () => Promise<unknown>): Promise<unknown> {
  try {
    return reply.send((await work()) ?? {});
  } catch (error) {
    if (error instanceof SandboxError) return reply.code(409).send({ error: error.message });
    throw error;
  }
}

function sentenceOf({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => [path.map(String).join("."), message].filter(Boolean).join(": "))
    .join("; ");
}

async function sendFile(reply: FastifyReply, file: string): Promise<FastifyReply> {
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes === undefined) return reply.code(404).send({ error: "there is nothing here" });
  return reply.type(TYPES[extname(file)] ?? "application/octet-stream").send(bytes);
}
