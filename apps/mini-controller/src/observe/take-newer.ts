import { isOlderVersion, type KubeObject, keyOf, type Store } from "@upgrade-halt/kube";

/**
 * Puts into `read`, a list of `version`, what a watch has told of since it told of `before`, and that is newer than the list. Objects
 * that are not known whole (`isCut`) stay as they were read.
 */
export function takeNewer<T extends KubeObject & { readonly isCut?: boolean }>(
  read: Store<T>,
  version: string,
  before: readonly T[],
  now: readonly T[],
): void {
  if (now === before) return;
  const [known, left] = [new Set(before), new Set(now.map(keyOf))];
  for (const object of now) {
    if (known.has(object) || object.isCut) continue;
    const { resourceVersion } = object.metadata;
    const own = read.get(keyOf(object))?.metadata.resourceVersion;
    if (isOlderVersion(version, resourceVersion) && !isOlderVersion(resourceVersion, own)) read.put(object);
  }
  for (const object of before) {
    const key = keyOf(object);
    if (!left.has(key) && read.get(key)?.metadata.uid === object.metadata.uid) read.delete(key);
  }
}
