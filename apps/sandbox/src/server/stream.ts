import type { ServerResponse } from "node:http";
import type { Stage } from "./stage.ts";

/** The state is sent this often at most. */
const STATE_EVERY_MS = 100;
/** Without a change the state is sent this often all the same, so that a page knows that its server is there. */
const HEARTBEAT_MS = 2_000;
/** A page that reads no faster than this much behind is let go: it comes back and begins with the state. */
const MOST_BUFFERED = 8 * 1024 * 1024;

/**
 * Server-sent events: the run's story, one event each with an id such as `3-17` (run and number), and its state whenever
 * that changed. `lastId` is what the page had last.
 */
export function streamTo(response: ServerResponse, sandbox: Stage, lastId: string): void {
  response.writeHead(200, { ...headersOf(response), "content-type": "text/event-stream" });
  const [lastRun = "", last = ""] = lastId.split("-");
  let run = sandbox.run;
  let sent = Number(lastRun) === run.number ? Number(last) || 0 : 0;
  let sentState = "";
  let timer: NodeJS.Timeout | undefined;
  const send = (isBeat: boolean): void => {
    timer = undefined;
    if (run !== sandbox.run) {
      run = sandbox.run;
      sent = 0;
    }
    for (const { id, event } of run.eventsAfter(sent)) {
      sent = id;
      response.write(`event: story\nid: ${run.number}-${id}\ndata: ${JSON.stringify(event)}\n\n`);
    }
    const { now, ...state } = run.state();
    const text = JSON.stringify(state);
    if (text !== sentState || isBeat)
      response.write(`event: state\ndata: ${JSON.stringify({ now, ...state })}\n\n`);
    sentState = text;
    if (response.writableLength > MOST_BUFFERED) response.destroy();
  };
  const forget = sandbox.onChange(() => {
    timer ??= setTimeout(() => send(false), STATE_EVERY_MS);
  });
  const heartbeat = setInterval(() => send(true), HEARTBEAT_MS);
  response.once("close", () => {
    forget();
    clearInterval(heartbeat);
    clearTimeout(timer);
  });
  send(true);
}

/** Headers that a hook has set before the answer was taken out of fastify's hands. */
function headersOf(response: ServerResponse): Record<string, string> {
  return Object.fromEntries(
    Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]),
  );
}
