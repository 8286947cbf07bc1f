import type { ClusterEvent } from "../../src/events/cluster-event.ts";
import type { Told } from "./types.ts";

/** The shape of what is drawn on a node's line. */
export const SHAPES: Readonly<Partial<Record<ClusterEvent["kind"], string>>> = {
  "node-started": "○",
  "node-ready": "●",
  "node-ended": "✖",
  "node-halted": "▲",
  "image-changed": "◆",
  "halt-step": "■",
  paged: "✉",
  "operator-did": "☞",
};

/** What is drawn of each node, by its name. */
export type Marks = ReadonlyMap<string, readonly Told[]>;

/** The newest of each node alone. */
const MOST_MARKS = 40;

/** What is drawn of the events that were told; the marks of `before` themselves where a node has no others. */
export function marksOf(told: readonly Told[], before: Marks): Marks {
  const drawn = Map.groupBy(
    told.filter(({ event }) => "node" in event && SHAPES[event.kind] !== undefined),
    ({ event }) => ("node" in event ? event.node : ""),
  );
  return new Map(
    [...drawn].map(([node, all]) => {
      const marks = all.slice(-MOST_MARKS);
      const old = before.get(node);
      const isSame = old?.length === marks.length && old.every((one, index) => one === marks[index]);
      return [node, isSame ? old : marks];
    }),
  );
}
