import { chmodSync, copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { type Machine, TREE_INSIDE } from "../systemd/machine.ts";
import type { PlannedChain } from "./halting-chain.ts";
import type { Network } from "./network.ts";
import { writePolicy } from "./supervisors.ts";
import { nodeOf, type Release, type Validator } from "./validator.ts";

const TREE = join(import.meta.dirname, "../..");
/** What the guide says of a unit, with the node's user, command and codes. */
const SETTINGS =
  /```ini\n(User=sei\n.*?)```/s.exec(readFileSync(join(TREE, "docs/guides/today.md"), "utf8"))?.[1] ?? "";
const NODE = `${TREE_INSIDE}/node_modules/node/bin/node`;
const PROGRAM = "seid";
/** How long a machine that does much else may take for one step, in ms. */
const WITHIN_MS = 90_000;
const inside = (path: string) => path.replace(TREE, TREE_INSIDE);

/** The nodes of a copy of a chain on a machine, each in the guide's unit. */
export class GuideUnits implements AsyncDisposable {
  readonly network: Network;
  readonly #machine: Machine;

  private constructor(machine: Machine, network: Network) {
    this.#machine = machine;
    this.network = network;
  }

  /** Units that were never started. */
  static async create(machine: Machine, { network, plan }: PlannedChain): Promise<GuideUnits> {
    const below = join(TREE, "e2e/test-results");
    mkdirSync(below, { recursive: true });
    await using unfinished = new AsyncDisposableStack();
    const copy = unfinished.use(await network.copy(below));
    chmodSync(copy.folder, 0o755);
    const program = join(copy.folder, PROGRAM);
    copyFileSync(copy.first.program, program);
    chmodSync(program, 0o755);
    const units = new GuideUnits(machine, copy);
    await units.#write(
      "/run/bin/upgrade-halt",
      `#!/bin/sh\nexec ${NODE} ${TREE_INSIDE}/packages/consumer/bin/upgrade-halt.js "$@"`,
    );
    await units.#must("chmod +x /run/bin/upgrade-halt");
    for (const validator of copy.validators)
      await units.#write(
        `/run/systemd/system/${units.#unitOf(validator)}.service`,
        units.#unitFile(validator, writePolicy(validator, plan)),
      );
    await units.#must("systemctl daemon-reload");
    unfinished.move();
    return units;
  }

  /** Starts the units of validators with a release, by a restart where they run. */
  async start(validators: readonly Validator[], { handlers = [], flags = [] }: Release): Promise<void> {
    const settings = `UPGRADE_HANDLERS=${handlers.join(",")}\nFLAGS=${flags.join(" ")}`;
    for (const validator of validators)
      await this.#write(`/run/${this.#unitOf(validator)}.release`, settings);
    await this.#must(`chown -R sei '${inside(this.network.folder)}'`);
    const names = validators.map((validator) => this.#unitOf(validator)).join(" ");
    // What crashed and was restarted counts against the limit of starts.
    await this.#must(`systemctl reset-failed ${names}; systemctl restart ${names}`);
  }

  async stop(validators: readonly Validator[]): Promise<void> {
    await this.#must(`systemctl stop ${validators.map((validator) => this.#unitOf(validator)).join(" ")}`);
  }

  /** Whether systemd keeps the unit down, its node having ended with this code. */
  async isHeldAt(validator: Validator, code: number): Promise<boolean> {
    const show = (property: string) => this.#show(validator, property);
    return (await show("ActiveState")) === "failed" && (await show("ExecMainStatus")) === `${code}`;
  }

  async areHeldAt(validators: readonly Validator[], code: number): Promise<void> {
    const areHeld = async () =>
      (await Promise.all(validators.map((validator) => this.isHeldAt(validator, code)))).every(Boolean);
    await this.waitFor(`the nodes to be held at ${code}`, areHeld);
  }

  async pass(validators: readonly Validator[], height: number): Promise<void> {
    await this.waitFor(`the nodes to pass ${height}`, async () => {
      const heights = await Promise.all(validators.map((validator) => validator.height()));
      return heights.every((at) => (at ?? 0) > height);
    });
  }

  /** How often systemd has started the node again since somebody did. */
  async restarts(validator: Validator): Promise<number> {
    return Number(await this.#show(validator, "NRestarts"));
  }

  /** How many lines of all its runs have this text. */
  async says(validator: Validator, text: string): Promise<number> {
    return Number(
      await this.#must(
        `journalctl -u ${this.#unitOf(validator)} --no-pager -o cat | grep -c '${text}' || true`,
      ),
    );
  }

  /** Sends a signal to the node alone, not to what announces for it. */
  signal({ home }: Validator, signal: NodeJS.Signals): void {
    process.kill(nodeOf(inside(home)), signal);
  }

  async waitFor(what: string, has: () => Promise<boolean>): Promise<void> {
    await until(what, has, { within: WITHIN_MS, explain: this.#explain });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(this.network.validators);
    await this.network[Symbol.asyncDispose]();
  }

  /** The guide's unit, around this validator's node. */
  #unitFile(validator: Validator, policy: string): string {
    const { home, rpc } = validator;
    const release = `/run/${this.#unitOf(validator)}.release`;
    const settings = SETTINGS.replace("/usr/bin/upgrade-halt", "/run/bin/upgrade-halt")
      .replace("--announce", "--announce --standstill 5000")
      .replace("/var/lib/sei", inside(home))
      .replace("/etc/upgrade-halt/policy.json", inside(policy))
      .replace("http://127.0.0.1:26657", rpc)
      .replace(
        "/usr/bin/seid start --home /var/lib/sei",
        `${inside(join(this.network.folder, PROGRAM))} start --home ${inside(home)} $FLAGS`,
      );
    return `[Service]\nRestart=always\nRestartSec=1\nEnvironmentFile=${release}\n${settings}`;
  }

  /** The validators of several chains on a machine have the same names. */
  #unitOf({ name }: Validator): string {
    return `${basename(this.network.folder)}-${name}`;
  }

  #show(validator: Validator, property: string): Promise<string> {
    return this.#must(`systemctl show ${this.#unitOf(validator)} --property=${property} --value`);
  }

  #write(path: string, content: string): Promise<string> {
    return this.#must(`cat > '${path}' <<'END'\n${content}\nEND`);
  }

  async #must(script: string): Promise<string> {
    const { code, output } = await this.#machine.sh(script);
    if (code !== 0) throw new Error(`${script}: ${output}`);
    return output.trim();
  }

  readonly #explain = () =>
    this.#must(
      this.network.validators
        .map((validator) => `journalctl -u ${this.#unitOf(validator)} -n 15 --no-pager -o cat || true`)
        .join(";"),
    );
}
