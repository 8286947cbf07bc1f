import { suite } from "../vitest.shared.ts";

/** The published packages as their users get them: from tarballs, in projects of their own. */
export default suite("packages", {
  include: ["packages/**/*.test.ts"],
  testTimeout: 180_000,
  hookTimeout: 180_000,
});
