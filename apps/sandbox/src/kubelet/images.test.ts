import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { findImage } from "./images.ts";

it("finds a mock node by tag and by digest, with the version baked in", () => {
  const digest = createHash("sha256").update("upgrade-halt.dev/mock-node:v6.7").digest("hex");
  for (const reference of [
    "upgrade-halt.dev/mock-node:v6.7",
    `upgrade-halt.dev/mock-node@sha256:${digest}`,
  ]) {
    const image = findImage(reference);
    expect(image?.env).toEqual({ MOCK_NODE_IMAGE: "v6.7" });
    expect(image?.imageId).toBe(`upgrade-halt.dev/mock-node@sha256:${digest}`);
  }
});

it.each([
  "upgrade-halt.dev/mock-node:v0.1",
  "upgrade-halt.dev/mock-node",
  `upgrade-halt.dev/mock-node@sha256:${"0".repeat(64)}`,
  "example.com/mock-node:v6.7",
  "",
])("has no image %j", (reference) => {
  expect(findImage(reference)).toBeUndefined();
});
