import { suite } from "../vitest.shared.ts";

/** The same scenarios on a real control plane, and what the embedded one answers differently. */
export default suite("control-plane", {
  include: ["{scenarios,faults,rbac,install,control-plane,comparison}/**/*.test.ts"],
  globalSetup: "harness/global-setup.ts",
  testTimeout: 240_000,
  hookTimeout: 120_000,
});
