import { unitSuite } from "../vitest.shared.ts";

/** Some of these make repositories of their own, with git. */
export default unitSuite();
