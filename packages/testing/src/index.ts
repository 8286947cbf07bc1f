export { freePort } from "./free-port.ts";
export { growthBetween, type SizedCost } from "./growth.ts";
export { commandsIn, filesIn } from "./guide.ts";
export { type Delivery, type Page, PageReceiver } from "./page-receiver.ts";
export { runSeeded } from "./run-seeded.ts";
export { seededRandom } from "./seeded-random.ts";
export type { SeededRun } from "./seeded-run-options.ts";
export { TestServer } from "./test-server.ts";
export { until, type WaitOptions } from "./until.ts";
