import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { V1Pod } from "@kubernetes/client-node";
import { filesIn } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, test } from "vitest";
import { parse } from "yaml";
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
const POD = filesIn(GUIDE).get("sei.yaml") ?? "";

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

  /** What every container of Podman is asked, by its name, and how one is put in its place. */
  function nodeIn(name: string, up: NodeContainer["up"]): NodeContainer {
    const inspect = (field: string) => machine.must(`podman inspect ${name} --format '{{.${field}}}'`);
    return {
      up,
      sh: async (script) => (await machine.sh(`podman exec ${name} sh -c '${script}'`)).output,
      logs: async () => (await machine.sh(`podman logs ${name} 2>&1`)).output,
      restarts: async () => Number(await inspect("RestartCount")),
      stop: async () => {
        await machine.must(`podman stop ${name}`);
        const judged = await machine.must(`podman inspect ${name} | upgrade-halt classify --from podman`);
        return `${await inspect("State.ExitCode")} ${judged}`;
      },
    };
  }

  /** A container by the guide's command. */
  function container(name: string, { volumes }: ContainedChain): NodeContainer & AsyncDisposable {
    const remove = () => machine.must(`podman rm --force --ignore --time 0 ${name}`);
    const flags = volumes.map((volume) => `--volume '${volume}'`).join(" ");
    const up = async (image: string) => {
      await remove();
      await machine.must(
        RUN.replace("--name seid --init", `--name ${name} --init ${flags}`)
          .replace(OLD_IMAGE, image)
          .replace("seid start", "seid-supervised start"),
      );
    };
    return { ...nodeIn(name, up), [Symbol.asyncDispose]: async () => void (await remove()) };
  }

  /** The container of the guide's pod, by `podman kube play`. */
  function podOf(name: string, { volumes }: ContainedChain): NodeContainer & AsyncDisposable {
    const file = join(machine.folder, `${name}.json`);
    const up = async (image: string) => {
      writeFileSync(file, JSON.stringify(withVolumes(POD.replace(OLD_IMAGE, image), name, volumes)));
      await machine.must(`podman kube play --replace '${file}'`);
    };
    return {
      ...nodeIn(`${name}-seid`, up),
      [Symbol.asyncDispose]: async () =>
        void (await machine.must(`podman pod rm --force --ignore --time 0 ${name}`)),
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

  // Both are on the machine's own network, as the guide has it: one after the other.
  test.concurrent("holds them in the guide's pod as well, which starts them again after SIGKILL", async () => {
    for (const program of Object.keys(CHAINS) as Chain[]) {
      await using chain = await planContained(program);
      await using node = podOf(`pod-${program}`, chain);
      await playUpgrade(program, chain, node);
    }
  }, 600_000);
});

/** The guide's pod under another name, with these volumes, as `--volume` takes them. */
function withVolumes(text: string, name: string, volumes: readonly string[]): V1Pod {
  const pod = parse(text) as V1Pod & { readonly spec: NonNullable<V1Pod["spec"]> };
  const mounted = volumes.map((volume, i) => {
    const [path = "", mountPath = ""] = volume.split(":");
    return { volume: { name: `v${i}`, hostPath: { path } }, mount: { name: `v${i}`, mountPath } };
  });
  const containers = pod.spec.containers.map((one) => ({
    ...one,
    args: ["seid-supervised", "start"],
    volumeMounts: mounted.map(({ mount }) => mount),
  }));
  const spec = { ...pod.spec, containers, volumes: mounted.map(({ volume }) => volume) };
  return { ...pod, metadata: { name }, spec };
}
