import { suite } from "../vitest.shared.ts";

/** The documented unit on a real systemd that boots in namespaces of its own; skipped where the kernel forbids that. */
export default suite("systemd", {
  include: ["systemd/**/*.test.ts"],
  testTimeout: 120_000,
  hookTimeout: 120_000,
});
