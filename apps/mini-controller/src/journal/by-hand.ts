import { advice } from "./words.ts";

/** What is said to whoever may upgrade a node by hand, where nobody looked which other pods are made from its template. */
export const BY_HAND = advice`Before you upgrade the node yourself, see that each pod of its template has halted: an edit of the template may restart them.`;
