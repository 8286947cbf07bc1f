import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { Cleanup } from "../harness/cleanup.ts";
import { type CommandResult, runInside } from "../harness/namespaces.ts";
import { bootOwnMachine, NAMESPACES, whyNoOwnMachine } from "../harness/own-machine.ts";
import { installUpgradeHalt } from "../harness/programs.ts";

const OWN_NAMESPACES = `${NAMESPACES} --net`;

/** Why no Podman can run here, or `undefined` where one can. */
export function whyNoPodman(): string | undefined {
  return whyNoOwnMachine(["podman", "crun", "conmon", "catatonit", "ip"], OWN_NAMESPACES);
}

/** A machine with Podman in namespaces of its own, without a way to anywhere. */
export class PodmanMachine {
  /** A folder that machine and test both see, and that outlives a reboot. */
  readonly folder = mkdtempSync(join(tmpdir(), "upgrade-halt-podman-"));
  #cleanup = new Cleanup();
  #boots = 0;
  #init: () => number | undefined = () => undefined;

  /** Resolves once Podman answers. */
  async boot(): Promise<void> {
    installUpgradeHalt(this.folder);
    const own = join(this.folder, `boot-${++this.#boots}`);
    mkdirSync(own);
    const machine = bootOwnMachine(own, OWN_NAMESPACES, join(import.meta.dirname, "boot.sh"), this.#cleanup);
    this.#init = machine.init;
    const answers = async () => existsSync(join(own, "ready")) && (await this.sh("podman ps")).code === 0;
    await until("Podman to answer", answers, { explain: machine.log });
  }

  /** Ends every process of the machine at once, as a power failure does, and boots it again. */
  async reboot(): Promise<void> {
    await this.#cleanup.run();
    this.#cleanup = new Cleanup();
    await this.boot();
  }

  /** Ends the machine and leaves nothing of it. */
  async dispose(): Promise<void> {
    await this.#cleanup.run();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs a shell script in its shared folder, with the tree's `upgrade-halt`. */
  async sh(script: string): Promise<CommandResult> {
    const init = await until("the machine's first process", () => this.#init());
    return await runInside(init, `cd '${this.folder}'; export PATH="${this.folder}/bin:$PATH"; ${script}`);
  }

  /** The same; a script that fails is an error with its output. */
  async must(script: string): Promise<string> {
    const { code, output } = await this.sh(script);
    if (code !== 0) throw new Error(`${script}: ${output}`);
    return output.trim();
  }
}
