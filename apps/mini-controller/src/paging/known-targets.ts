import { createHash } from "node:crypto";
import type { PagingTarget } from "../api/paging.ts";

/** More than any cluster's policies name at a time: who changes them for ever fills no memory. */
const MOST = 4_096;

/** Tells targets apart by what they say: a list that is changed between two attempts skips and doubles none. */
export function targetId(target: PagingTarget): string {
  const hash = createHash("sha256").update(JSON.stringify(target)).digest("hex");
  return `${Object.keys(target)[0]}-${hash.slice(0, 12)}`;
}

/**
 * The targets that policies named while this controller paged, for those that were paged and are named no more. No journal
 * keeps where they are, so a controller that was started since does not know them.
 */
export class KnownTargets {
  readonly #targets = new Map<string, PagingTarget>();

  /** Takes note of what a policy of this namespace names. */
  note(namespace: string, targets: readonly PagingTarget[]): void {
    for (const target of targets) {
      const key = `${namespace}/${targetId(target)}`;
      this.#targets.delete(key);
      this.#targets.set(key, target);
    }
    for (const oldest of this.#targets.keys()) {
      if (this.#targets.size <= MOST) return;
      this.#targets.delete(oldest);
    }
  }

  /** The target of a journal's page. What another namespace's policy named is none of it. */
  get(namespace: string, id: string): PagingTarget | undefined {
    return this.#targets.get(`${namespace}/${id}`);
  }
}
