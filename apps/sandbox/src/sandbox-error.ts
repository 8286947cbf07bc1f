/** A failure that the user can do something about: its message is one sentence, shown as it is. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
}
