import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { until } from "@upgrade-halt/testing";
import type { Row } from "../../bench/controller/report.ts";
import { median } from "../../bench/controller/samples.ts";
import type { Cleanup } from "../../harness/cleanup.ts";
import type { Options } from "./options.ts";
import type { Place } from "./place.ts";
import { PAGE } from "./script.ts";
import { openUnwatched, type Send } from "./unwatched-page.ts";
import { EVENTS_AN_HOUR, hourOf, STATES_AN_HOUR, stateAt } from "./virtual-day.ts";

const TYPES: Readonly<Record<string, string>> = { ".js": "text/javascript", ".css": "text/css" };

/** What the page keeps while hours of a run are told to it, each state as soon as the last is drawn. */
export async function benchMemory({ cleanup, progress }: Place, { hours }: Options): Promise<readonly Row[]> {
  const { origin, followed, tell } = await serveStream(cleanup);
  const page = await openUnwatched(cleanup, `${origin}/#token=none`);
  await followed;
  const used: Used[] = [];
  for (let hour = 0; hour < hours; hour += 1) {
    for (const text of hourOf(hour)) await tell(text);
    const height = `height ${(hour + 1) * STATES_AN_HOUR}`;
    await until(`${height} to be drawn`, async () => (await page.look(heightOf)) === height);
    const now = await page.look(usedBy);
    used.push(now);
    progress(`told the page virtual hours: ${used.length}, it uses ${megabytesOf(now).toFixed(2)} MB`);
  }
  const [first, ...later] = used;
  const rowOf = (what: string, unit: string, of: (one: Used) => number): Row => ({
    ...{ part: `The page, ${hours} virtual hours of ${EVENTS_AN_HOUR} events`, what, unit },
    value: Math.max(...later.map(of)),
    beside: { what: "after the first", value: first === undefined ? 0 : of(first) },
    target: { of: "ratio", atMost: 1.1 },
  });
  return [
    rowOf("the script's memory, garbage collected", "MB", megabytesOf),
    ...creepOf(used.map(megabytesOf)),
    rowOf("what the browser keeps of its document, collected", "MB", ({ embedder }) => embedder / 1024 ** 2),
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
  /** Bytes of the script's objects and code, and of the browser's own objects for the document. */
  readonly heap: number;
  readonly embedder: number;
  readonly nodes: number;
  readonly listeners: number;
}

const megabytesOf = ({ heap }: Used): number => heap / 1024 ** 2;

/** What is in use once what is not has been collected. */
async function usedBy(send: Send): Promise<Used> {
  await send("HeapProfiler.collectGarbage");
  const { usedSize, embedderHeapUsedSize } = await send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners } = await send("Memory.getDOMCounters");
  return { heap: usedSize, embedder: embedderHeapUsedSize, nodes, listeners: jsEventListeners };
}

/** The height of the first node, as the page shows it. */
async function heightOf(send: Send): Promise<unknown> {
  const expression = `document.querySelector(".height")?.textContent`;
  return (await send("Runtime.evaluate", { expression })).result.value;
}

interface Streaming {
  readonly origin: string;
  /** Resolves when the page follows the stream. */
  readonly followed: Promise<void>;
  /** Tells the page a state; resolves when that is drawn. */
  readonly tell: (text: string) => Promise<void>;
}

/** Serves the page, and a stream to be written. */
async function serveStream(cleanup: Cleanup): Promise<Streaming> {
  let stream: ServerResponse | undefined;
  let onDrawn = (): void => {};
  const { promise: followed, resolve: onFollowed } = Promise.withResolvers<void>();
  const server = createServer(async ({ url = "" }, response) => {
    const path = new URL(url, "http://x").pathname;
    if (path === "/api/events") {
      stream = response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(stateAt(0));
      onFollowed();
    } else if (path.startsWith("/api/")) {
      // The page asks for a node's log and wire after it drew a state of another half second.
      if (path.startsWith("/api/nodes/")) onDrawn();
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
  const tell = (text: string): Promise<void> =>
    new Promise((resolve) => {
      onDrawn = resolve;
      stream?.write(text);
    });
  return { origin: `http://127.0.0.1:${port}`, followed, tell };
}
