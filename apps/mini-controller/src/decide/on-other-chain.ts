import { quotedName } from "@upgrade-halt/consumer";
import type { Words } from "../journal/words.ts";
import type { Observation } from "../observe/observation.ts";

/** Why a halt is over whose node has gone on to another chain, and halted there. */
export const ON_OTHER_CHAIN = "HaltedOnOtherChain";

/**
 * That the pod which came after the one that halted is on another chain, and that a person is told of its halt there by another
 * NodeHalt: nothing that is done about the halt of before would help it, and one more page about one node would stand.
 */
export function onOtherChain({ halt, pod }: Observation): Words | undefined {
  if (halt.status?.seen === undefined || pod.kind !== "successor") return undefined;
  const { otherChain, toldBy } = pod;
  if (otherChain === undefined || toldBy === undefined) return undefined;
  const chain = quotedName(otherChain);
  return {
    found: `Another pod is in its place, is on chain ${chain}, and halted there: NodeHalt ${toldBy} tells of it.`,
  };
}
