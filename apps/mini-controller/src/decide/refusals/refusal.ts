import type { Action } from "../../api/node-halt.ts";
import type { Words } from "../../journal/words.ts";
import type { Observation } from "../../observe/observation.ts";

/** What is about to be done for a halt. */
export interface Proposal {
  /** `decide`: begin a swap. The other two are the effects themselves, asked about again right before each. */
  readonly step: "decide" | "set-image" | "delete-pod";
  readonly action: Extract<Action, "SwapImage" | "RollBack">;
  /** Image that the swap sets. */
  readonly image: string;
}

/** Why something is not done now. */
export interface Refusal {
  /** One CamelCase word, of this refusal alone. */
  readonly reason: string;
  /** What was found, what was expected, what to do. */
  readonly message: Words;
  /**
   * `page`: only a person can put it right. `hold`: a person wanted it so, or knows already. `wait`: it may be over by itself, and a
   * person is told once it lasts. `watch`: nobody is needed, as other nodes go first and get on, or the node itself runs.
   */
  readonly kind: "page" | "hold" | "wait" | "watch";
}

/** One kind of refusal. Pure: the observation says it all. */
export type Check<Asked = Proposal> = (observation: Observation, proposal: Asked) => Refusal | undefined;
