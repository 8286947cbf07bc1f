import {
  ends,
  endsEverywhere,
  failsEverywhere,
  type HaltingChain,
  NEW,
  OLD,
  samplesOf,
  startInBothFormats,
} from "./halting-chain.ts";
import { type Sample, sampleOf } from "./samples.ts";

/** Plays what can happen around an upgrade, each on a copy of the chain, and takes samples. */
export type Case = (chain: HaltingChain) => Promise<readonly Sample[]>;

export const restartedAtTheHeight: Case = async ({ halted }) => {
  await using network = await halted.copy();
  await startInBothFormats(network, OLD);
  await endsEverywhere(network);
  return await samplesOf("restarted at the height", network);
};

export const tooNew: Case = async ({ planned }) => {
  await using network = await planned.copy();
  await startInBothFormats(network, NEW);
  await failsEverywhere(network);
  const standing = await samplesOf("too new, stands", network);
  await network.stop();
  await startInBothFormats(network, NEW);
  await endsEverywhere(network);
  return [...standing, ...(await samplesOf("too new, restarted", network))];
};

export const downgraded: Case = async ({ halted, plan }) => {
  await using network = await halted.copy();
  await startInBothFormats(network, NEW);
  await Promise.all(network.validators.map((validator) => validator.passes(plan.height + 1)));
  const upgraded = await samplesOf("upgraded", network);
  await network.stop();
  await startInBothFormats(network, OLD);
  await failsEverywhere(network);
  const standing = await samplesOf("downgraded, stands", network);
  await network.stop();
  await startInBothFormats(network, OLD);
  await endsEverywhere(network);
  return [...upgraded, ...standing, ...(await samplesOf("downgraded, restarted", network))];
};

export const skippedHeight: Case = async ({ halted, plan }) => {
  await using network = await halted.copy();
  await startInBothFormats(network, { ...OLD, flags: ["--unsafe-skip-upgrades", `${plan.height}`] });
  await Promise.all(network.validators.map((validator) => validator.passes(plan.height + 1)));
  return await samplesOf("skipped the height", network);
};

/** The last validator gets its data of before the height back, but for what it signed, while the others are past it. */
export const restoredBelow: Case = async ({ planned, halted, plan }) => {
  await using network = await halted.copy();
  const [restored, before] = [network.validators.at(-1), planned.validators.at(-1)];
  if (restored === undefined || before === undefined) throw new Error("the network has no validators");
  await Promise.all(
    network.validators.filter((validator) => validator !== restored).map((validator) => validator.start(NEW)),
  );
  await network.first.passes(plan.height + 1);
  restored.restoreFrom(before);
  await restored.start(OLD);
  await ends(restored);
  const halting = await sampleOf("restored below the height", restored);
  await restored.start(NEW);
  await restored.passes(plan.height + 1);
  return [halting, await sampleOf("restored below the height, upgraded", restored)];
};

export const CASES: readonly Case[] = [
  restartedAtTheHeight,
  tooNew,
  downgraded,
  skippedHeight,
  restoredBelow,
];
