import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { type Program, startProgram } from "../harness/program.ts";
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
}

/** A home folder as cosmovisor wants it, whose binaries are mock nodes. */
export class SupervisedNode implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "upgrade-halt-cosmovisor-"));
  readonly #home = join(this.#folder, "home");
  readonly #supervisors: Program[] = [];

  constructor() {
    mkdirSync(join(this.#home, "data"), { recursive: true });
    writeFileSync(join(this.#folder, "plans.json"), JSON.stringify(PLANS));
  }

  /** Starts cosmovisor with this layout, or another supervisor that has the command line of one after its own. */
  async start(
    { genesis, upgrades = [], flags = [], preUpgrade }: Layout,
    around: readonly string[] = [],
  ): Promise<Program> {
    this.#install(join("genesis", "bin"), genesis);
    for (const name of upgrades) this.#install(join("upgrades", name, "bin"), name, preUpgrade);
    const node = ["start", "--home", this.#home, "--plans", join(this.#folder, "plans.json"), ...flags];
    const rpc = ["--rpc.laddr", "tcp://127.0.0.1:0", "--port-file", this.#portFile, "--block-time", "50ms"];
    const [file = "", ...args] = [...around, cosmovisorPath(), "run", ...node, ...rpc];
    const settings = {
      DAEMON_HOME: this.#home,
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
    const file = this.#preUpgradeFile;
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").length : 0;
  }

  /** Writes a file beside the home, and gives its path. */
  write(name: string, content: string): string {
    const file = join(this.#folder, name);
    writeFileSync(file, content);
    return file;
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
    const pids = existsSync(this.#pidFile) ? readFileSync(this.#pidFile, "utf8").trim().split("\n") : [];
    for (const pid of pids) {
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch {
        // It is gone already.
      }
    }
    return false;
  }

  get #pidFile(): string {
    return join(this.#folder, "pids");
  }

  get #preUpgradeFile(): string {
    return join(this.#folder, "pre-upgrades");
  }

  get #portFile(): string {
    return join(this.#folder, "port");
  }

  #install(place: string, release: string, preUpgrade?: number): void {
    const bin = join(this.#home, "cosmovisor", place);
    mkdirSync(bin, { recursive: true });
    const asked = `[ "$1" = pre-upgrade ] && { echo asked >> ${this.#preUpgradeFile}; exit ${preUpgrade}; }\n`;
    // As the image's release is baked into a real binary. The end of each process is told in the log.
    const script = `#!/bin/sh\n${preUpgrade === undefined ? "" : asked}echo "release ${release} starts"\necho $$ >> ${this.#pidFile}\nexec ${process.execPath} ${MOCK_NODE} "$@" --image sei:${release}\n`;
    writeFileSync(join(bin, "seid"), script);
    chmodSync(join(bin, "seid"), 0o755);
  }
}
