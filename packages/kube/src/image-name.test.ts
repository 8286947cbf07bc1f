import { expect, it } from "vitest";
import { repositoryOf } from "./image-name.ts";

it.each([
  ["seid:v6.6", "seid"],
  ["ghcr.io:443/a/seid:v6.6", "ghcr.io:443/a/seid"],
  ["localhost:5000/seid", "localhost:5000/seid"],
  ["ghcr.io/a/seid:v6.6@sha256:00ff", "ghcr.io/a/seid"],
])("the repository of %s is %s", (image, repository) => {
  expect(repositoryOf(image)).toBe(repository);
});
