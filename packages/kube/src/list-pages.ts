import { hasCode } from "./coded-error.ts";
import type { KubeApi, KubeList, KubeObject, Query } from "./types.ts";

/** How many objects are asked for: at first, and at most on one page. */
export interface PageSizes {
  readonly first: number;
  readonly most: number;
  /** Told how many a page may have at most by now, after an answer that was too large. */
  readonly onTooLarge?: (most: number) => void;
}

/**
 * Objects of one page are in memory whole. The first page is a small one where nothing is known of them yet; pages grow
 * to this many objects for as long as the answers are not too large.
 */
export const PAGE: PageSizes = { first: 20, most: 500 };

/** The pages of the collection at `path`, each let go of before the next is asked for. */
export async function* listPages<T extends KubeObject>(
  api: Pick<KubeApi, "list">,
  path: string,
  query: Query = {},
  sizes: PageSizes = PAGE,
): AsyncGenerator<KubeList<T>> {
  let { first: limit, most } = sizes;
  let next: string | undefined;
  for (;;) {
    const list = await pageOf<T>(api, path, { ...query, limit, continue: next });
    if (list === "too-large") {
      most = Math.max(1, Math.floor(limit / 2));
      sizes.onTooLarge?.(most);
      limit = Math.max(1, Math.floor(limit / 4));
      continue;
    }
    yield list;
    next = list.metadata.continue;
    if (next === undefined || next === "") return;
    limit = Math.min(limit * 2, most);
  }
}

/** Every object of the collection that is wanted, without the others of its pages. */
export async function listWanted<T extends KubeObject>(
  api: Pick<KubeApi, "list">,
  path: string,
  isWanted: (object: T) => boolean,
): Promise<readonly T[]> {
  const wanted: T[] = [];
  for await (const { items } of listPages<T>(api, path)) wanted.push(...items.filter(isWanted));
  return wanted;
}

async function pageOf<T extends KubeObject>(
  api: Pick<KubeApi, "list">,
  path: string,
  query: Query & { readonly limit: number },
): Promise<KubeList<T> | "too-large"> {
  try {
    return await api.list<T>(path, query);
  } catch (error) {
    if (hasCode(error, "too-large") && query.limit > 1) return "too-large";
    throw error;
  }
}
