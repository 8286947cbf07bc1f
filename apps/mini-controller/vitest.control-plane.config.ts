import { suite } from "../../vitest.shared.ts";

export default suite("control-plane", {
  include: ["test/**/*.test.ts"],
  testTimeout: 60_000,
  hookTimeout: 60_000,
});
