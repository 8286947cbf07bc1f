import { unitSuite } from "../../vitest.shared.ts";

/** An episode is some seconds of pure computing. */
export default unitSuite({ testTimeout: 120_000 });
