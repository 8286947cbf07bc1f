import { suite } from "../vitest.shared.ts";

/** Some of these make repositories of their own, with git. */
export default suite("unit", { testTimeout: 60_000, hookTimeout: 60_000 });
