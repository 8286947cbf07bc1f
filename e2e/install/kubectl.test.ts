import { expect, test } from "vitest";
import { kubectl } from "./kubectl.ts";

test("a kubectl that ends without reading its input has ended, and nothing else is thrown", async () => {
  const input = "x".repeat(1 << 20);
  const { code, stdout } = await kubectl("/nonexistent", ["version", "--client"], { input });
  expect(stdout).toContain("Client Version");
  expect(code).toBe(0);
});
