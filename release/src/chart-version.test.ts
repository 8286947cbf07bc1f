import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { otherChartVersions, setChartVersion } from "./chart-version.ts";

const ROOT = join(import.meta.dirname, "../..");
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

test("the chart of this checkout has the version of its controller", () => {
  expect(otherChartVersions(ROOT)).toEqual([]);
});

test("a release gives the chart the controller's version, and nothing else of it changes", () => {
  const root = mkdtempSync(join(tmpdir(), "chart-version-"));
  folders.push(root);
  const folder = join(root, "apps/mini-controller/deploy/chart");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(root, "apps/mini-controller/package.json"), JSON.stringify({ version: "0.3.0-next.1" }));
  const chart = (version: string) =>
    `apiVersion: v2\nname: x\nversion: ${version}\n# The image.\nappVersion: ${version}\nkubeVersion: ">=1.30.0-0"\n`;
  writeFileSync(join(folder, "Chart.yaml"), chart("0.2.0"));

  expect(otherChartVersions(root)).toEqual(["version: 0.2.0", "appVersion: 0.2.0"]);
  expect(setChartVersion(root)).toBe(true);
  expect(readFileSync(join(folder, "Chart.yaml"), "utf8")).toBe(chart("0.3.0-next.1"));
  expect(otherChartVersions(root)).toEqual([]);
  expect(setChartVersion(root)).toBe(false);
});
