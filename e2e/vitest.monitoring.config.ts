import { suite } from "../vitest.shared.ts";

/** A real Prometheus and a real Alertmanager with what is shipped for them, beside the controller that they watch. */
export default suite("monitoring", {
  include: ["monitoring/**/*.test.ts"],
  globalSetup: "harness/global-setup.ts",
  testTimeout: 180_000,
  hookTimeout: 120_000,
  // The controllers of a cluster elect one leader.
  fileParallelism: false,
});
