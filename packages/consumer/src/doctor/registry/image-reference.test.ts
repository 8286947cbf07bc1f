import { expect, test } from "vitest";
import { parseImage } from "./image-reference.ts";

const DIGEST = `sha256:${"0".repeat(64)}`;

test.each([
  ["seid", "https://registry-1.docker.io", "library/seid", "latest"],
  ["sei:v6.7", "https://registry-1.docker.io", "library/sei", "v6.7"],
  ["acme/sei:v6.7", "https://registry-1.docker.io", "acme/sei", "v6.7"],
  ["docker.io/acme/sei:v6.7", "https://registry-1.docker.io", "acme/sei", "v6.7"],
  ["ghcr.io/sei-protocol/sei:v6.3.0", "https://ghcr.io", "sei-protocol/sei", "v6.3.0"],
  [`ghcr.io/sei-protocol/sei@${DIGEST}`, "https://ghcr.io", "sei-protocol/sei", DIGEST],
  [`ghcr.io/sei-protocol/sei:v6.3.0@${DIGEST}`, "https://ghcr.io", "sei-protocol/sei", DIGEST],
  ["registry.example.org:5000/sei", "https://registry.example.org:5000", "sei", "latest"],
  ["localhost/sei:v1", "http://localhost", "sei", "v1"],
  ["127.0.0.1:5000/a/b_c/d-e:V1", "http://127.0.0.1:5000", "a/b_c/d-e", "V1"],
  ["[::1]:5000/sei", "http://[::1]:5000", "sei", "latest"],
])("%s is asked for at %s", (image, registry, repository, reference) => {
  expect(parseImage(image)).toEqual({ registry: new URL(registry), repository, reference });
});

test.each([
  "",
  "/",
  "sei:",
  "sei@",
  "Sei",
  "ghcr.io/",
  "ghcr.io/../sei",
  "ghcr.io/sei?x=1",
  "ghcr.io/sei:v 1",
  "ghcr.io/sei@sha256:12",
  "user@ghcr.io/sei",
  "https://ghcr.io/sei",
])("%j is no name of an image", (image) => {
  expect(parseImage(image)).toBeUndefined();
});
