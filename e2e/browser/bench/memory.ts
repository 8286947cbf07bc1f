import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { extname, join } from "node:path";
import type { CDPSession } from "playwright-core";
import type { Row } from "../../bench/controller/report.ts";
import { median } from "../../bench/controller/samples.ts";
import type { Cleanup } from "../../harness/cleanup.ts";
import { open, startBrowser } from "../page.ts";
import type { Options } from "./options.ts";
import type { Place } from "./place.ts";
import { PAGE } from "./script.ts";
import { EVENTS_AN_HOUR, hourOf, STATES_AN_HOUR, stateAt } from "./virtual-day.ts";

const TYPES: Readonly<Record<string, string>> = { ".js": "text/javascript", ".css": "text/css" };

/** What the page keeps while hours of a run are told to it as fast as it reads. */
export async function benchMemory({ cleanup, progress }: Place, { hours }: Options): Promise<readonly Row[]> {
  const { origin, stream } = await serveStream(cleanup);
  const page = await open(await startBrowser(cleanup), `${origin}/#token=none`);
  const session = await page.context().newCDPSession(page);
  const used: Used[] = [];
  for (let hour = 0; hour < hours; hour += 1) {
    progress(`telling the page virtual hours: ${hour}`);
    for (const text of hourOf(hour)) await write(stream(), text);
    const height = `height ${(hour + 1) * STATES_AN_HOUR}`;
    await page.locator(".height", { hasText: height }).first().waitFor();
    used.push(await usedBy(session));
  }
  const [first, ...later] = used;
  const rowOf = (what: string, unit: string, of: (one: Used) => number): Row => ({
    ...{ part: `The page, ${hours} virtual hours of ${EVENTS_AN_HOUR} events`, what, unit },
    value: Math.max(...later.map(of)),
    beside: { what: "after the first", value: first === undefined ? 0 : of(first) },
    target: { of: "ratio", atMost: 1.1 },
  });
  const heap = ({ heap }: Used): number => heap / 1024 ** 2;
  return [
    rowOf("the script's memory, garbage collected", "MB", heap),
    ...creepOf(used.map(heap)),
    rowOf("nodes of its document", "", ({ nodes }) => nodes),
    rowOf("its listeners", "", ({ listeners }) => listeners),
  ];
}

/** Whether memory still grows late in a run: its last quarter beside its second. */
function creepOf(megabytes: readonly number[]): readonly Row[] {
  const hours = megabytes.length;
  const quarter = Math.floor(hours / 4);
  if (quarter === 0) return [];
  return [
    {
      ...{ part: `The page, ${hours} virtual hours of ${EVENTS_AN_HOUR} events`, unit: "MB" },
      what: "the same in the last quarter, median",
      value: median(megabytes.slice(-quarter)),
      beside: { what: "in the second", value: median(megabytes.slice(quarter, 2 * quarter)) },
      target: { of: "ratio", atMost: 1.02 },
    },
  ];
}

interface Used {
  readonly heap: number;
  readonly nodes: number;
  readonly listeners: number;
}

/** What is in use once what is not has been collected. */
async function usedBy(session: CDPSession): Promise<Used> {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
  return { heap: usedSize, nodes, listeners: jsEventListeners };
}

interface Streaming {
  readonly origin: string;
  /** The one that the page follows. */
  readonly stream: () => ServerResponse | undefined;
}

/** Serves the page, and a stream to be written. */
async function serveStream(cleanup: Cleanup): Promise<Streaming> {
  let stream: ServerResponse | undefined;
  const server = createServer(async ({ url = "" }, response) => {
    const path = new URL(url, "http://x").pathname;
    if (path === "/api/events") {
      stream = response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(stateAt(0));
    } else if (path.startsWith("/api/")) {
      const answer = path === "/api/scenarios" ? [] : { log: "a line", status: "{}", fault: "" };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    } else {
      const bytes = await readFile(join(PAGE, path === "/" ? "index.html" : path)).catch(() => undefined);
      const type = TYPES[extname(path)] ?? "text/html";
      response.writeHead(bytes === undefined ? 404 : 200, { "content-type": type }).end(bytes);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanup.add(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { origin: `http://127.0.0.1:${port}`, stream: () => stream };
}

async function write(stream: ServerResponse | undefined, text: string): Promise<void> {
  if (stream?.write(text) === false)
    await new Promise<void>((resolve) => stream.once("drain", () => resolve()));
}
