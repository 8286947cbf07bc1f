import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { freePort, type Program, startProgram } from "@upgrade-halt/testing";
import type { Testbed } from "../harness/testbed.ts";
import { newestPath } from "./newest/programs.ts";

/** What a program is called on the PATH (upstream's name, Debian's), and Debian's package of it. */
const PROGRAMS = {
  prometheus: { names: ["prometheus"], debian: "prometheus" },
  promtool: { names: ["promtool"], debian: "prometheus" },
  alertmanager: { names: ["alertmanager", "prometheus-alertmanager"], debian: "prometheus-alertmanager" },
  amtool: { names: ["amtool"], debian: "prometheus-alertmanager" },
} as const;
export type MonitoringProgram = keyof typeof PROGRAMS;

/** Whether the newest releases are run, which `newest/build.ts` builds, and not those of the PATH. */
export const RUNS_NEWEST = process.env.E2E_MONITORING === "newest";

export interface Server {
  /** Host and port. */
  readonly address: string;
  stop(): Promise<unknown>;
}

/** Starts a server until the testbed ends, on a free loopback port unless an address is given; resolves when it is ready. */
export async function startServer(
  testbed: Testbed,
  server: "prometheus" | "alertmanager",
  args: readonly string[],
  given?: string,
): Promise<Server> {
  const address = given ?? `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const program: Program = await startProgram(
    server,
    pathOf(server),
    [
      ...args,
      `--web.listen-address=${address}`,
      `--storage.${storageOf(server)}=${join(testbed.folder, server)}`,
    ],
    { ready: async () => (await fetch(`${url}/-/ready`)).ok },
  );
  testbed.cleanup.add(() => program.stop());
  return { address, stop: () => program.stop() };
}

function storageOf(server: "prometheus" | "alertmanager"): string {
  return server === "prometheus" ? "tsdb.path" : "path";
}

export function pathOf(program: MonitoringProgram): string {
  if (RUNS_NEWEST) return builtPath(program);
  const { names, debian } = PROGRAMS[program];
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
  if (found === undefined) throw new Error(`no ${program} is on the PATH: apt-get install ${debian}`);
  return found;
}

function builtPath(program: MonitoringProgram): string {
  const path = newestPath(program);
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`node e2e/monitoring/newest/build.ts\``);
  return path;
}
