export type { Campaign } from "./campaign-options.ts";
export { freePort } from "./free-port.ts";
export { commandsIn, filesIn } from "./guide.ts";
export { playCampaign } from "./play-campaign.ts";
export { seededRandom } from "./seeded-random.ts";
export { TestServer } from "./test-server.ts";
export { until, type WaitOptions } from "./until.ts";
