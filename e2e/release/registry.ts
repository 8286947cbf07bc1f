import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { VERDACCIO } from "./programs.ts";

/** What the registry does with a request: answers it, does it and answers 500, answers with an error of its own, or says nothing. */
export type Mood = "answers" | "loses its answer" | "says nothing" | 409 | 500;

/** A real registry on a free port of this machine, in front of it somebody who can make it fail. */
export interface Registry {
  readonly url: string;
  /** The files of an account that may publish, and of one that only installs: `.npmrc` texts. */
  readonly npmrc: { readonly publisher: string; readonly stranger: string };
  /** Asked of each request; what it returns is done. */
  setMood(mood: (method: string, path: string) => Mood): void;
  /** Each package that was put into it, by its path, in order. */
  readonly published: readonly string[];
  close(): Promise<void>;
}

interface Verdaccio {
  runServer(config: object): Promise<Server>;
}

export async function startRegistry(folder: string): Promise<Registry> {
  const { runServer } = createRequire(join(VERDACCIO.folder, "package.json"))("verdaccio") as Verdaccio;
  const verdaccio = await runServer({
    self_path: folder,
    storage: join(folder, "storage"),
    auth: { htpasswd: { file: join(folder, "htpasswd") } },
    web: { enable: false },
    uplinks: {},
    packages: { "@upgrade-halt/*": { access: "$all", publish: "$authenticated" } },
    log: { type: "stdout", format: "json", level: "fatal" },
  });
  const behind = await listen(verdaccio);
  const published: string[] = [];
  let moodOf: (method: string, path: string) => Mood = () => "answers";
  const front = createServer((incoming, outgoing) => {
    const { method = "GET", url = "/" } = incoming;
    const mood = moodOf(method, url);
    if (mood === "says nothing") return;
    const taken = () => method === "PUT" && published.push(url);
    if (mood === "answers") return forward(incoming, behind, taken, outgoing);
    if (mood === "loses its answer") return forward(incoming, behind, () => taken() && refuse(outgoing, 500));
    incoming.resume();
    refuse(outgoing, mood);
  });
  const port = await listen(front);
  const url = `http://127.0.0.1:${port}/`;
  const token = await signUp(`http://127.0.0.1:${behind}/`);
  published.length = 0;
  const stranger = `@upgrade-halt:registry=${url}\n`;
  return {
    url,
    npmrc: { stranger, publisher: `${stranger}//127.0.0.1:${port}/:_authToken=${token}\n` },
    setMood: (mood) => {
      moodOf = mood;
    },
    published,
    close: async () => {
      await Promise.all([front, verdaccio].map(close));
    },
  };
}

function refuse(outgoing: ServerResponse, code: number): void {
  outgoing.writeHead(code, { "content-type": "application/json" }).end(`{"error":"mood ${code}"}`);
}

/** Passes a request on, under the name by which it came: links in the answer lead back here. Without `outgoing` the answer is lost. */
function forward(
  incoming: IncomingMessage,
  port: number,
  taken: () => void,
  outgoing?: ServerResponse,
): void {
  const { method, url, headers } = incoming;
  const onward = request({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
    const code = answer.statusCode ?? 502;
    if (code < 300) taken();
    outgoing?.writeHead(code, answer.headers);
    if (outgoing) answer.pipe(outgoing);
    else answer.resume();
  });
  onward.on("error", () => outgoing?.destroy());
  incoming.pipe(onward);
}

async function signUp(url: string): Promise<string> {
  const response = await fetch(`${url}-/user/org.couchdb.user:releaser`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "releaser", password: "a rehearsal" }),
  });
  const { token } = (await response.json()) as { readonly token?: string };
  if (token === undefined) throw new Error(`the registry gave no token, but ${response.status}`);
  return token;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
