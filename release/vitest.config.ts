import { unitSuite } from "../vitest.shared.ts";

/** Some of these make repositories of their own, with git. */
export default unitSuite({ testTimeout: 60_000, hookTimeout: 60_000 });
