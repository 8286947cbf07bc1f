import { unitSuite } from "../../vitest.shared.ts";

/** An episode is some seconds of pure computing, which are minutes where others compute beside it. */
export default unitSuite({ testTimeout: 300_000 });
