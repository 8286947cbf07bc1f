import type { StoryEvent } from "../../src/story/story-event.ts";
import { isLater } from "./story-list.tsx";
import type { Node, State, Told } from "./types.ts";

/** A shape and a word for everything: colour alone says nothing. */
export function standing(
  node: Node,
  state: State,
): { readonly shape: string; readonly word: string; readonly tone: string } {
  const halt = state.halts.findLast((one) => one.node === node.node);
  const phase = String(halt?.status.phase ?? "");
  const isOpen = phase !== "" && phase !== "Recovered" && phase !== "Withdrawn";
  if (isOpen && ["Held", "Paged", "Failed"].includes(phase)) return { shape: "▲", word: phase, tone: "bad" };
  if (isOpen) return { shape: "◆", word: phase, tone: "busy" };
  if (node.isRunning && node.isReady) return { shape: "●", word: "running", tone: "good" };
  if (node.isRunning) return { shape: "○", word: "starting", tone: "busy" };
  return node.exitCode === undefined
    ? { shape: "○", word: "waiting", tone: "busy" }
    : { shape: "✖", word: `exit ${node.exitCode}`, tone: "bad" };
}

const SHAPES: Readonly<Partial<Record<StoryEvent["kind"], string>>> = {
  "node-started": "○",
  "node-ready": "●",
  "node-ended": "✖",
  "node-halted": "▲",
  "image-changed": "◆",
  "halt-step": "■",
  paged: "✉",
  "operator-did": "☞",
};

interface TimelineProps {
  /** What is shown: as it is now, or as it was. */
  readonly state: State;
  readonly told: readonly Told[];
  readonly node: string;
  /** Where the line ends: now. */
  readonly now: string;
  /** Id of the event that is shown; empty for now. */
  readonly moment: string;
  readonly onChoose: (node: string) => void;
  readonly onMoment: (id: string, node: string) => void;
}

/** Every node on one line of time, from the beginning of the run to now. */
export function Timeline({ state, told, node, now, moment, onChoose, onMoment }: TimelineProps) {
  const start = Date.parse(told[0]?.event.at ?? state.now);
  const end = Math.max(Date.parse(now), start + 10_000);
  const left = (at: string): string =>
    `${Math.min(100, Math.max(0, ((Date.parse(at) - start) / (end - start)) * 100))}%`;
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Nodes</h2>
      <ul class="timeline">
        {state.nodes.map((one) => {
          const { shape, word, tone } = standing(one, state);
          const own = told.filter(
            ({ event }) => "node" in event && event.node === one.node && SHAPES[event.kind],
          );
          return (
            <li key={one.node}>
              <button
                type="button"
                class="node"
                data-node={one.node}
                aria-pressed={one.node === node}
                onClick={() => onChoose(one.node)}
              >
                <span class={`standing ${tone}`}>
                  <span aria-hidden="true">{shape}</span> {word}
                </span>
                <span class="name">{one.node}</span>
                <span class="image">{tagOf(one.podImage || one.wantedImage)}</span>
                <span class="height">height {one.height}</span>
              </button>
              {/* The keyboard goes to a moment by the slider above, or by the journal below. */}
              <div
                class="track"
                aria-hidden="true"
                onClick={({ currentTarget, clientX }) => {
                  const { left: from, width } = currentTarget.getBoundingClientRect();
                  const time = start + ((clientX - from) / width) * (end - start);
                  const near = nearest(own, time) ?? nearest(told, time);
                  if (near !== undefined) onMoment(near.id, one.node);
                }}
              >
                {own.slice(-40).map(({ id, event }) => (
                  <span
                    key={id}
                    class={`mark ${event.kind} ${isLater(id, moment) ? "later" : ""}`}
                    style={{ left: left(event.at) }}
                  >
                    {SHAPES[event.kind]}
                  </span>
                ))}
                {moment !== "" && <span class="cursor" style={{ left: left(state.now) }} />}
              </div>
            </li>
          );
        })}
      </ul>
      {state.given === undefined && (
        <p class="rest">
          Controllers:{" "}
          {state.controllers
            .map(({ pid, leads }) => `${leads ? "★ leads" : "☆ stands by"} (process ${pid})`)
            .join(", ")}
          . Network to the API server: {state.isNetworkCut ? "✖ cut" : "● up"}. Pager:{" "}
          {state.isPagerDown ? "✖ down" : "● up"}, {state.pages.length} pages arrived.
        </p>
      )}
    </section>
  );
}

/** The event whose time is next to a time. */
function nearest(told: readonly Told[], time: number): Told | undefined {
  const distance = ({ event }: Told): number => Math.abs(Date.parse(event.at) - time);
  return told.reduce<Told | undefined>(
    (best, one) => (best === undefined || distance(one) < distance(best) ? one : best),
    undefined,
  );
}

export function tagOf(image: string): string {
  return (image.split("/").at(-1)?.split(":").slice(1).join(":") ?? image).replace(/(@sha256:.{8}).*/, "$1…");
}
