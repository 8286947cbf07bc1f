import { useMemo, useRef } from "preact/hooks";
import { type Marks, marksOf } from "./marks.ts";
import { scaleOf } from "./scale.ts";
import { TimelineRow } from "./timeline-row.tsx";
import type { Halt, State, Told } from "./types.ts";

interface TimelineProps {
  /** What is shown: as it is now, or as it was. */
  readonly state: State;
  readonly told: readonly Told[];
  readonly node: string;
  /** The line reaches this far at least: now. */
  readonly now: string;
  /** Id of the event that is shown; empty for now. */
  readonly moment: string;
  readonly onChoose: (node: string) => void;
  readonly onMoment: (id: string, node: string) => void;
}

/** Every node on one line of time, from the beginning of the run to now. */
export function Timeline({ state, told, node, now, moment, onChoose, onMoment }: TimelineProps) {
  const start = Date.parse(told[0]?.event.at ?? state.now);
  const { end } = scaleOf(start, Date.parse(now));
  const scale = useMemo(() => ({ start, end }), [start, end]);
  const last = useRef<Marks>(new Map());
  last.current = useMemo(() => marksOf(told, last.current), [told]);
  const halts = useMemo(
    () => new Map(state.halts.map((halt): [string, Halt] => [halt.node, halt])),
    [state.halts],
  );
  const at = moment === "" ? undefined : state.now;
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline" tabIndex={-1}>
        Nodes
      </h2>
      <ul class="timeline">
        {state.nodes.map((one) => (
          <TimelineRow
            key={one.node}
            node={one}
            halt={halts.get(one.node)}
            marks={last.current.get(one.node)}
            told={told}
            scale={scale}
            isCutOff={state.isolated.includes(one.node)}
            isChosen={one.node === node}
            moment={moment}
            at={at}
            onChoose={onChoose}
            onMoment={onMoment}
          />
        ))}
      </ul>
      {state.given === undefined && (
        <p class="rest">
          Controllers:{" "}
          {state.controllers
            .map(({ pid, leads }) => `${leads ? "★ leads" : "☆ stands by"} (process ${pid})`)
            .join(", ")}
          . Network to the API server: {state.isNetworkCut ? "✖ cut" : "● up"}. Network to the nodes:{" "}
          {state.isolated.length === 0 ? "● up" : `✖ cut to ${state.isolated.join(", ")}`}. Pager:{" "}
          {state.isPagerDown ? "✖ down" : "● up"}, {state.pages.length} pages arrived.
        </p>
      )}
    </section>
  );
}
