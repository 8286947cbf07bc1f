import { unitSuite } from "../../vitest.shared.ts";

/** Most tests run nodes, some five in a row, and a start takes seconds on a machine under load. */
export default unitSuite();
