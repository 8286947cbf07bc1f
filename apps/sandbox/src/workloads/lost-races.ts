import { hasCode } from "@upgrade-halt/kube";

/** What was to be made is there already, or changes meanwhile: what others did is seen in the next look. */
export function ignoreExisting(error: unknown): undefined {
  if (!hasCode(error, "already-exists", "conflict")) throw error;
}

/** The same, or what was to be changed is gone. */
export function ignoreMissing(error: unknown): undefined {
  if (!hasCode(error, "not-found", "already-exists", "conflict")) throw error;
}
