import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CONTROLLER = "apps/mini-controller/package.json";
const CHART = "apps/mini-controller/deploy/chart/Chart.yaml";
/** Its own version, and that of the controller, which is the tag of the image. They are one. */
const VERSION = /^(version|appVersion): .*$/gm;

/** Gives the chart the version of the controller that it installs. Says whether that changed it. */
export function setChartVersion(root: string): boolean {
  const before = readFileSync(join(root, CHART), "utf8");
  const after = before.replace(VERSION, `$1: ${controllerVersion(root)}`);
  if (after !== before) writeFileSync(join(root, CHART), after);
  return after !== before;
}

/** What the chart says of versions that is not the controller's; none where there is no chart. */
export function otherChartVersions(root: string): readonly string[] {
  if (!existsSync(join(root, CHART))) return [];
  const lines = readFileSync(join(root, CHART), "utf8").match(VERSION) ?? [];
  return lines.filter((line) => !line.endsWith(`: ${controllerVersion(root)}`));
}

function controllerVersion(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, CONTROLLER), "utf8")) as {
    readonly version: string;
  };
  return version;
}
