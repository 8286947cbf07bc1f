/** What is needed of `node:process` to hear signals. */
export interface SignalledProcess {
  /** Calls the listener each time that the signal comes. */
  on(event: StopSignal, listener: () => void): unknown;
}

/** The signals that ask a node to stop in order. SIGHUP too: a lost terminal would end it with 129 otherwise. */
export const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
/** One of {@link STOP_SIGNALS}. */
export type StopSignal = (typeof STOP_SIGNALS)[number];

/**
 * Aborts on the first stop signal; calls `onImpatience` on every later one, for the node to exit without waiting. Install
 * it first thing: a signal before that ends the process with 128 + its number.
 */
export function listenForStop(
  process: SignalledProcess,
  onImpatience: (signal: StopSignal) => void,
): AbortSignal {
  const controller = new AbortController();
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      if (controller.signal.aborted) onImpatience(signal);
      else controller.abort(signal);
    });
  }
  return controller.signal;
}
