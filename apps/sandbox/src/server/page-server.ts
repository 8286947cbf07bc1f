import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { Readable } from "node:stream";
import Fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { z } from "zod";
import { ActionSchema } from "../actions/action.ts";
import { parseRecording } from "../recording/recording.ts";
import { SandboxError } from "../sandbox-error.ts";
import { parseScenario, readScenario, shippedScenarios } from "../scenario/read-scenario.ts";
import { Feed } from "./feed.ts";
import { addGuard, type GuardOptions } from "./request-guard.ts";
import type { Moment, Run } from "./run.ts";
import type { RunSwitcher } from "./run-switcher.ts";
import { SpeedSchema } from "./speed.ts";
import { streamTo } from "./stream.ts";

const LARGEST_ACTION = 4 * 1024;
const LARGEST_SCENARIO = 256 * 1024;
const LARGEST_RECORDING = 64 * 1024 * 1024;
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

const ReplayRequest = z.strictObject({ speed: SpeedSchema });
const LINES_TYPE = "application/x-ndjson";

export interface PageServerOptions extends GuardOptions {
  readonly sandbox: RunSwitcher;
  /** Folder of the built page. */
  readonly page: string;
}

/** The page and what it asks for. @throws nothing: what can't be done is answered with `{ error }`. */
export function pageServer(options: PageServerOptions): FastifyInstance {
  const { sandbox, page } = options;
  const feed = new Feed(sandbox);
  const app = Fastify({ bodyLimit: LARGEST_ACTION, forceCloseConnections: true });
  app.removeContentTypeParser("text/plain");
  app.addContentTypeParser(LINES_TYPE, { parseAs: "string" }, (_, body, done) => done(null, body));
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
    streamTo(reply.raw, feed, String(request.headers["last-event-id"] ?? ""));
  });
  app.get("/api/state", () => sandbox.run.state());
  app.get("/api/scenarios", () => listScenarios());
  app.get<{ Params: { node: string } }>("/api/nodes/:node", (request, reply) =>
    answer(reply, () => sandbox.run.nodeDetails(request.params.node)),
  );
  app.get<{ Params: { id: string }; Querystring: { node?: string } }>("/api/moments/:id", (request, reply) =>
    answer(reply, () => momentOf(sandbox.run, request.params.id, request.query.node ?? "")),
  );
  app.get("/api/recording", (_, reply) =>
    reply.type(LINES_TYPE).send(Readable.from(sandbox.run.recording())),
  );
  app.post("/api/recordings", { bodyLimit: LARGEST_RECORDING }, (request, reply) => {
    const text = z.string().safeParse(request.body);
    if (!text.success) return reply.code(415).send({ error: `a recording comes as ${LINES_TYPE}` });
    return answer(reply, () => sandbox.replay("recording", parseRecording(text.data, "own.jsonl"), 1));
  });
  app.post("/api/replay", (request, reply) => {
    const read = ReplayRequest.safeParse(request.body);
    if (!read.success) return reply.code(400).send({ error: sentenceOf(read.error) });
    return answer(reply, () => sandbox.setSpeed(read.data.speed));
  });
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

/** The moment of an id such as `3-17`: run and number. @throws SandboxError when it is not kept. */
function momentOf(run: Run, id: string, node: string): Moment {
  const [number = "", event = ""] = id.split("-");
  if (number !== String(run.number))
    throw new SandboxError(
      `run ${number} is over, and its moments are not kept; now there is run ${run.number}`,
    );
  return run.moment(Number(event), node);
}

/** What work gives, or 409 with the sentence of what can't be done. */
async function answer(reply: FastifyReply, work: () => unknown): Promise<unknown> {
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
