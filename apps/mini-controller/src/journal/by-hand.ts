import { advice } from "./words.ts";

/** What is said to whoever may set a node's image by hand, be it a newer one or an older, where nobody looked which other pods are made from its template. */
export const BY_HAND = advice`Before you set the node's image yourself, see that each pod of its template has halted: an edit of the template may restart them.`;
