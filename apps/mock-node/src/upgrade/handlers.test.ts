import { describe, expect, it } from "vitest";
import { handlersFor, imageTag, versionOf } from "./handlers.ts";

const plans = ["v6.6", "v6.7", "v6.8"].map((name) => ({ name, height: 1, info: "" }));
const handlersOf = (image: string, handlers?: readonly string[]) => [
  ...handlersFor({ image, handlers }, plans),
];

describe("handlers of a release", () => {
  it.each([
    ["v6.6", ["v6.6"]],
    ["v6.8", ["v6.6", "v6.7", "v6.8"]],
    ["ghcr.io/sei-protocol/sei:v6.7", ["v6.6", "v6.7"]],
    ["v6.5", []],
    ["", []],
  ])("%s: its own plan's and those before it", (image, handlers) => {
    expect(handlersOf(image)).toEqual(handlers);
  });

  it("are the given ones, if any are given, even none", () => {
    expect(handlersOf("v6.8", ["x"])).toEqual(["x"]);
    expect(handlersOf("v6.8", [])).toEqual([]);
  });
});

describe("an image's tag", () => {
  it.each([
    ["v6.6", "v6.6"],
    ["sei:v6.6", "v6.6"],
    ["localhost:5000/sei:v6.6", "v6.6"],
    ["localhost:5000/sei", undefined],
    ["sei:v6.6@sha256:abc", "v6.6"],
    ["registry/sei@sha256:abc", undefined],
  ])("of %s is %s", (image, tag) => {
    expect(imageTag(image)).toBe(tag);
    expect(versionOf(image)).toBe(tag ?? image);
  });
});
