import { suite } from "../vitest.shared.ts";

/** Real chains of four validators that vote for an upgrade. `chains/build.ts` builds their nodes first. */
export default suite("chains", {
  include: ["chains/**/*.test.ts"],
  testTimeout: 120_000,
  hookTimeout: 180_000,
});
