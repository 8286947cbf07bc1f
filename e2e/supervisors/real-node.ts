import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { filesIn, until } from "@upgrade-halt/testing";
import { OLD, type PlannedChain } from "../chains/halting-chain.ts";
import { installRelease, pidsOf } from "../chains/installed-releases.ts";
import type { Network } from "../chains/network.ts";
import { writePolicy } from "../chains/supervisors.ts";
import type { Release } from "../chains/validator.ts";
import { processesMentioning } from "../harness/leftovers.ts";
import { binOf } from "../harness/programs.ts";
import { Service, type Supervisor, type SupervisorKind, untilHeld } from "./service.ts";
import { PAGE } from "./table.ts";

/** How long a node stands before `exec --announce` believes that it does, in ms. */
const STANDSTILL_MS = 2_000;
/** How long a machine that does much else may take for one step, in ms. */
const WITHIN_MS = 90_000;
const UPGRADE_HALT = `${process.execPath} ${binOf("upgrade-halt")}`;
const files = filesIn(PAGE.read());

/** What starts a node, from the page's script and the path of the node's program there. */
export type StartScript = (script: string, program: string) => string;

/** The node of a copy of such a chain under a supervisor, as the page has it: its configuration, and its script before the node. */
export class RealNode implements AsyncDisposable {
  readonly service: Service;
  readonly #kind: SupervisorKind;
  readonly #network: Network;
  #supervisor: Supervisor | undefined;

  private constructor(kind: SupervisorKind, network: Network, service: Service) {
    this.#kind = kind;
    this.#network = network;
    this.service = service;
  }

  /** Starts the old release, by the page's script unless said. */
  static async start(
    kind: SupervisorKind,
    { network, plan }: PlannedChain,
    startScript: StartScript = (script) => script,
  ): Promise<RealNode> {
    await using unfinished = new AsyncDisposableStack();
    const copy = unfinished.use(await network.copy());
    const policy = writePolicy(copy.first, plan);
    const service = await Service.of(({ folder }) => {
      const program = programIn(folder);
      return startScript(scriptFor(copy, policy, program), program);
    });
    const node = new RealNode(kind, copy, unfinished.use(service));
    await node.startSupervisor(OLD);
    unfinished.move();
    return node;
  }

  get supervisor(): Supervisor {
    if (this.#supervisor === undefined) throw new Error(`${this.#kind.name} does not run`);
    return this.#supervisor;
  }

  /** Puts a release in the place of the node's program. */
  install({ handlers = [] }: Release): void {
    installRelease(this.#network.first, programIn(this.service.folder), handlers.join(","));
  }

  /** Starts the supervisor, with this release in place. */
  async startSupervisor(release: Release): Promise<void> {
    this.install(release);
    this.#supervisor = await this.#kind.start(this.service, files);
  }

  /** Ends the supervisor and its node, as an operator does; resolves once no process of them is left. */
  async stopSupervisor(): Promise<void> {
    const stopped = this.supervisor.stop();
    const isGone = () => this.#processes().length === 0;
    await until(`${this.#kind.name} and its node to be gone`, isGone, {
      within: WITHIN_MS,
      explain: this.#explain,
    });
    await stopped;
    this.#supervisor = undefined;
  }

  /** Where its node serves. */
  get rpc(): string {
    return this.#network.first.rpc;
  }

  /** Ends the node that runs by a signal, as the kernel does one that takes too much memory, or touches what is not its own. */
  kill(signal: "SIGKILL" | "SIGSEGV" = "SIGKILL"): void {
    const pid = pidsOf(this.#network.first.home).at(-1);
    if (pid !== undefined) process.kill(pid, signal);
  }

  /** Whether what `exec` told last is a crash. */
  async hasToldCrash(): Promise<boolean> {
    const log = await this.supervisor.log();
    return log.lastIndexOf("upgrade-halt: crashed: ") > log.lastIndexOf("announced for the node");
  }

  /** Waits for this start of the node, the first being 1. */
  async isStarted(times: number): Promise<void> {
    const has = async () => (await this.service.starts()) >= times;
    await until(`start ${times} of the node`, has, { within: WITHIN_MS, explain: this.#explain });
  }

  /** Waits until the supervisor holds the node, for which `exec` announced this code; what the supervisor remembers of it. */
  async isHeldAt(code: number): Promise<string> {
    const has = async () =>
      (await this.supervisor.log()).includes(`announced for the node, with exit code ${code}.`);
    await until(`${code} to be announced`, has, { within: WITHIN_MS, explain: this.#explain });
    return (await untilHeld(this.supervisor, WITHIN_MS)).remembers;
  }

  async passes(height: number): Promise<void> {
    const has = async () => ((await this.#network.first.height()) ?? 0) > height;
    await until(`the node to pass ${height}`, has, { within: WITHIN_MS, explain: this.#explain });
  }

  /** Waits until its consensus has failed, after which it lives on, or it has ended; resolves to whether it lives on. */
  async fails(): Promise<boolean> {
    const starts = await this.service.starts();
    const hasEnded = async () => (await this.service.starts()) > starts;
    const hasFailed = async () => (await this.supervisor.log()).includes("CONSENSUS FAILURE");
    const has = async () => (await hasEnded()) || (await hasFailed());
    await until("the node to fail", has, { within: WITHIN_MS, explain: this.#explain });
    return !(await hasEnded());
  }

  /** What `upgrade-halt classify` says of the code 70 where a supervisor remembers it, with its log of the node. */
  async judged(remembers: string): Promise<string> {
    const code = Number(/\b70\b/.exec(remembers)?.[0]);
    const log = await this.supervisor.log();
    const input = JSON.stringify({ process: { kind: "ended", end: { kind: "exited", code }, log } });
    return spawnSync(process.execPath, [binOf("upgrade-halt"), "classify"], { input, encoding: "utf8" })
      .stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A test that failed leaves them running, and a supervisor starts a node that was killed before it was itself.
    await until("what was started to be gone", () => {
      const left = this.#processes();
      for (const { pid } of left) process.kill(pid, "SIGKILL");
      return left.length === 0;
    });
    await this.service[Symbol.asyncDispose]();
    await this.#network[Symbol.asyncDispose]();
  }

  #processes() {
    return [this.service.folder, this.#network.folder].flatMap(processesMentioning);
  }

  readonly #explain = async () => (await this.#supervisor?.log())?.slice(-4_000) ?? "";
}

function programIn(folder: string): string {
  return join(folder, "node", "seid");
}

/** The page's script, with the paths of here. */
function scriptFor({ first: { home, rpc } }: Network, policy: string, program: string): string {
  const places = {
    "#!/bin/sh\n": "",
    "/usr/bin/upgrade-halt": UPGRADE_HALT,
    "--announce": `--announce --standstill ${STANDSTILL_MS}`,
    "/var/lib/sei": home,
    "http://127.0.0.1:26657": rpc,
    "/etc/upgrade-halt/policy.json": policy,
    "/usr/bin/seid": program,
  };
  return Object.entries(places).reduce((script, [from, to]) => {
    if (!script.includes(from)) throw new Error(`the page's script has no ${from}`);
    return script.replaceAll(from, to);
  }, files.get("seid-supervised") ?? "");
}
