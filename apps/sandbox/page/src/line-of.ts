import type { ClusterEvent } from "../../src/events/cluster-event.ts";
import { wordsOf } from "../../src/events/event-words.ts";

/** An event as the page tells it: one word, the rest in a sentence, and the node that it is about. */
export function lineOf(event: ClusterEvent): {
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
