import { useState } from "preact/hooks";
import { wordsOf } from "../../src/story/event-words.ts";
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
            <li key={id}>
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

function lineOf(event: Told["event"]): {
  readonly word: string;
  readonly text: string;
  readonly node: string;
} {
  switch (event.kind) {
    case "chapter":
      return { word: "§", text: event.title, node: "" };
    case "expectation":
      return {
        word: event.held ? "✔ held" : "✖ BROKEN",
        text: event.held ? event.text : `${event.text} (found: ${event.found})`,
        node: "",
      };
    case "outcome":
      return {
        word: event.end,
        text: `${event.verdict} ${event.reason} ${event.plan}, ${event.action}`,
        node: event.node,
      };
    case "the-end":
      return {
        word: event.broken === 0 ? "✔ the end" : "✖ the end",
        text: `${event.expectations - event.broken} of ${event.expectations} expectations held`,
        node: "",
      };
    default: {
      const { word, text } = wordsOf(event);
      return { word, text, node: "node" in event ? event.node : "" };
    }
  }
}
