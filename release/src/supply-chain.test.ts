import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { publishedPackages } from "./packages.ts";

const ROOT = dirname(dirname(import.meta.dirname));
const SCOPE = "@upgrade-halt/";

describe("the lockfile", () => {
  const text = readFileSync(join(ROOT, "pnpm-lock.yaml"), "utf8");
  const { packages } = parse(text) as {
    readonly packages: Readonly<Record<string, { readonly resolution: { readonly integrity?: string } }>>;
  };

  test("names no host: who installs has a registry of their own", () => {
    expect(text.match(/https?:\/\/[^\s"',}]+/g) ?? []).toEqual([]);
  });

  test("has the integrity of everything that is installed", () => {
    const without = Object.entries(packages)
      .filter(([, { resolution }]) => !/^sha512-[\w+/]{86}==$/.test(resolution.integrity ?? ""))
      .map(([name]) => name);
    expect(Object.keys(packages).length).toBeGreaterThan(200);
    expect(without).toEqual([]);
  });
});

describe("what a published package brings along", () => {
  const reasons: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(
    readFileSync(join(ROOT, "release", "dependencies.json"), "utf8"),
  );
  const packages = publishedPackages(ROOT);
  const outside = (name: string) =>
    Object.keys(packages.find(({ manifest }) => manifest.name === name)?.manifest.dependencies ?? {}).filter(
      (one) => !one.startsWith(SCOPE),
    );

  test.each(packages.map(({ manifest }) => manifest.name))(
    "%s: at most two from outside of this workspace",
    (name) => {
      expect(outside(name).length).toBeLessThanOrEqual(2);
    },
  );

  test("has a written reason, and no reason is left of what went away", () => {
    const given = Object.fromEntries(
      Object.entries(reasons).map(([name, one]) => [name, Object.keys(one).toSorted()]),
    );
    expect(given).toEqual(
      Object.fromEntries(packages.map(({ manifest }) => [manifest.name, outside(manifest.name).toSorted()])),
    );
    const words = Object.values(reasons).flatMap((one) =>
      Object.values(one).map((reason) => reason.split(" ").length),
    );
    expect(Math.min(...words)).toBeGreaterThan(5);
  });
});
