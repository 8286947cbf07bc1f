/**
 * A function that works out once for each object what `of` makes of it: for objects that are never written to, and replaced when
 * they change. What was made of an object goes with it.
 */
export function perObject<K extends object, V>(of: (object: K) => V): (object: K) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return (object) => {
    const found = known.get(object);
    if (found !== undefined) return found.value;
    const value = of(object);
    known.set(object, { value });
    return value;
  };
}
