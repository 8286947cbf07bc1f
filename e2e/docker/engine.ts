import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { until } from "@upgrade-halt/testing";
import type { Cleanup } from "../harness/cleanup.ts";
import { type CommandResult, runInside } from "../harness/namespaces.ts";
import { bootOwnMachine, NAMESPACES, whyNoOwnMachine } from "../harness/own-machine.ts";
import { installUpgradeHalt } from "../harness/programs.ts";
import { PLUGINS, pluginPath } from "./programs.ts";

const WITH_NETWORK = `${NAMESPACES} --net`;

/** Why no Docker Engine can run here, or `undefined` where one can. */
export function whyNoEngine(): string | undefined {
  return whyNoOwnMachine(["dockerd", "containerd", "runc", "docker", "iptables", "ip"], WITH_NETWORK);
}

/** A Docker Engine in namespaces of its own. */
export interface Engine {
  /** A folder that goes when the engine goes. */
  readonly folder: string;
  /** Runs a shell script in a folder, with `docker` and `docker compose` for this engine and the tree's `upgrade-halt`. */
  sh(script: string, cwd?: string): Promise<CommandResult>;
  /** The same on the engine's own machine, whose processes are those of its containers. */
  inside(script: string): Promise<CommandResult>;
}

export interface EngineOptions {
  /** The network that its containers may be given as the host's: one of its own without a way to anywhere (unless said), or this machine's. */
  readonly hostNetwork?: "own" | "this-machine";
}

/** Resolves once the engine answers. `cleanup` ends it and leaves nothing of it, and so does the end of this process. */
export async function startEngine(
  cleanup: Cleanup,
  { hostNetwork = "own" }: EngineOptions = {},
): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), "upgrade-halt-docker-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const plugins = join(folder, "client", "cli-plugins");
  mkdirSync(plugins, { recursive: true });
  for (const plugin of PLUGINS) symlinkSync(pluginPath(plugin), join(plugins, plugin));

  installUpgradeHalt(folder);

  const namespaces = hostNetwork === "own" ? WITH_NETWORK : NAMESPACES;
  const machine = bootOwnMachine(folder, namespaces, join(import.meta.dirname, "boot.sh"), cleanup);

  const inherited = Object.entries(process.env).filter(([name]) => !/^(DOCKER|COMPOSE)_/.test(name));
  const environment = {
    ...Object.fromEntries(inherited),
    DOCKER_HOST: `unix://${folder}/docker.sock`,
    DOCKER_CONFIG: join(folder, "client"),
    // An older client has BuildKit, and asks the older builder unless told otherwise.
    DOCKER_BUILDKIT: "1",
    PATH: `${join(folder, "bin")}:${process.env.PATH}`,
  };
  const engine: Engine = {
    folder,
    async sh(script, cwd = folder) {
      const child = spawn("bash", ["-c", `exec 2>&1; ${script}`], {
        cwd,
        env: environment,
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
      return { output: await text(child.stdout), code: await ended };
    },
    async inside(script) {
      const init = await until("the machine's first process", () => machine.init());
      const { DOCKER_HOST, PATH } = environment;
      return await runInside(init, `export DOCKER_HOST='${DOCKER_HOST}' PATH='${PATH}'; ${script}`);
    },
  };
  const answers = async () => (await engine.sh("docker version")).code === 0;
  await until("the engine to answer", answers, { within: 30_000, explain: machine.log });
  return engine;
}
