import { suite } from "../vitest.shared.ts";

/** A real cosmovisor around the mock node. `cosmovisor/build.ts` builds it first. */
export default suite("cosmovisor", {
  include: ["cosmovisor/**/*.test.ts"],
  testTimeout: 60_000,
  hookTimeout: 60_000,
});
