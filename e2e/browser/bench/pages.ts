import { until } from "@upgrade-halt/testing";
import type { Row } from "../../bench/controller/report.ts";
import { quantile } from "../../bench/controller/samples.ts";
import { postTo, type Served, serve } from "../../harness/served-page.ts";
import type { Options } from "./options.ts";
import type { Place } from "./place.ts";

const PAGES = 10;
const NODES = 12;
const HEIGHT = 60;

/** Nodes that halt one after the other, four blocks apart. */
const SCENARIO = JSON.stringify({
  title: "Nodes halt one after the other.",
  question: "How long does each swap take?",
  plans: [{ name: "v6.7", height: HEIGHT }],
  nodes: Array.from({ length: NODES }, (_, index) => ({
    name: `sei-${index}`,
    args: ["--block-time", `${100 + 6 * index}ms`],
  })),
  policy: {
    maxConcurrent: NODES,
    upgrades: [{ planName: "v6.7", height: HEIGHT, image: "upgrade-halt.dev/mock-node:v6.7" }],
  },
  steps: [
    { approach: { height: HEIGHT, within: 240 } },
    { wait: { for: "every node to recover", halts: { phase: "Recovered", atLeast: NODES }, within: 240 } },
  ],
  expect: [{ text: "all recovered", halts: { count: NODES, phase: "Recovered" } }],
});

/** Exit to swap with ten pages open, and with none, in turn. A page here asks all that a page asks, and draws nothing. */
export async function benchPages({ cleanup, progress }: Place, { rounds }: Options): Promise<readonly Row[]> {
  const served = await serve({ cleanup, flags: ["--nodes", "1"] });
  const none: number[] = [];
  const open: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    progress(`timing swaps, rounds: ${round}`);
    for (const pages of round % 2 === 0 ? [0, PAGES] : [PAGES, 0]) {
      const closing = new AbortController();
      const following = Array.from({ length: pages }, () => follow(served, closing.signal));
      (pages === 0 ? none : open).push(...(await swaps(served)));
      closing.abort();
      await Promise.all(following);
    }
  }
  const value = quantile(open, 0.5);
  const beside = { what: "none open", value: quantile(none, 0.5) };
  const what = `exit -> swap, p50 of ${open.length}, ${PAGES} pages open`;
  const part = "What the page costs the controller";
  return [{ part, what, value, unit: "ms", beside, target: { of: "ratio", atMost: 1.1 } }];
}

/** Plays the scenario; resolves with the milliseconds from each process's end to its swap. */
async function swaps(served: Served): Promise<readonly number[]> {
  const { status } = await postTo(served, "/api/scenarios", { text: SCENARIO });
  if (status !== 200) throw new Error(`the scenario was not taken: ${status}`);
  return until(
    "the scenario to end",
    async () => {
      const events = await eventsOf(served);
      if (!events.some(({ kind }) => kind === "the-end")) return undefined;
      return events.flatMap(({ haltToSwapMs }) => (typeof haltToSwapMs === "number" ? [haltToSwapMs] : []));
    },
    { within: 300_000 },
  );
}

interface Told {
  readonly kind: string;
  readonly haltToSwapMs?: number | null;
}

/** The events of the run so far, as a page that comes anew has them. */
async function eventsOf({ origin, token }: Served): Promise<readonly Told[]> {
  const leaving = new AbortController();
  const response = await fetch(`${origin}/api/events`, {
    headers: { authorization: `Bearer ${token}` },
    signal: leaving.signal,
  });
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.includes("event: state\n")) break;
  }
  leaving.abort();
  return [...text.matchAll(/^event: story\nid: \S+\ndata: (.*)$/gm)].map(([, data = "null"]) =>
    JSON.parse(data),
  );
}

/** Reads the stream, and asks for a node's details as often as a page does. */
async function follow({ origin, token }: Served, signal: AbortSignal): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  try {
    const response = await fetch(`${origin}/api/events`, { headers, signal });
    let asked = 0;
    for await (const _ of response.body ?? []) {
      if (performance.now() - asked < 500) continue;
      asked = performance.now();
      await (await fetch(`${origin}/api/nodes/sei-0`, { headers, signal })).text();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
