import {
  type KubeApi,
  type KubeObject,
  listPages,
  METADATA_LIST,
  type PageSizes,
  type Query,
} from "@upgrade-halt/kube";

/** What is done with the objects of a list. */
export interface Reading<T extends KubeObject> {
  readonly sizes: PageSizes;
  /** Says what of an object is kept, as its page arrives. */
  readonly project: (object: T) => T;
  /**
   * The copy that is known of an object, if it is whole and of the very version that this metadata tells. Without it whole
   * objects are asked for, as is best where they are few and small.
   */
  readonly known?: (head: KubeObject) => T | undefined;
}

/** A collection as it was at this resource version. */
export interface Listed<T extends KubeObject> {
  readonly version: string;
  readonly objects: readonly T[];
}

/** More objects than these are not asked for one by one. */
const FEW = 8;

/**
 * Every object of the collection at `path` as the API server has it, or as it was a moment later. It is asked for their metadata alone: what is known of an object
 * at the version that it has now is what it would answer, and what is known at another is read from it. The specs of a hundred
 * pods are most of what it takes to send, and to read, all that a few hundred bytes of each would tell.
 */
export async function listByMetadata<T extends KubeObject>(
  api: Pick<KubeApi, "list">,
  path: string,
  reading: Reading<T>,
): Promise<Listed<T>> {
  const { sizes, project, known } = reading;
  const whole: T[] = [];
  const unknown: T[] = [];
  let version = "";
  const from = known === undefined ? api : asMetadata(api);
  for await (const { kind, items, metadata } of listPages<T>(from, path, {}, sizes)) {
    version = metadata.resourceVersion;
    for (const item of items) {
      const copy = known !== undefined && kind === METADATA_LIST ? known(item) : project(item);
      if (copy === undefined) unknown.push(item);
      else whole.push(copy);
    }
  }
  if (unknown.length === 0) return { version, objects: whole };
  // No older than the list, and so without the wait for the newest that it had.
  const since = { resourceVersion: version, resourceVersionMatch: "NotOlderThan" };
  if (unknown.length > FEW)
    return { version, objects: await listWhole(sinceThen(api, since), path, reading) };
  const read = await Promise.all(
    unknown.map(async ({ metadata: { name } }) => {
      const { items } = await api.list<T>(path, { ...since, fieldSelector: `metadata.name=${name}` });
      return items.filter(({ metadata }) => metadata.name === name).map(project);
    }),
  );
  return { version, objects: [...whole, ...read.flat()] };
}

async function listWhole<T extends KubeObject>(
  api: Pick<KubeApi, "list">,
  path: string,
  { sizes, project }: Reading<T>,
): Promise<readonly T[]> {
  const objects: T[] = [];
  for await (const { items } of listPages<T>(api, path, {}, sizes)) objects.push(...items.map(project));
  return objects;
}

/** A page that goes on with another is of that one's version. */
function sinceThen(api: Pick<KubeApi, "list">, since: Query): Pick<KubeApi, "list"> {
  return {
    list: (path, query) => api.list(path, query?.continue === undefined ? { ...query, ...since } : query),
  };
}

function asMetadata(api: Pick<KubeApi, "list">): Pick<KubeApi, "list"> {
  return { list: (path, query) => api.list(path, query, "metadata") };
}
