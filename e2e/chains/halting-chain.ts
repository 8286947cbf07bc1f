import { until } from "@upgrade-halt/testing";
import { type Plan, planUpgrade } from "./governance.ts";
import { Network } from "./network.ts";
import type { Chain } from "./programs.ts";
import { type Sample, sampleOf } from "./samples.ts";
import type { Release, Validator } from "./validator.ts";

/** The plan of every chain here; a release with its handler is the new one. */
export const PLAN_NAME = "v9";
export const OLD: Release = {};
export const NEW: Release = { handlers: [PLAN_NAME] };
const INFO = '{"upgradeType":"minor"}';

/** A chain that voted for an upgrade, as folders of two moments to copy: shortly before its height, and halted at it. */
export class HaltingChain implements AsyncDisposable {
  readonly plan: Plan;
  /** Stopped with the plan scheduled, some blocks below its height. */
  readonly planned: Network;
  /** Halted for the plan, and stopped by SIGTERM. */
  readonly halted: Network;
  /** What the nodes said while they stood at the height, and after SIGTERM: of each validator. */
  readonly standing: readonly Sample[];
  readonly stopped: readonly Sample[];

  private constructor(
    plan: Plan,
    networks: { readonly planned: Network; readonly halted: Network },
    samples: { readonly standing: readonly Sample[]; readonly stopped: readonly Sample[] },
  ) {
    this.plan = plan;
    this.planned = networks.planned;
    this.halted = networks.halted;
    this.standing = samples.standing;
    this.stopped = samples.stopped;
  }

  static async create(chain: Chain): Promise<HaltingChain> {
    await using unfinished = new AsyncDisposableStack();
    const { network, plan } = await planChain(chain);
    const halted = unfinished.use(network);
    const planned = unfinished.use(await halted.copy());
    await startInBothFormats(halted, OLD);
    await failsEverywhere(halted);
    const standing = await samplesOf("stands at the height", halted);
    await halted.stop();
    const stopped = await samplesOf("stood at the height, got SIGTERM", halted);
    unfinished.move();
    return new HaltingChain(plan, { planned, halted }, { standing, stopped });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.planned[Symbol.asyncDispose](), this.halted[Symbol.asyncDispose]()]);
  }
}

/** A chain that voted for an upgrade, stopped some blocks below its height. */
export interface PlannedChain {
  readonly network: Network;
  readonly plan: Plan;
}

interface PlanOptions {
  readonly name?: string;
  readonly validators?: number;
  /** Blocks from the proposal to its height. */
  readonly ahead?: number;
}

export async function planChain(
  chain: Chain,
  { name = PLAN_NAME, validators, ahead }: PlanOptions = {},
): Promise<PlannedChain> {
  await using unfinished = new AsyncDisposableStack();
  const network = unfinished.use(await Network.create(chain, validators));
  await network.start(OLD);
  await network.first.passes(1);
  const plan = await planUpgrade(network, name, INFO, ahead);
  await network.stop();
  unfinished.move();
  return { network, plan };
}

/** Starts every validator with a release: the first logs as a terminal shows it, the others in JSON. */
export async function startInBothFormats({ validators }: Network, release: Release): Promise<void> {
  await Promise.all(
    validators.map((validator, i) => {
      const flags = [...(release.flags ?? []), ...(i === 0 ? [] : ["--log_format", "json"])];
      return validator.start({ ...release, flags });
    }),
  );
}

export async function failsEverywhere({ validators }: Network): Promise<void> {
  await Promise.all(validators.map((validator) => validator.fails()));
}

export async function endsEverywhere({ validators }: Network): Promise<void> {
  await Promise.all(validators.map(ends));
}

/** Resolves when the validator's node has ended by itself. */
export async function ends(validator: Validator): Promise<void> {
  await until(`${validator.name} to end`, () => validator.started.end, {
    explain: () => validator.node.output().slice(-4_000),
  });
}

/** A sample of each validator. */
export function samplesOf(name: string, { validators }: Network): Promise<readonly Sample[]> {
  return Promise.all(validators.map((validator) => sampleOf(name, validator)));
}
