import { suite } from "../../vitest.shared.ts";

/** Many tests run processes of their own, which takes its time on a machine under load. */
export default suite("unit", { testTimeout: 60_000 });
