import { type Advice, advice } from "../../journal/words.ts";
import type { Stranger } from "../../observe/strangers.ts";
import { waitThenPage } from "../page-timing.ts";
import type { Check } from "./refusal.ts";

/**
 * A pod that no policy selects looks like a node of this kind, and nobody knows which validator it is; or a second node runs in the pod
 * that halted; or a pod of any kind may have announced the halt.
 */
export const strangerNotKnown: Check = (observation) => {
  const { halt } = observation;
  const strangers = observation.strangers.filter(({ starts }) => starts !== true);
  const [first] = strangers;
  if (first === undefined) return undefined;
  const nodes = strangers.filter(({ insteadOf }) => insteadOf === undefined);
  const toDo =
    nodes.length === 0
      ? ofAddress(first)
      : advice`These look like nodes that no HaltPolicy watches, and may be the same validator as ${halt.spec.podName} or run in its pod: ${nodes.map(({ pod, found }) => `${pod} (${found})`)}. Put each into a pod of its own under a policy, let it answer on /status, or stop it: two processes of one validator sign twice.`;
  return { reason: "StrangerNotKnown", message: { toDo }, kind: waitThenPage(observation) };
};

/** What is to be done about one that only has the address. What looks like a node may answer from any namespace. */
function ofAddress({ pod, found, insteadOf = "", orInPod, isLookalike }: Stranger): Advice {
  const away = isLookalike
    ? advice`Move ${pod} off the machine's network.`
    : advice`Move ${pod} off the machine's network or to another namespace.`;
  // The log tells of the halt in any case: it is no leave to end what may have been started in the pod since.
  const otherwise = orInPod
    ? advice`Or see which of the two answers: while it may be a node in ${insteadOf}, do not delete that pod, and start no other node of its validator. Two sign twice.`
    : advice`Or read the log of ${insteadOf} itself: do nothing to it unless that tells of the halt.`;
  return advice`${pod} ${found}. ${away} ${otherwise}`;
}
