/** What stops a release: `message` is one sentence that says what was found and what to do. */
export class ReleaseError extends Error {
  override readonly name = "ReleaseError";
}
