import { until } from "@upgrade-halt/testing";
import type { Row } from "../../bench/controller/report.ts";
import { quantile } from "../../bench/controller/samples.ts";
import { postTo, type Served, serve } from "../../harness/served-page.ts";
import type { Options } from "./options.ts";
import type { Place } from "./place.ts";

const PAGES = 10;
const UPGRADING = "sei-0";
/** Releases that the sandbox's registry has, in the order of the chain. */
const [FIRST, ...LATER] = [
  ...["v5.7.5", "v5.8.0", "v5.9.0", "v6.0.0", "v6.0.1", "v6.0.2", "v6.0.3", "v6.0.4", "v6.0.5", "v6.0.6"],
  ...["v6.1.0", "v6.1.4", "v6.2.0", "v6.3.0", "v6.4.0", "v6.5", "v6.6", "v6.7", "v6.8", "v6.9"],
];
/** Whatever changes in the machine meanwhile meets both sides. */
const TURNS = ["none", "open", "open", "none"] as const;
const SWAPS_A_TURN = 4;
/** The first swaps of a process are slower than all that follow. */
const WARM_UP = LATER.length - TURNS.length * SWAPS_A_TURN;
const BLOCKS_APART = 20;

/**
 * As many nodes as the sandbox starts, of which one upgrades again and again: each of its halts is over before the next, and nothing
 * starts beside it; the others never get so far. A process that starts takes a small machine for longer than a swap lasts.
 */
function scenarioText(): string {
  const plans = LATER.map((name, index) => ({ name, height: (index + 3) * BLOCKS_APART }));
  const upgrades = plans.map(({ name, height }) => ({
    planName: name,
    height,
    image: `upgrade-halt.dev/mock-node:${name}`,
  }));
  const isOver = { phase: "Recovered", atLeast: LATER.length };
  return JSON.stringify({
    title: "One node upgrades again and again.",
    question: "How long does each swap take?",
    plans,
    nodes: Array.from({ length: 6 }, (_, index) => ({
      name: `sei-${index}`,
      image: FIRST,
      args: ["--block-time", index === 0 ? "100ms" : "1m"],
    })),
    policy: { upgrades },
    steps: [{ wait: { for: "every upgrade to be over", halts: isOver, within: 600 } }],
    expect: [{ text: "all recovered", halts: isOver }],
  });
}

/** Exit to swap with ten pages open, and with none, in turn. A page here asks all that a page asks, and draws nothing. */
export async function benchPages({ cleanup, progress }: Place, { rounds }: Options): Promise<readonly Row[]> {
  const served = await serve({ cleanup, flags: ["--nodes", "1"] });
  const sides = { none: [] as number[], open: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    progress(`timing swaps, rounds: ${round}`);
    const { status } = await postTo(served, "/api/scenarios", { text: scenarioText() });
    if (status !== 200) throw new Error(`the scenario was not taken: ${status}`);
    let swaps = await swapsOf(served, WARM_UP);
    for (const turn of TURNS) {
      const closing = new AbortController();
      const following = Array.from({ length: turn === "open" ? PAGES : 0 }, () =>
        follow(served, closing.signal),
      );
      const before = swaps.length;
      swaps = await swapsOf(served, before + SWAPS_A_TURN);
      sides[turn].push(...swaps.slice(before));
      closing.abort();
      await Promise.all(following);
    }
  }
  const value = quantile(sides.open, 0.5);
  const beside = { what: "none open", value: quantile(sides.none, 0.5) };
  const what = `exit -> swap, p50 of ${sides.open.length}, ${PAGES} pages open`;
  const part = "What the page costs the controller";
  return [{ part, what, value, unit: "ms", beside, target: { of: "ratio", atMost: 1.1 } }];
}

/** The milliseconds from each end of the node's process to its swap, once there are so many. */
async function swapsOf(served: Served, count: number): Promise<readonly number[]> {
  return until(
    `${count} swaps`,
    async () => {
      const swaps = (await eventsOf(served)).flatMap(({ kind, node, sinceHaltMs }) =>
        kind === "image-changed" && node === UPGRADING && sinceHaltMs !== undefined ? [sinceHaltMs] : [],
      );
      return swaps.length >= count && swaps.slice(0, count);
    },
    // A look reads all that was told, and would be in the way of the swaps.
    { every: 1_000, within: 300_000 },
  );
}

interface Told {
  readonly kind: string;
  readonly node?: string;
  readonly sinceHaltMs?: number;
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
  return [...text.matchAll(/^event: cluster\nid: \S+\ndata: (.*)$/gm)].map(([, data = "null"]) =>
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
