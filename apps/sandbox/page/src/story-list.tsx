import { useState } from "preact/hooks";
import { lineOf } from "./line-of.ts";
import type { Told } from "./types.ts";

interface StoryListProps {
  readonly told: readonly Told[];
  /** Id of the chosen event. */
  readonly moment: string;
  readonly onMoment: (id: string, node: string) => void;
}

const SHOWN = 200;

/** Everything that happened, the newest first; a moment that is chosen goes into the address. */
export function StoryList({ told, moment, onMoment }: StoryListProps) {
  const [isAll, setAll] = useState(false);
  const start = Date.parse(told[0]?.event.at ?? "");
  const shown = isAll ? told : told.slice(-SHOWN);
  return (
    <section aria-labelledby="story">
      <h2 id="story">Journal of the run</h2>
      <ol class="story">
        {shown.toReversed().map(({ id, event }) => {
          const { word, text, node } = lineOf(event);
          return (
            <li key={id} class={isLater(id, moment) ? "later" : ""}>
              <button
                type="button"
                aria-pressed={id === moment}
                onClick={() => onMoment(id === moment ? "" : id, node)}
              >
                <time>{((Date.parse(event.at) - start) / 1000).toFixed(2)} s</time>
                <span class="name">{node}</span>
                <strong>{word}</strong>
                <span class="text">{text}</span>
              </button>
            </li>
          );
        })}
      </ol>
      {told.length > SHOWN && (
        <button type="button" onClick={() => setAll(!isAll)}>
          {isAll ? "Show the newest alone" : `Show all ${told.length}`}
        </button>
      )}
    </section>
  );
}

/** Whether an event of the run came after the moment that is shown. */
export function isLater(id: string, moment: string): boolean {
  return moment !== "" && Number(id.split("-")[1]) > Number(moment.split("-")[1]);
}
