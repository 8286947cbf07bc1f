import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { until } from "@upgrade-halt/testing";
import type { Cleanup } from "../harness/cleanup.ts";
import type { CommandResult } from "../harness/namespaces.ts";
import { bootOwnMachine, NAMESPACES, whyNoOwnMachine } from "../harness/own-machine.ts";
import { binOf } from "../harness/programs.ts";
import { composePath } from "./programs.ts";

/** It has a network of its own as well, without a way to anywhere. */
const WITH_NETWORK = `${NAMESPACES} --net`;

/** Why no Docker Engine can run here, or `undefined` where one can. */
export function whyNoEngine(): string | undefined {
  return whyNoOwnMachine(["dockerd", "containerd", "runc", "docker", "iptables", "ip"], WITH_NETWORK);
}

/** A Docker Engine in namespaces of its own, without a network to anywhere. */
export interface Engine {
  /** A folder that goes when the engine goes. */
  readonly folder: string;
  /** Runs a shell script in a folder, with `docker` and `docker compose` for this engine and the tree's `upgrade-halt`. */
  sh(script: string, cwd?: string): Promise<CommandResult>;
}

/** Resolves once the engine answers. `cleanup` ends it and leaves nothing of it, and so does the end of this process. */
export async function startEngine(cleanup: Cleanup): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), "upgrade-halt-docker-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const plugins = join(folder, "client", "cli-plugins");
  mkdirSync(plugins, { recursive: true });
  symlinkSync(composePath(), join(plugins, "docker-compose"));

  const program = join(folder, "bin", "upgrade-halt");
  mkdirSync(dirname(program));
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${binOf("upgrade-halt")}' "$@"\n`);
  chmodSync(program, 0o755);

  const machine = bootOwnMachine(folder, WITH_NETWORK, join(import.meta.dirname, "boot.sh"), cleanup);

  const inherited = Object.entries(process.env).filter(([name]) => !/^(DOCKER|COMPOSE)_/.test(name));
  const environment = {
    ...Object.fromEntries(inherited),
    DOCKER_HOST: `unix://${folder}/docker.sock`,
    DOCKER_CONFIG: join(folder, "client"),
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
  };
  const answers = async () => (await engine.sh("docker version")).code === 0;
  await until("the engine to answer", answers, { within: 30_000, explain: machine.log });
  return engine;
}
