import { expect, test } from "vitest";
import type { RanImage } from "../api/node-record.ts";
import { haltWith, NEW, OLD, policyWith } from "../testing/observations.ts";
import { previousImage } from "./previous-image.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const ran = (image: string, height: number): RanImage => ({
  image,
  imageID: `docker-pullable://mirror/seid@${DIGEST}`,
  height,
  at: "2026-08-21T17:00:00Z",
});
const halt = haltWith({ reason: "binary_too_new", image: NEW, height: undefined });
const policy = policyWith({ upgrades: [] }).spec;
const look = (images: readonly RanImage[], more: Partial<Parameters<typeof previousImage>[0]> = {}) =>
  previousImage({ halt, record: { height: 500, images: [...images] }, journals: [], policy, ...more });

test("goes back to the image that the node was seen to run last, by digest", () => {
  expect(look([ran(OLD, 500), ran("registry/seid:v6.5", 20)])).toBe(`${OLD}@${DIGEST}`);
  const byDigest = `registry/seid@${DIGEST}`;
  expect(look([{ ...ran(byDigest, 500), imageID: "" }])).toBe(byDigest);
});

test("goes nowhere where nothing was seen to run, or no digest is known", () => {
  expect(look([])).toBeUndefined();
  expect(look([ran(NEW, 500)])).toBeUndefined();
  expect(look([{ ...ran(OLD, 500), imageID: `sha256:${"b".repeat(64)}` }])).toBeUndefined();
});

test("goes to no older image than the last, where that halted itself", () => {
  const journals = [haltWith({ image: OLD }, { phase: "Recovered", steps: [] })];
  expect(look([ran(OLD, 500), ran("registry/seid:v6.5", 20)], { journals })).toBeUndefined();
});

test("goes to no image that ran before a plan was applied", () => {
  const upgrades = [{ planName: "v6.7", height: 450, image: NEW }];
  const listed = policyWith({ upgrades }).spec;
  expect(look([ran(OLD, 400)], { policy: listed })).toBeUndefined();
  expect(look([ran(OLD, 460)], { policy: listed })).toBe(`${OLD}@${DIGEST}`);
  const done = haltWith(
    { image: "registry/seid:v6.4" },
    { phase: "Recovered", action: "SwapImage", toImage: NEW, steps: [] },
  );
  expect(look([ran(OLD, 20)], { journals: [done] })).toBeUndefined();
});
