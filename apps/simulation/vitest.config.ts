import { suite } from "../../vitest.shared.ts";

/** An episode is some seconds of pure computing. */
export default suite("unit", { testTimeout: 120_000 });
