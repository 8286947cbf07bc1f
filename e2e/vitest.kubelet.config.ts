import { suite } from "../vitest.shared.ts";

/** A real kubelet over containerd in namespaces of its own, joined to a real control plane; skipped where it can't run. */
export default suite("kubelet", {
  include: ["kubelet/**/*.test.ts"],
  testTimeout: 180_000,
  hookTimeout: 120_000,
});
