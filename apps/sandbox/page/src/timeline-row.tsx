import { useMemo, useRef } from "preact/hooks";
import { isLater } from "./event-list.tsx";
import { SHAPES } from "./marks.ts";
import { leftOf, type Scale } from "./scale.ts";
import { standing, tagOf } from "./standing.ts";
import type { Halt, Node, Told } from "./types.ts";

interface RowProps {
  readonly node: Node;
  /** Its last one. */
  readonly halt: Halt | undefined;
  readonly marks: readonly Told[] | undefined;
  /** Everything that happened in the run. */
  readonly told: readonly Told[];
  readonly scale: Scale;
  /** The controllers can't reach it. */
  readonly isCutOff: boolean;
  readonly isChosen: boolean;
  /** Id of the event that is shown; empty for now. */
  readonly moment: string;
  /** When that was. */
  readonly at: string | undefined;
  readonly onChoose: (node: string) => void;
  readonly onMoment: (id: string, node: string) => void;
}

/** One node and its line; drawn again only where something of it is another. */
export function TimelineRow(props: RowProps) {
  const { node, halt, marks = [], scale, isCutOff, isChosen, moment, at, onChoose } = props;
  const latest = useRef(props);
  latest.current = props;
  return useMemo(() => {
    const { shape, word, tone } = standing(node, halt);
    return (
      <li>
        <button
          type="button"
          class="node"
          data-node={node.node}
          aria-pressed={isChosen}
          onClick={() => onChoose(node.node)}
        >
          <span class={`standing ${tone}`}>
            <span aria-hidden="true">{shape}</span> {word}
          </span>
          <span class="name">{node.node}</span>
          <span class="image">{tagOf(node.podImage || node.wantedImage)}</span>
          <span class="height">height {node.height}</span>
          {isCutOff && (
            <span class="cut bad">
              <span aria-hidden="true">✂</span> cut off from the controllers
            </span>
          )}
        </button>
        {/* The keyboard goes to a moment by the slider above, or by the journal below. */}
        <div class="track" aria-hidden="true" onClick={(event) => goToNearest(latest.current, event)}>
          {marks.map(({ id, event }) => (
            <span
              key={id}
              class={`mark ${event.kind} ${isLater(id, moment) ? "later" : ""}`}
              style={{ left: leftOf(scale, event.at) }}
            >
              {SHAPES[event.kind]}
            </span>
          ))}
          {at !== undefined && <span class="cursor" style={{ left: leftOf(scale, at) }} />}
        </div>
      </li>
    );
  }, [node, halt, props.marks, scale, isCutOff, isChosen, moment, at, onChoose]);
}

/** Goes to the event next to where the line was clicked: one of the node's, or any where it has none. */
function goToNearest({ node, marks = [], told, scale, onMoment }: RowProps, event: MouseEvent): void {
  const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
  const time = scale.start + ((event.clientX - left) / width) * (scale.end - scale.start);
  const near = nearest(marks, time) ?? nearest(told, time);
  if (near !== undefined) onMoment(near.id, node.node);
}

/** The event whose time is next to a time. */
function nearest(told: readonly Told[], time: number): Told | undefined {
  const distance = ({ event }: Told): number => Math.abs(Date.parse(event.at) - time);
  return told.reduce<Told | undefined>(
    (best, one) => (best === undefined || distance(one) < distance(best) ? one : best),
    undefined,
  );
}
