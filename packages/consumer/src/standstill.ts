/** How long a node's height must not have moved to count as a standstill, unless the evidence says otherwise, in ms. */
export const STANDSTILL_MS = 30_000;
