import { useMemo, useState } from "preact/hooks";
import { lineOf } from "./line-of.ts";
import type { Told } from "./types.ts";

interface EventListProps {
  readonly told: readonly Told[];
  /** Id of the chosen event. */
  readonly moment: string;
  readonly onMoment: (id: string, node: string) => void;
}

const SHOWN = 200;

/** Everything that happened, the newest first; a moment that is chosen goes into the address. */
export function EventList({ told, moment, onMoment }: EventListProps) {
  const [isAll, setAll] = useState(false);
  const start = Date.parse(told[0]?.event.at ?? "");
  const shown = isAll ? told : told.slice(-SHOWN);
  return (
    <section aria-labelledby="events">
      <h2 id="events" tabIndex={-1}>
        Journal of the run
      </h2>
      <ol class="events">
        {shown.toReversed().map((one) => (
          <Line
            key={one.id}
            one={one}
            start={start}
            isChosen={one.id === moment}
            isLater={isLater(one.id, moment)}
            onMoment={onMoment}
          />
        ))}
      </ol>
      {told.length > SHOWN && (
        <button type="button" onClick={() => setAll(!isAll)}>
          {isAll ? "Show the newest alone" : `Show all ${told.length}`}
        </button>
      )}
    </section>
  );
}

interface LineProps {
  readonly one: Told;
  /** When the run began, in milliseconds since the epoch. */
  readonly start: number;
  readonly isChosen: boolean;
  readonly isLater: boolean;
  readonly onMoment: (id: string, node: string) => void;
}

/** One event; drawn again only where something of it is another. */
function Line({ one, start, isChosen, isLater, onMoment }: LineProps) {
  return useMemo(() => {
    const { word, text, node } = lineOf(one.event);
    return (
      <li class={isLater ? "later" : ""}>
        <button type="button" aria-pressed={isChosen} onClick={() => onMoment(isChosen ? "" : one.id, node)}>
          <time>{((Date.parse(one.event.at) - start) / 1000).toFixed(2)} s</time>
          <span class="name">{node}</span>
          <strong>{word}</strong>
          <span class="text">{text}</span>
        </button>
      </li>
    );
  }, [one, start, isChosen, isLater, onMoment]);
}

/** Whether an event of the run came after the moment that is shown. */
export function isLater(id: string, moment: string): boolean {
  return moment !== "" && Number(id.split("-")[1]) > Number(moment.split("-")[1]);
}
