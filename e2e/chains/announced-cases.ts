import { until } from "@upgrade-halt/testing";
import { ends, type HaltingChain, NEW, OLD } from "./halting-chain.ts";
import type { Network } from "./network.ts";
import { announced } from "./supervisors.ts";
import { nodeOf, type Release, type Validator } from "./validator.ts";

/** How long a node stands before `exec --announce` believes that it does. */
export const STANDSTILL_MS = 2_000;

/** Plays a case with one announced validator among three that run bare; resolves to the codes that it ended with, in order. */
export type AnnouncedCase = (chain: HaltingChain) => Promise<readonly (number | null | undefined)[]>;

const announcedOf = ({ validators }: Network): Validator => {
  const last = validators.at(-1);
  if (last === undefined) throw new Error("the network has no validators");
  return last;
};

/** Starts the announced validator; resolves to the code that it ended with by itself. */
async function codeOf(
  validator: Validator,
  release: Release,
  { plan }: HaltingChain,
): Promise<number | null> {
  await validator.start(announced(release, validator, plan, STANDSTILL_MS));
  await ends(validator);
  return validator.started.end?.code ?? null;
}

/** The same of a validator that fails: where it lives on, it is told to stop. */
async function codeOfFailed(
  validator: Validator,
  release: Release,
  { plan }: HaltingChain,
): Promise<number | null | undefined> {
  await validator.start(announced(release, validator, plan, STANDSTILL_MS));
  await validator.fails();
  await validator.stop();
  return validator.started.end?.code;
}

/** Starts all validators but the announced one. */
async function startOthers(network: Network, release: Release): Promise<void> {
  const others = network.validators.filter((validator) => validator !== announcedOf(network));
  await Promise.all(others.map((validator) => validator.start(release)));
}

export const restartedAtTheHeight: AnnouncedCase = async (chain) => {
  await using network = await chain.halted.copy();
  return [await codeOf(announcedOf(network), OLD, chain)];
};

/**
 * Stands, which tells nothing for sure: no height says that it halted, and a person is told so; or, behind the others, ends. Started
 * again, it ends with the text.
 */
export const tooNew: AnnouncedCase = async (chain) => {
  await using network = await chain.planned.copy();
  await startOthers(network, OLD);
  const validator = announcedOf(network);
  await validator.start(announced(NEW, validator, chain.plan, STANDSTILL_MS));
  await until(
    `${validator.name} to end, or a person to be told that it stands`,
    () =>
      validator.started.end ??
      validator.node.output().includes("find out which release applied the last plan"),
    { explain: () => validator.node.output().slice(-4_000) },
  );
  await validator.stop();
  const failed = validator.started.end?.code;
  return [failed, await codeOf(validator, NEW, chain)];
};

/** The old release once more after the upgrade: it stands or ends as well, and is started again. */
export const downgraded: AnnouncedCase = async (chain) => {
  await using network = await chain.halted.copy();
  await network.start(NEW);
  await Promise.all(network.validators.map((validator) => validator.passes(chain.plan.height + 1)));
  const validator = announcedOf(network);
  await validator.stop();
  const failed = await codeOfFailed(validator, OLD, chain);
  return [failed, await codeOf(validator, OLD, chain)];
};

/** Crashes past the height, and is started again. */
export const crashed: AnnouncedCase = async (chain) => {
  await using network = await chain.halted.copy();
  await startOthers(network, NEW);
  const validator = announcedOf(network);
  await validator.start(announced(NEW, validator, chain.plan, STANDSTILL_MS));
  await validator.passes(chain.plan.height);
  process.kill(nodeOf(validator.home), "SIGSEGV");
  await ends(validator);
  const code = validator.started.end?.code;
  await validator.start(announced(NEW, validator, chain.plan, STANDSTILL_MS));
  await validator.passes(chain.plan.height + 1);
  await validator.catchesUp();
  await validator.stop();
  return [code, validator.started.end?.code];
};

/** Passes the height without the upgrade, and is told to stop. */
export const skippedHeight: AnnouncedCase = async (chain) => {
  await using network = await chain.halted.copy();
  const release = { ...OLD, flags: ["--unsafe-skip-upgrades", `${chain.plan.height}`] };
  const validator = announcedOf(network);
  await startOthers(network, release);
  await validator.start(announced(release, validator, chain.plan, STANDSTILL_MS));
  await validator.passes(chain.plan.height + 1);
  await validator.catchesUp();
  await validator.stop();
  return [validator.started.end?.code];
};

/** Gets its data of before the height back, but for what it signed, while the others are past it. */
export const restoredBelow: AnnouncedCase = async (chain) => {
  await using network = await chain.halted.copy();
  await startOthers(network, NEW);
  await network.first.passes(chain.plan.height + 1);
  const restored = announcedOf(network);
  restored.restoreFrom(announcedOf(chain.planned));
  const code = await codeOf(restored, OLD, chain);
  await restored.start(announced(NEW, restored, chain.plan, STANDSTILL_MS));
  await restored.passes(chain.plan.height + 1);
  await restored.catchesUp();
  await restored.stop();
  return [code, restored.started.end?.code];
};
