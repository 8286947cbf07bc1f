import { suite } from "../vitest.shared.ts";

/** A real Docker Engine in namespaces of its own, with a real `docker compose`; skipped where it can't run. */
export default suite("docker", {
  include: ["docker/**/*.test.ts"],
  testTimeout: 120_000,
  hookTimeout: 120_000,
});
