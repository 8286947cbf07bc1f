/** Does something whose failure must not undo a halt, such as a line into a closed pipe. */
export function bestEffort(act: () => void): void {
  try {
    act();
  } catch {
    // What was to be told is lost; the intent and the exit code still tell of the halt.
  }
}
