import { z } from "zod";
import { AroundSchema, HaltStateSchema, NodeStateSchema, WriteSchema } from "./run-state.ts";

const At = z.string().refine((text) => !Number.isNaN(Date.parse(text)), "is no time");
const Name = z.string().min(1).max(253);
const Offset = z.int().min(0);

/** How what the page shows may change, besides the events: one line each in a recording, told apart by `kind`. */
export const ViewChangeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("view-node"), at: At, node: Name, is: NodeStateSchema.nullable() }),
  z.object({ kind: z.literal("view-halt"), at: At, halt: Name, is: HaltStateSchema.nullable() }),
  z.object({ kind: z.literal("view-around"), at: At, is: AroundSchema }),
  z.object({ kind: z.literal("view-write"), at: At, is: WriteSchema }),
  /** More of a node's log: whole lines. */
  z.object({ kind: z.literal("view-log"), at: At, node: Name, more: z.string() }),
  /** Another answer of `/status`: the last one with `drop` characters from `from` on replaced by `text`. */
  z.object({
    kind: z.literal("view-status"),
    at: At,
    node: Name,
    from: Offset,
    drop: Offset,
    text: z.string(),
    fault: z.string(),
  }),
]);
export type ViewChange = z.infer<typeof ViewChangeSchema>;

/** The least that turns one text into another, as a `view-status` says it. */
export function spliceOf(before: string, after: string): { from: number; drop: number; text: string } {
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from += 1;
  let end = 0;
  while (end < shorter - from && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return { from, drop: before.length - from - end, text: after.slice(from, after.length - end) };
}
