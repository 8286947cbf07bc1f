import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Program, startProgram, until } from "@upgrade-halt/testing";
import { cosmovisorPath } from "./program.ts";

const MOCK_NODE = join(import.meta.dirname, "..", "..", "apps", "mock-node", "bin", "mock-node.js");
const PLANS = [
  { name: "v6.6", height: 3, info: "" },
  { name: "v6.7", height: 1_000_000, info: "" },
];

export interface Layout {
  /** The release in `cosmovisor/genesis/bin`. */
  readonly genesis: string;
  /** The releases in `cosmovisor/upgrades/NAME/bin`. */
  readonly upgrades?: readonly string[];
  /** More flags of the node. */
  readonly flags?: readonly string[];
  /** What the command `pre-upgrade` of the upgrades' releases ends with. They have none unless said. */
  readonly preUpgrade?: number;
  /** A script in the place of each binary, which then is `seid-real` beside it. */
  readonly wrapper?: string;
}

/** A home folder as cosmovisor wants it, whose binaries are mock nodes. */
export class SupervisedNode implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "upgrade-halt-cosmovisor-"));
  readonly home = join(this.#folder, "home");
  readonly #supervisors: Program[] = [];

  constructor() {
    mkdirSync(join(this.home, "data"), { recursive: true });
    writeFileSync(join(this.#folder, "plans.json"), JSON.stringify(PLANS));
  }

  /** Starts cosmovisor with this layout, or another supervisor that has the command line of one after its own. */
  async start(
    { genesis, upgrades = [], flags = [], preUpgrade, wrapper }: Layout,
    around: readonly string[] = [],
  ): Promise<Program> {
    this.#install(join("genesis", "bin"), genesis, { wrapper });
    for (const name of upgrades) this.#install(join("upgrades", name, "bin"), name, { preUpgrade, wrapper });
    const node = ["start", "--home", this.home, "--plans", join(this.#folder, "plans.json"), ...flags];
    const rpc = ["--rpc.laddr", "tcp://127.0.0.1:0", "--port-file", this.#portFile, "--block-time", "50ms"];
    const [file = "", ...args] = [...around, cosmovisorPath(), "run", ...node, ...rpc];
    const settings = {
      PATH: `${this.#folder}:${process.env.PATH}`,
      DAEMON_HOME: this.home,
      DAEMON_NAME: "seid",
      UNSAFE_SKIP_BACKUP: "true",
      NO_COLOR: "1",
    };
    const supervisor = await startProgram("cosmovisor", file, args, { env: { ...process.env, ...settings } });
    this.#supervisors.push(supervisor);
    return supervisor;
  }

  /** The node's RPC address, once it serves. */
  address(): string {
    return `http://127.0.0.1:${readFileSync(this.#portFile, "utf8").trim()}`;
  }

  /** How often cosmovisor ran `pre-upgrade`. */
  get preUpgrades(): number {
    return this.lines("pre-upgrades").length;
  }

  /** The name of the plan in `upgrade-info.json`. */
  get planOnDisk(): string {
    return JSON.parse(readFileSync(join(this.home, "data", "upgrade-info.json"), "utf8")).name;
  }

  /** Writes a file beside the home, and gives its path. What may be run there is found on the PATH. */
  write(name: string, content: string, mode = 0o644): string {
    const file = join(this.#folder, name);
    writeFileSync(file, content, { mode });
    return file;
  }

  /** The lines that programs wrote to a file beside the home. */
  lines(name: string): readonly string[] {
    const file = join(this.#folder, name);
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }

  /** How often a node's binary was run, for whatever it was asked. */
  get runs(): number {
    return this.lines("pids").length;
  }

  /** The node's height, or `undefined` while it doesn't serve. */
  async height(): Promise<number | undefined> {
    const status = await (await fetch(`${this.address()}/status`)).json();
    return Number((status as { sync_info: { latest_block_height: string } }).sync_info.latest_block_height);
  }

  /**
   * Stops a supervisor and every node that it started: one that is told to stop while it changes binaries leaves the new
   * one running.
   */
  async stop(supervisor: Program): Promise<void> {
    let gone = false;
    void supervisor.ended.then(() => {
      gone = true;
    });
    supervisor.signal("SIGTERM");
    await until("cosmovisor and its nodes to be gone", () => gone || this.#endNodes());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#supervisors.map((supervisor) => this.stop(supervisor)));
    rmSync(this.#folder, { recursive: true });
  }

  /** Tells every node that ever started to end. */
  #endNodes(): false {
    for (const pid of this.lines("pids")) {
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch {
        // It is gone already.
      }
    }
    return false;
  }

  get #portFile(): string {
    return join(this.#folder, "port");
  }

  #install(
    place: string,
    release: string,
    {
      preUpgrade,
      wrapper,
    }: { readonly preUpgrade?: number | undefined; readonly wrapper: string | undefined },
  ): void {
    const bin = join(this.home, "cosmovisor", place);
    mkdirSync(bin, { recursive: true });
    const asked = `[ "$1" = pre-upgrade ] && { echo asked >> ${join(this.#folder, "pre-upgrades")}; exit ${preUpgrade}; }`;
    // The release is baked in, as into a real binary. Of a node that makes no blocks, `status` says nothing, and at once: the longer
    // it takes, the more often cosmovisor misses a node's exit. A line for each process lets all of them be ended.
    const script = [
      "#!/bin/sh",
      preUpgrade === undefined ? "" : asked,
      `echo "release ${release} starts"`,
      `echo $$ >> ${join(this.#folder, "pids")}`,
      `[ "$1" = status ] && exit 1`,
      `exec ${process.execPath} ${MOCK_NODE} "$@" --image sei:${release}\n`,
    ].join("\n");
    writeFileSync(join(bin, wrapper === undefined ? "seid" : "seid-real"), script, { mode: 0o755 });
    if (wrapper !== undefined) writeFileSync(join(bin, "seid"), wrapper, { mode: 0o755 });
  }
}
