import contract from "@upgrade-halt/contract/vectors/codes.json" with { type: "json" };
import { COSMOVISOR, LONGEST_BACK_OFF_MS, RECORDED_BACK_OFF_MS, SLEEP_MS, type Span } from "./figures.ts";
import type { RecordedHalt } from "./recorded-halt.ts";

/** Read from the contract's data: its package is for Node, and this also runs in a page. */
const UPGRADE_REQUIRED = contract.reasons.find(({ token }) => token.startsWith("upgrade"))?.token;

/** `recorded` in this run, `measured` elsewhere in this repository, or `modelled` because nobody measured it. */
export type Basis = "recorded" | "measured" | "modelled";

export type Shape = "restart" | "swap" | "ready" | "page" | "step" | "end" | "sleep";

export interface Mark extends Span {
  readonly shape: Shape;
  readonly text: string;
  readonly basis: Basis;
}

/** What one of them does with the halt. */
export interface Way {
  readonly who: string;
  /** Where its figures are from: paths of this repository, or this run. */
  readonly sources: readonly string[];
  readonly marks: readonly Mark[];
  /** What comes of it, in a sentence. */
  readonly sum: string;
}

/** Nothing after it is drawn. */
export const HORIZON_MS = 600_000;

/** The same halt in the hands of this controller, a plain kubelet, cosmovisor, and a person who sleeps. */
export function waysOf(halt: RecordedHalt): readonly Way[] {
  return [controller(halt), kubelet(halt), cosmovisor(halt), person(halt)];
}

const at = (ms: number): Span => ({ fromMs: ms, toMs: ms });

function controller({ after }: RecordedHalt): Way {
  const marks = after.flatMap(({ event, atMs }): readonly Mark[] => {
    const mark = (shape: Shape, text: string): readonly Mark[] => [
      { ...at(atMs), shape, text, basis: "recorded" },
    ];
    switch (event.kind) {
      case "halt-step":
        return mark(
          "step",
          event.phase === "Recovered" ? "sees that it has recovered" : `writes down: ${event.phase}`,
        );
      case "image-changed":
        return mark("swap", "the image is changed");
      case "node-started":
        return mark("restart", "the process starts");
      case "node-ready":
        return mark("ready", "the node is ready");
      case "paged":
        return mark("page", "a person is paged");
      default:
        return [];
    }
  });
  const [done, swap, page] = ["sees that it has recovered", "the image is changed", "a person is paged"].map(
    (text) => marks.find((mark) => mark.text === text),
  );
  const parts = [
    page && `A person is paged after ${secondsOf(page)}.`,
    swap && `The image is changed after ${secondsOf(swap)}.`,
    done && `The node has recovered after ${secondsOf(done)}.`,
  ].filter((part) => part !== undefined);
  const sum = parts.length === 0 ? "It is recorded; nothing was changed so far." : parts.join(" ");
  return { who: "This controller", sources: ["this run"], marks, sum };
}

const KUBELET_SOURCES = [
  "packages/consumer/src/adapters/fixtures/pods.json",
  "apps/sandbox/src/kubelet/restart-policy.ts",
];

/** Each run is taken to end at once: a node that stands at its plan's height needs no block to halt again. */
function kubelet({ exitCode }: RecordedHalt): Way {
  const who = "A plain kubelet (restartPolicy: Always)";
  if (exitCode === undefined) {
    const sum =
      "Nothing. The process lives, so there is nothing to restart; a kubelet does not see that it makes no blocks.";
    return { who, sources: KUBELET_SOURCES, marks: [], sum };
  }
  const restarts: Mark[] = [];
  for (let ms = 0, wait = RECORDED_BACK_OFF_MS; ms <= HORIZON_MS; ) {
    const basis = restarts.length < 2 ? "measured" : "modelled";
    const text = `starts the same release again, which ends with ${exitCode} again`;
    restarts.push({ ...at(ms), shape: "restart", text, basis });
    ms += wait;
    wait = Math.min(wait * 2, LONGEST_BACK_OFF_MS);
  }
  const sum = `${restarts.length} restarts in ${HORIZON_MS / 60_000} minutes, none of which can help, and then one every ${LONGEST_BACK_OFF_MS / 60_000} minutes for ever. Nobody is told why.`;
  return { who, sources: KUBELET_SOURCES, marks: restarts, sum };
}

