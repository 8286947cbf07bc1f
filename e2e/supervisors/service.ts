import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { until } from "@upgrade-halt/testing";

/** How the node of a test ends: with an exit code, by SIGKILL, or not: then it is the mock node, which makes blocks. */
export type NodeEnd = 70 | 71 | 72 | 2 | "SIGKILL" | "never";

const MOCK_NODE = join(import.meta.dirname, "..", "..", "apps", "mock-node", "bin", "mock-node.js");

/** What a supervisor says of the node that it looks after. */
export interface Report {
  /** It will not start the node again by itself. */
  readonly isHeld: boolean;
  /** All that it remembers of the last end, in its own words. */
  readonly remembers: string;
  /** The same as it prints it, where `upgrade-halt classify` reads that. */
  readonly printed?: string;
}

/** A supervisor that runs, with the page's configuration around one node. */
export interface Supervisor {
  readonly report: () => Promise<Report>;
  /** Starts a held node again, by the kind's own command for that. */
  readonly resume: () => Promise<void>;
  /** The end of what it kept of the node's output since it started itself. */
  readonly log: () => Promise<string>;
  /** Ends the supervisor and all that it started. */
  readonly stop: () => Promise<void>;
}

/** A kind of supervisor, as the page names it. */
export interface SupervisorKind {
  readonly name: string;
  readonly version: () => Promise<string>;
  /** What holds a halt, in the words of the table. */
  readonly configuration: string;
  /** What of it `upgrade-halt classify --from` reads, as the page says it. */
  readonly read?: { readonly from: string; readonly what: string };
  /** The command that starts a held node again, as the page has it: `DIR` is the service's folder. */
  readonly resume: string;
  readonly start: (service: Service, files: ReadonlyMap<string, string>) => Promise<Supervisor>;
}

/** A folder with a program `seid` that counts its starts. */
export class Service implements AsyncDisposable {
  readonly folder: string;
  readonly command: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.command = join(folder, "bin", "seid");
  }

  /** One that ends as it is told. How a supervisor treats an end does not depend on which program ended. */
  static async create(end: NodeEnd): Promise<Service> {
    return await Service.of((service) => service.#ending(end));
  }

  /** One that does what the lines of a shell script say. */
  static async of(script: (service: Service) => string): Promise<Service> {
    const service = new Service(await mkdtemp(join(tmpdir(), "supervisor-")));
    const count = `echo started >> '${service.folder}/starts'`;
    await service.write("bin/seid", `#!/bin/sh\n${count}\n${script(service)}\n`, 0o755);
    return service;
  }

  #ending(end: NodeEnd): string {
    if (end === "SIGKILL") return "kill -KILL $$";
    if (end !== "never") return `exit ${end}`;
    const flags = `--home '${this.folder}/node' --rpc.laddr tcp://127.0.0.1:0 --port-file '${this.folder}/port'`;
    return `exec '${process.execPath}' '${MOCK_NODE}' start ${flags} --block-time 100ms`;
  }

  /** The RPC address of a node that never ends, once it serves. */
  async address(): Promise<string> {
    const read = () => readFile(join(this.folder, "port"), "utf8").catch(() => "");
    const port = await until("the node to serve", async () => (await read()).trim() || undefined, {
      within: 30_000,
    });
    return `http://127.0.0.1:${port}`;
  }

  async write(path: string, content: string, mode = 0o644): Promise<void> {
    const file = join(this.folder, path);
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(file, content);
    await chmod(file, mode);
  }

  async starts(): Promise<number> {
    const log = await readFile(join(this.folder, "starts"), "utf8").catch(() => "");
    return log.split("\n").length - 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const run = promisify(execFile);

/** What a command prints, standard error included; a non-zero end is no error. */
export async function outputOf(file: string, args: readonly string[], env = process.env): Promise<string> {
  const { stdout, stderr } = await run(file, [...args], { env }).catch(
    (error: { stdout?: string; stderr?: string }) => {
      if (error.stdout === undefined) throw error;
      return { stdout: error.stdout, stderr: error.stderr ?? "" };
    },
  );
  return (stdout + stderr).trim();
}

/** Waits until the supervisor holds the node. */
export async function untilHeld(supervisor: Supervisor, within = 30_000): Promise<Report> {
  let last: Report | undefined;
  return await until(
    "the supervisor to hold the node",
    async () => {
      last = await supervisor.report();
      return last.isHeld ? last : undefined;
    },
    { within, explain: async () => `${JSON.stringify(last)}\n${(await supervisor.log()).slice(-4_000)}` },
  );
}

/** Runs a kind's command that starts a held node again, in the service's folder. */
export async function resumeIn(
  { folder }: Service,
  { resume }: Pick<SupervisorKind, "resume">,
  env = process.env,
): Promise<void> {
  await run("sh", ["-c", resume.replace("DIR", folder)], { cwd: folder, env });
}

/** A `run` script as runit, s6 and daemontools take it. */
export function runScript({ command }: Service): string {
  return `#!/bin/sh\nexec ${command} start\n`;
}

/** The upstream part of a Debian package's version. */
export async function debianVersion(name: string): Promise<string> {
  const [, version = ""] = (await outputOf("dpkg-query", ["--show", name])).split("\t");
  return version.replace(/^\d+:/, "").replace(/-[^-]*$/, "");
}
