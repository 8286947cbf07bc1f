import type { z } from "zod";
import type { HaltReason, ReservedRange } from "./codes.ts";
import type { HaltIntentSchema } from "./halt-intent-schema.ts";

/** The optional field of a `/status` body that carries the intent. */
export const HALT_INTENT_FIELD = "halt_intent";

/** A halt as a producer announces it. */
export type HaltIntent = z.infer<typeof HaltIntentSchema>;

/** A halt as a reader has it: the reason for sure, any other field only where it was there and undamaged. */
export type ReceivedHaltIntent = Pick<HaltIntent, "reason"> & Partial<HaltIntent>;

/** The same, for a reason that the reader knows. */
export type RecognisedHaltIntent = ReceivedHaltIntent & { readonly reason: HaltReason };

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
  /** A halt. Where there are `defects`, it is as real, and its intent is not to be acted on alone. */
  | {
      readonly kind: "intent";
      readonly intent: RecognisedHaltIntent;
      readonly unrecognised?: undefined;
      readonly defects: readonly Defect[];
    }
  /** A halt for a reason that this reader does not know, with the range it lies in: hold. */
  | {
      readonly kind: "intent";
      readonly intent: ReceivedHaltIntent;
      readonly unrecognised: ReservedRange | "outside";
      readonly defects: readonly Defect[];
    }
  /** Something is there, but not even the reason can be read. */
  | { readonly kind: "damaged"; readonly defects: readonly Defect[] };