/** The plan's binary is taken to lie there when an image was listed for it: both are what an operator prepares. */
function cosmovisor(halt: RecordedHalt): Way {
  const who = "cosmovisor 1.5.0, which polls every 300 ms";
  const sources = ["docs/guides/cosmovisor.md"];
  const way = (span: Span, shape: Shape, text: string, sum: string): Way => {
    // A node without the contract was not measured beneath it; it leaves upgrade-info.json as one does that exits with 70.
    const basis = halt.exitCode === 2 ? "modelled" : "measured";
    return { who, sources, marks: [{ ...span, shape, text, basis }], sum };
  };
  if (halt.reason !== UPGRADE_REQUIRED) {
    const sum =
      "It ends with 1, for a downgrade and a crash alike: whatever restarts it can't tell them apart.";
    return way(COSMOVISOR.endsWithNode, "end", "ends with exit code 1", sum);
  }
  if (!halt.after.some(({ event }) => event.kind === "image-changed")) {
    const sum = "Without the plan's binary it ends with 1, and whatever restarts it does so for ever.";
    return halt.exitCode === undefined
      ? way(at(0), "end", "was not measured for a node that stays alive", sum)
      : way(COSMOVISOR.exitsWithoutBinary, "end", "ends with exit code 1", sum);
  }
  const isAlive = halt.exitCode === undefined;
  const span = isAlive ? COSMOVISOR.staysAliveWithBinary : COSMOVISOR.exitsWithBinary;
  const missed = isAlive ? "" : " It may miss the file between two looks, and then ends with 1.";
  const sum = `Fast, with the binary on each machine beforehand and no second source asked.${missed} A backup of the data, its default, comes on top.`;
  return way(span, "swap", "starts the plan's binary", sum);
}

/** What the person does after waking is taken to last as long as the controller took in this run. */
function person({ after }: RecordedHalt): Way {
  const sleep: Mark = { fromMs: 0, toMs: SLEEP_MS, shape: "sleep", text: "sleeps", basis: "modelled" };
  const sources = ["docs/upstream/sei-k8s-controller.md"];
  const who = "A person, or a script, with 90 s of sleep";
  const swap = after.find(({ event }) => event.kind === "image-changed")?.atMs;
  const ready = after.findLast(({ event }) => event.kind === "node-ready")?.atMs;
  if (swap === undefined) {
    const look: Mark = {
      ...at(SLEEP_MS),
      shape: "page",
      text: "wakes, and finds out by hand",
      basis: "modelled",
    };
    return { who, sources, marks: [sleep, look], sum: "The first who knows of it knows after 90 s." };
  }
  const marks: Mark[] = [
    sleep,
    { ...at(SLEEP_MS), shape: "swap", text: "changes the image by hand", basis: "modelled" },
  ];
  if (ready !== undefined && ready >= swap) {
    const text = "the node is ready, had the rest taken as long as in this run";
    marks.push({ ...at(SLEEP_MS + ready - swap), shape: "ready", text, basis: "modelled" });
  }
  const sum =
    "90 s pass before anybody looks; less sleep asks more often, and still can't tell a halt from a crash.";
  return { who, sources, marks, sum };
}

/** A span as a person reads it. */
export function secondsOf({ fromMs, toMs }: Span): string {
  const of = (ms: number): string =>
    ms >= 10_000 ? String(Math.round(ms / 1000)) : (ms / 1000).toFixed(2).replace(/0$/, "");
  return fromMs === toMs ? `${of(fromMs)} s` : `${of(fromMs)} to ${of(toMs)} s`;
}
