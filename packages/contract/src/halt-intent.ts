import type { z } from "zod";
import type { ExitCodeMeaning } from "./codes.ts";
import type { HaltIntentSchema } from "./halt-intent-schema.ts";

/** The optional field of a `/status` body that carries the intent. */
export const HALT_INTENT_FIELD = "halt_intent";

/** A halt as a producer announces it. */
export type HaltIntent = z.infer<typeof HaltIntentSchema>;

/** A halt as a reader has it: the reason for sure, any other field only where it was there and undamaged. */
export type ReceivedHaltIntent = Pick<HaltIntent, "reason"> & Partial<HaltIntent>;

/** A field (`""` for the whole) that is not used as it came, and why. */
export interface Defect {
  readonly field: string;
  readonly problem: string;
}

/** What a reader made of a `halt_intent`. */
export type HaltIntentReading =
  /** The field is not there: a healthy node, or one that knows no such field. */
  | { readonly kind: "absent" }
  /** `null`: the node could not say. */
  | { readonly kind: "unavailable" }
  | {
      readonly kind: "intent";
      readonly intent: ReceivedHaltIntent;
      /** `reserved` or `outside` is a halt that this reader does not recognise: hold. */
      readonly meaning: ExitCodeMeaning;
      /** Not empty: the halt is real, and its intent is not to be acted on alone. */
      readonly defects: readonly Defect[];
    }
  /** Something is there, but not even the reason can be read. */
  | { readonly kind: "damaged"; readonly defects: readonly Defect[] };
