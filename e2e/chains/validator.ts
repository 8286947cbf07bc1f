import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type End, type Program, startProgram, until } from "@upgrade-halt/testing";
import { processesMentioning } from "../harness/leftovers.ts";

/** How a validator's node is started. */
export interface Release {
  /** The plans that it can apply. */
  readonly handlers?: readonly string[];
  /** More flags of `start`. */
  readonly flags?: readonly string[];
  /** The command line of a supervisor, from the node's own. */
  readonly supervised?: (command: readonly string[]) => readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** A node that was started, and how it ended once it has. Times in ms since the epoch. */
export interface StartedNode {
  readonly program: Program;
  readonly release: Release;
  readonly startedAt: number;
  end: (End & { readonly at: number }) | undefined;
}

/** `upgrade-info.json` as it lies in a home folder. */
export interface UpgradeInfoFile {
  readonly text: string;
  /** Its permissions in octal digits. */
  readonly mode: string;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** What a validator has signed last, as its `priv_validator_state.json` has it. */
export interface SignedLast {
  readonly height: number;
  readonly round: number;
  /** 1 proposal, 2 prevote, 3 precommit. */
  readonly step: number;
  /** What was signed, in hexadecimal. */
  readonly signbytes?: string;
}

/** The process id of the node that runs in a home folder, whatever started it. */
export function nodeOf(home: string): number {
  const node = processesMentioning(home).find(({ command }) => /^\S+ start /.test(command));
  if (node === undefined) throw new Error(`no node runs in ${home}`);
  return node.pid;
}

/** One validator of a network: a home folder, an address of its own, and at most one node. */
export class Validator {
  readonly name: string;
  readonly home: string;
  readonly program: string;
  readonly address: string;
  /** Where its node serves RPC, as its configuration has it. */
  rpc: string;
  #started: StartedNode | undefined;

  constructor(name: string, home: string, program: string, address: string) {
    this.name = name;
    this.home = home;
    this.program = program;
    this.address = address;
    this.rpc = `http://${address}:26657`;
  }

  /** The node that was started last. */
  get started(): StartedNode {
    if (this.#started === undefined) throw new Error(`${this.name} was never started`);
    return this.#started;
  }

  get node(): Program {
    return this.started.program;
  }

  /** The command line that starts its node. */
  commandLine(flags: readonly string[] = []): readonly string[] {
    return [this.program, "start", "--home", this.home, ...flags];
  }

  async start(release: Release = {}): Promise<Program> {
    const { handlers = [], flags, supervised = (command) => command, env } = release;
    const [file = "", ...args] = supervised(this.commandLine(flags));
    const startedAt = Date.now();
    const program = await startProgram(this.name, file, args, {
      env: { ...process.env, ...env, UPGRADE_HANDLERS: handlers.join(",") },
    });
    const started: StartedNode = { program, release, startedAt, end: undefined };
    void program.ended.then((how) => {
      started.end = { ...how, at: Date.now() };
    });
    this.#started = started;
    return program;
  }

  async stop(): Promise<void> {
    await this.#started?.program.stop();
  }

  /** The body of a route of the node's RPC, as text. */
  async get(route: string): Promise<string> {
    return (await fetch(`${this.rpc}/${route}`, { signal: AbortSignal.timeout(5_000) })).text();
  }

  /** `latest_block_height` on `/status`, or `undefined` while the node doesn't serve. */
  async height(): Promise<number | undefined> {
    const body = await this.get("status").catch(() => "");
    const height = /"latest_block_height":\s*"(\d+)"/.exec(body)?.[1];
    return height === undefined ? undefined : Number(height);
  }

  /** The node's height, as soon as it serves. */
  serves(): Promise<number> {
    return until(`${this.name} to serve`, () => this.height(), {
      explain: () => this.node.output().slice(-4_000),
    });
  }

  async passes(height: number, within = 60_000): Promise<void> {
    await until(`${this.name} to pass ${height}`, async () => ((await this.height()) ?? 0) > height, {
      within,
      explain: () => this.node.output().slice(-4_000),
    });
  }

  /** Waits until it makes blocks with the others: a node that is stopped while it still fetches theirs may panic. */
  async catchesUp(): Promise<void> {
    await until(
      `${this.name} to catch up`,
      async () => /"catching_up":\s*false/.test(await this.get("status").catch(() => "")),
      { explain: () => this.node.output().slice(-4_000) },
    );
  }

  /** Waits until its application has applied the block of this height. */
  async applies(height: number, within = 60_000): Promise<void> {
    await until(
      `${this.name} to apply ${height}`,
      async () => {
        const body = await this.get("abci_info").catch(() => "");
        return Number(/"last_block_height":\s*"(\d+)"/.exec(body)?.[1] ?? 0) >= height;
      },
      { within, explain: () => this.node.output().slice(-4_000) },
    );
  }

  async says(text: string, within = 60_000): Promise<void> {
    await until(`${this.name} to say ${text}`, () => this.node.output().includes(text), {
      within,
      explain: () => this.node.output().slice(-4_000),
    });
  }

  /** Waits until its consensus has failed, after which it lives on; a node that still fetches blocks then ends. */
  async fails(within = 60_000): Promise<void> {
    await until(
      `${this.name} to fail`,
      () => this.started.end !== undefined || this.node.output().includes("CONSENSUS FAILURE"),
      { within, explain: () => this.node.output().slice(-4_000) },
    );
  }

  /** `upgrade-info.json` with its permissions, or `undefined` where there is none. */
  upgradeInfo(): UpgradeInfoFile | undefined {
    const path = join(this.home, "data", "upgrade-info.json");
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    const mode = (stats.mode & 0o777).toString(8).padStart(4, "0");
    return { text: readFileSync(path, "utf8"), mode, modifiedAt: Math.floor(stats.mtimeMs) };
  }

  signedLast(): SignedLast {
    const state = JSON.parse(readFileSync(this.#statePath, "utf8"));
    return { ...state, height: Number(state.height) };
  }

  /** Gets the data that another folder of it has, but for what it signed: that must stay. Its node must be stopped. */
  restoreFrom({ home }: Validator): void {
    const signed = readFileSync(this.#statePath);
    const data = join(this.home, "data");
    rmSync(data, { recursive: true });
    cpSync(join(home, "data"), data, { recursive: true });
    writeFileSync(this.#statePath, signed);
  }

  get #statePath(): string {
    return join(this.home, "data", "priv_validator_state.json");
  }
}
