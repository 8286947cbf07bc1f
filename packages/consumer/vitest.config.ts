import { unitSuite } from "../../vitest.shared.ts";

/** The most tests of all packages, and most wait for programs. */
export default unitSuite({ maxWorkers: "100%" });
