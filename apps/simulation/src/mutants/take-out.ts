import { registerHooks } from "node:module";
import type { Mutant } from "./mutants.ts";

/**
 * Takes a fix out of the built program, whose modules must not be loaded yet. Returns a function that tells whether all of
 * it is out.
 */
export function takeOut({ edits }: Mutant): () => boolean {
  const left = new Set(edits);
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      let changed: string | undefined;
      for (const edit of edits) {
        const { file, find, replace } = edit;
        if (!url.endsWith(`/${file}`)) continue;
        const parts = (changed ?? String(loaded.source)).split(find);
        if (parts.length !== 2)
          throw new Error(`${file} has ${parts.length - 1} times, and not once: ${find}`);
        changed = parts.join(replace);
        left.delete(edit);
      }
      return changed === undefined ? loaded : { ...loaded, source: changed };
    },
  });
  return () => left.size === 0;
}
