import { unitSuite } from "../../vitest.shared.ts";

export default unitSuite();
