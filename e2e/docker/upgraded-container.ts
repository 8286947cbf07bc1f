import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import type { Plan } from "../chains/governance.ts";
import { planChain } from "../chains/halting-chain.ts";
import { rewrite } from "../chains/homes.ts";
import type { Chain } from "../chains/programs.ts";
import { writePolicy } from "../chains/supervisors.ts";
import { imagesOf } from "./chain-images.ts";

/** The container of one node, by the configuration of a guide. */
export interface NodeContainer {
  /** Starts a container of this image in the place of the one before. */
  up(image: string): Promise<unknown>;
  /** Runs a shell script in it; what that printed, whatever it ended with. */
  sh(script: string): Promise<string>;
  logs(): Promise<string>;
  /** How often the engine has started it again. */
  restarts(): Promise<number>;
  /** Stops it; the exit code that the engine kept, and what `upgrade-halt classify` says of its inspection. */
  stop(): Promise<string>;
}

/** A chain of one validator that voted for an upgrade, stopped below its height, for a container with loopback addresses of its own. */
export interface ContainedChain extends AsyncDisposable {
  readonly plan: Plan;
  /** What its container has to see: paths here and there, as `--volume` takes them. */
  readonly volumes: readonly string[];
}

export async function planContained(program: Chain): Promise<ContainedChain> {
  const { network, plan } = await planChain(program, { validators: 1 });
  const { home, address } = network.first;
  rewrite(`${home}/config/config.toml`, (toml) => toml.replaceAll(address, "127.0.0.1"));
  const volumes = [
    `${home}:/var/lib/sei`,
    `${writePolicy(network.first, plan)}:/etc/upgrade-halt/policy.json`,
  ];
  return { plan, volumes, [Symbol.asyncDispose]: () => network[Symbol.asyncDispose]() };
}

/** Takes the node of `program` to its plan's height, past it with the new image, through a crash, and back to the old image. */
export async function playUpgrade(
  program: Chain,
  { plan }: ContainedChain,
  node: NodeContainer,
): Promise<void> {
  const waitFor = (what: string, has: () => Promise<boolean>) =>
    until(what, has, { within: 90_000, explain: async () => (await node.logs()).slice(-4_000) });
  const says = (text: string) =>
    waitFor(`${program} to say ${text}`, async () => (await node.logs()).includes(text));
  const passes = (height: number) =>
    waitFor(`${program} to pass ${height}`, async () => {
      const status = await node.sh("upgrade-halt status http://127.0.0.1:26657 --json");
      return JSON.parse(status).verdict.height > height;
    });
  const kill = () => node.sh("read pid < /var/lib/sei/pid; kill -KILL $pid");
  const restarted = (times: number) =>
    waitFor(`${program} to be restarted`, async () => (await node.restarts()) >= times);
  const isHeldAt = async (code: number) => {
    await says(`announced for the node, with exit code ${code}.`);
    return await node.stop();
  };
  const images = imagesOf(program);

  await node.up(images.old);
  expect(await isHeldAt(70)).toMatch(/^70 halted: upgrade_required/);
  expect(await node.restarts()).toBe(0);

  await node.up(images.new);
  await passes(plan.height + 1);
  await kill();
  await restarted(1);
  await passes(plan.height + 2);
  await node.stop();

  await node.up(images.old);
  await says("CONSENSUS FAILURE");
  // It lives on after its first failure. Killed, it is started again.
  await kill();
  // The older one says no halt line: that is a crash, which is started again and again.
  if (program === "simd") await restarted(3);
  else expect(await isHeldAt(72)).toMatch(/^72 halted: downgrade_detected/);
}
