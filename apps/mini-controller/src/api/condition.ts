import { z } from "zod";
import { cut } from "./cut.ts";

/** A condition as `metav1.Condition` defines it. */
export const ConditionSchema = z
  .object({
    type: z.string().min(1).max(64).meta({ description: "What the condition is about, such as Upgrading." }),
    status: z.enum(["True", "False", "Unknown"]).meta({ description: "Whether it holds." }),
    reason: z.string().min(1).max(128).meta({ description: "One CamelCase word for programs." }),
    message: z.string().max(1024).meta({ description: "One sentence for people: what was found and where." }),
    observedGeneration: z
      .int()
      .min(0)
      .optional()
      .meta({ description: "metadata.generation of the object that this was concluded from." }),
    lastTransitionTime: z.string().max(40).meta({ description: "When status last changed, RFC 3339." }),
  })
  .meta({ description: "One conclusion, as metav1.Condition defines it." });
export type Condition = z.infer<typeof ConditionSchema>;

/** A condition before it is merged: the time is the merge's business. */
export type ConditionDraft = Omit<Condition, "lastTransitionTime">;

/**
 * Puts `drafts` into `conditions` by type. `lastTransitionTime` moves only when `status` changes, so that
 * concluding the same thing twice writes the same bytes.
 */
export function mergeConditions(
  conditions: readonly Condition[],
  drafts: readonly ConditionDraft[],
  at: string,
): Condition[] {
  const merged = new Map(conditions.map((condition) => [condition.type, condition]));
  for (const draft of drafts) {
    const before = merged.get(draft.type);
    const lastTransitionTime = before?.status === draft.status ? before.lastTransitionTime : at;
    merged.set(draft.type, { ...draft, message: cut(draft.message, 1024), lastTransitionTime });
  }
  return [...merged.values()];
}
