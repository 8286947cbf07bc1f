import { unitSuite } from "../../vitest.shared.ts";

/** Many tests wait for a controller's own pauses. */
export default unitSuite({ maxWorkers: "100%" });
