/** A span of time that was measured, or is known, in milliseconds. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * What cosmovisor 1.5.0 takes from a node's last line to what it does about it, ten runs each: the table of
 * docs/guides/cosmovisor.md, which a test compares with this.
 */
export const COSMOVISOR = {
  exitsWithBinary: { fromMs: 310, toMs: 490 },
  staysAliveWithBinary: { fromMs: 510, toMs: 660 },
  exitsWithoutBinary: { fromMs: 150, toMs: 230 },
  endsWithNode: { fromMs: 0, toMs: 25 },
} as const satisfies Readonly<Record<string, Span>>;

/** The first wait before a restart, as a real kubelet told it of a node that ended with 70 (the consumer's fixture `pods.json`). */
export const RECORDED_BACK_OFF_MS = 10_000;

/** What Kubernetes documents besides, and nobody recorded here: each wait is twice the one before, up to this one. */
export const LONGEST_BACK_OFF_MS = 300_000;

/** How long the upgrade test of sei-k8s-controller sleeps, since a halt can't be polled (docs/upstream/sei-k8s-controller.md). */
export const SLEEP_MS = 90_000;
