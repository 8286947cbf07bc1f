import { suite } from "../vitest.shared.ts";

/** Real supervisors with the configurations of docs/supervisors.md. `supervisors/build.ts` installs two of them first. */
export default suite("supervisors", {
  include: ["supervisors/**/*.test.ts"],
  sequence: { concurrent: true },
  testTimeout: 60_000,
  hookTimeout: 60_000,
});
