import { unitSuite } from "../../vitest.shared.ts";

/** Many tests run processes of their own, which takes its time on a machine under load. */
export default unitSuite({ testTimeout: 60_000 });
