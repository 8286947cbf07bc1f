import { suite } from "../vitest.shared.ts";

/** The story on the target that `E2E_TARGET` names: the embedded cluster unless said. */
export default suite("story", {
  include: [
    "{scenarios,faults,rbac}/**/*.test.ts",
    "{harness,invariants,comparison,bench}/**/!(comparison).test.ts",
    "*.test.ts",
  ],
  globalSetup: "harness/global-setup.ts",
  testTimeout: 240_000,
  hookTimeout: 120_000,
});
