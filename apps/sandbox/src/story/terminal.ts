import { styleText } from "node:util";
import type { Outcome, StoryEvent, StoryReader } from "./story-event.ts";

type Style = Parameters<typeof styleText>[0];

/** Tells the story in lines for a person: when, where, what, how long after the halt; a table at the end. */
export function terminalReader(write: (text: string) => void, startedAt = Date.now()): StoryReader {
  const outcomes: Outcome[] = [];
  return (event) => {
    if (event.kind === "outcome") {
      outcomes.push(event);
      return;
    }
    if (event.kind === "expectation" && outcomes.length > 0) {
      write(`\n${table(outcomes.splice(0))}\n`);
    }
    write(`${line(event, startedAt)}\n`);
  };
}

function line(event: Exclude<StoryEvent, Outcome>, startedAt: number): string {
  if (event.kind === "expectation") {
    const mark = event.held ? styleText("green", "held  ") : styleText("red", "BROKEN");
    return `${mark} ${event.text}${event.held ? "" : ` (found: ${event.found})`}`;
  }
  const seconds = ((Date.parse(event.at) - startedAt) / 1000).toFixed(2).padStart(6);
  const where = ("node" in event ? event.node : "").padEnd(6);
  const since = "sinceHaltMs" in event && event.sinceHaltMs !== undefined ? `+${event.sinceHaltMs} ms` : "";
  const { text, style } = describe(event);
  return `${styleText("dim", `${seconds}s`)}  ${where}  ${since.padStart(10)}  ${styleText(style, text)}`;
}

type Told = Exclude<StoryEvent, Outcome | { readonly kind: "expectation" }>;

function describe(event: Told): { readonly text: string; readonly style: Style } {
  switch (event.kind) {
    case "cluster-ready":
      return { text: `cluster ready at ${event.server}`, style: "dim" };
    case "applied":
      return { text: `applied ${event.what} (${event.objects} objects)`, style: "dim" };
    case "controller-started":
      return { text: `controller started (pid ${event.pid})`, style: "dim" };
    case "controller-ended":
      return { text: `controller ended (pid ${event.pid}, ${event.exit})`, style: "yellow" };
    case "operator-did":
      return { text: `operator: ${event.what}`, style: "magenta" };
    case "node-started":
      return {
        text: `${event.restartCount > 0 ? "restarted" : "started"} on ${tag(event.image)}`,
        style: "reset",
      };
    case "node-ready":
      return { text: `ready on ${tag(event.image)}`, style: "green" };
    case "node-ended":
      return { text: `ended with exit code ${event.exitCode}: ${event.lastLine}`, style: "red" };
    case "image-changed":
      return { text: `image ${tag(event.from)} -> ${tag(event.to)}`, style: "cyan" };
    case "halt-step":
      return { text: `${event.phase}: ${event.message}`, style: styleOfPhase(event.phase) };
    case "paged":
      return { text: `page: ${event.summary}`, style: "yellow" };
  }
}

function styleOfPhase(phase: string): Style {
  if (phase === "Recovered") return "green";
  return phase === "Paged" || phase === "Held" ? "yellow" : phase === "Failed" ? "red" : "blue";
}

function tag(image: string): string {
  return image.split("/").at(-1)?.split(":").at(-1) ?? image;
}

const HEADINGS = ["NODE", "REASON", "PLAN", "VERDICT", "ACTION", "END", "HALT->SWAP", "HALT->END"] as const;

function table(outcomes: readonly Outcome[]): string {
  const milliseconds = (value: number | null): string => (value === null ? "-" : `${value} ms`);
  const rows = outcomes.map((one) => [
    one.node,
    one.reason,
    one.plan || "-",
    one.verdict,
    one.action,
    one.end,
    milliseconds(one.haltToSwapMs),
    milliseconds(one.haltToEndMs),
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const print = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [styleText("bold", print(HEADINGS)), ...rows.map(print)].join("\n");
}
