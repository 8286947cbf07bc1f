import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { filesIn } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, test } from "vitest";
import { CHAINS, type Chain } from "../chains/programs.ts";
import { writeChainImages } from "../docker/chain-images.ts";
import { OLD_IMAGE } from "../docker/images.ts";
import {
  type ContainedChain,
  type NodeContainer,
  planContained,
  playUpgrade,
} from "../docker/upgraded-container.ts";
import { PodmanMachine, whyNoPodman } from "./machine.ts";

const GUIDE = readFileSync(join(import.meta.dirname, "../../docs/guides/podman.md"), "utf8");
const RUN = filesIn(GUIDE).get("run.sh") ?? "";

const reason = whyNoPodman();

describe.skipIf(reason !== undefined)(`a real Podman${reason ? ` (${reason})` : ""}`, () => {
  let machine: PodmanMachine;

  beforeAll(async () => {
    machine = new PodmanMachine();
    await machine.boot();
    const images = join(machine.folder, "images");
    mkdirSync(images);
    await machine.must(`podman load --quiet --input '${writeChainImages(images)}'`);
  });

  afterAll(() => machine?.dispose());

  /** A container by the guide's command. */
  function container(name: string, { volumes }: ContainedChain): NodeContainer & AsyncDisposable {
    const remove = () => machine.must(`podman rm --force --ignore --time 0 ${name}`);
    const inspect = (field: string) => machine.must(`podman inspect ${name} --format '{{.${field}}}'`);
    const flags = volumes.map((volume) => `--volume '${volume}'`).join(" ");
    return {
      up: async (image) => {
        await remove();
        await machine.must(
          RUN.replace("--name seid --init", `--name ${name} --init ${flags}`).replace(OLD_IMAGE, image),
        );
      },
      sh: async (script) => (await machine.sh(`podman exec ${name} sh -c '${script}'`)).output,
      logs: async () => (await machine.sh(`podman logs ${name} 2>&1`)).output,
      restarts: async () => Number(await inspect("RestartCount")),
      stop: async () => {
        await machine.must(`podman stop ${name}`);
        const judged = await machine.must(`podman inspect ${name} | upgrade-halt classify --from podman`);
        return `${await inspect("State.ExitCode")} ${judged}`;
      },
      [Symbol.asyncDispose]: async () => void (await remove()),
    };
  }

  test.concurrent.each(Object.keys(CHAINS) as Chain[])(
    "holds a real node of %s at its height, takes it past that with the new image, and starts it again after SIGKILL",
    async (program) => {
      await using chain = await planContained(program);
      await using node = container(`real-${program}`, chain);
      await playUpgrade(program, chain, node);
    },
    300_000,
  );
});
