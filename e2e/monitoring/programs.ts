import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { freePort } from "@upgrade-halt/testing";
import { type Program, startProgram } from "../harness/program.ts";
import type { World } from "../harness/world.ts";

/** What one of the two servers is called on the PATH (upstream's name, Debian's), and Debian's package of it. */
const SERVERS = {
  prometheus: { names: ["prometheus"], debian: "prometheus" },
  alertmanager: { names: ["alertmanager", "prometheus-alertmanager"], debian: "prometheus-alertmanager" },
} as const;

export interface Server {
  /** Host and port. */
  readonly address: string;
  stop(): Promise<unknown>;
}

/** Starts a server until the world ends, on a free loopback port unless an address is given; resolves when it is ready. */
export async function startServer(
  world: World,
  server: keyof typeof SERVERS,
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
      `--storage.${storageOf(server)}=${join(world.folder, server)}`,
    ],
    { ready: async () => (await fetch(`${url}/-/ready`)).ok },
  );
  world.cleanup.add(() => program.stop());
  return { address, stop: () => program.stop() };
}

function storageOf(server: keyof typeof SERVERS): string {
  return server === "prometheus" ? "tsdb.path" : "path";
}

function pathOf(server: keyof typeof SERVERS): string {
  const { names, debian } = SERVERS[server];
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
  if (found === undefined) throw new Error(`no ${server} is on the PATH: apt-get install ${debian}`);
  return found;
}
