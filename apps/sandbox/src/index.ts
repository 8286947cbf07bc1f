/** What a program needs that plays a scenario on nodes of its own, and tells it as the sandbox does. */
export { untilStopped } from "./cli/signals.ts";
export { columnsOf } from "./cli/terminal-width.ts";
export type { RunState } from "./recording/run-state.ts";
export { NAMESPACE } from "./scenario/base.ts";
export { objectsOf } from "./scenario/objects.ts";
export { runScenario } from "./scenario/run-scenario.ts";
export { type Scenario, ScenarioSchema } from "./scenario/schema.ts";
export { jsonLinesReader } from "./story/json-lines.ts";
export { Story } from "./story/story.ts";
export { EVENT_KINDS, type StoryEvent } from "./story/story-event.ts";
export { terminalReader } from "./story/terminal.ts";
