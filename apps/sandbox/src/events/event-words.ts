import type { styleText } from "node:util";
import type { Chapter, ClusterEvent, Expectation, Outcome, TheEnd } from "./cluster-event.ts";

/** How a person is told of an event: one word for the column, the rest in a sentence. */
export interface Words {
  readonly word: string;
  readonly text: string;
  readonly style: Parameters<typeof styleText>[0];
}

/** The events of the timeline: the others are told in a form of their own. */
export type TimelineEvent = Exclude<ClusterEvent, Chapter | Outcome | Expectation | TheEnd>;

export function wordsOf(event: TimelineEvent): Words {
  switch (event.kind) {
    case "cluster-ready":
      return { word: "cluster", text: `ready at ${event.server}`, style: "dim" };
    case "applied":
      return { word: "applied", text: `${event.what} (${event.objects} objects)`, style: "dim" };
    case "controller-started":
      return { word: "controller", text: `started as process ${event.pid}`, style: "dim" };
    case "controller-ended":
      return { word: "controller", text: `ended (process ${event.pid}, ${event.exit})`, style: "yellow" };
    case "operator-did":
      return { word: "operator", text: event.what, style: "magenta" };
    case "node-started":
      return {
        word: event.restartCount > 0 ? "restarted" : "started",
        text: `on ${tag(event.image)}`,
        style: "reset",
      };
    case "node-ready":
      return { word: "ready", text: `on ${tag(event.image)}`, style: "green" };
    case "node-ended":
      return { word: `exit ${event.exitCode}`, text: event.lastLine, style: "red" };
    case "node-halted":
      return {
        word: "halted",
        text: `its process stays alive; /status shows ${event.reason} for ${event.plan} at height ${event.height}`,
        style: "red",
      };
    case "image-changed":
      return { word: "image", text: `${tag(event.from)} -> ${tag(event.to)}`, style: "cyan" };
    case "halt-step":
      return {
        word: event.phase,
        text: withTags(event.message).replace(`${event.phase} `, ""),
        style: styleOfPhase(event.phase),
      };
    case "paged":
      return { word: "page", text: withTags(event.summary), style: "yellow" };
  }
}

function styleOfPhase(phase: string): Words["style"] {
  if (phase === "Recovered") return "green";
  return phase === "Paged" || phase === "Held" ? "yellow" : phase === "Failed" ? "red" : "blue";
}

function tag(image: string): string {
  return image.split("/").at(-1)?.split(":").at(-1) ?? image;
}

/** Every image of the text by its tag alone: the registry is the same throughout a run. */
function withTags(text: string): string {
  return text.replace(/[\w.-]+(?:\/[\w.-]+)+:(?=[\w.-])/g, "");
}
