/** What a program needs that plays a scenario on nodes of its own, and tells it as the sandbox does. */
export { untilStopped } from "./cli/signals.ts";
export { columnsOf } from "./cli/terminal-width.ts";
export { type ClusterEvent, EVENT_KINDS } from "./events/cluster-event.ts";
export { EventLog } from "./events/event-log.ts";
export { jsonLinesReader } from "./events/json-lines.ts";
export { terminalReader } from "./events/terminal.ts";
export type { RunState } from "./recording/run-state.ts";
export { NAMESPACE } from "./scenario/base.ts";
export { objectsOf } from "./scenario/objects.ts";
export { runScenario } from "./scenario/run-scenario.ts";
export { type Scenario, ScenarioSchema } from "./scenario/schema.ts";
/** What stands for Sei's own controllers on a cluster. */
export { startSeiControllers } from "./sei/sei-controllers.ts";
