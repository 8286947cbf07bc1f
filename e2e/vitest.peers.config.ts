import { suite } from "../vitest.shared.ts";

/** Real clients against the mock node, and a real node against the consumer. */
export default suite("peers", { include: ["peers/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 });
