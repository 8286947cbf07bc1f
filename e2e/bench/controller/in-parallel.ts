/** Does `work` for each item in order, `width` at a time. Rejects with the first fault, and begins nothing after it. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T, index: number) => Promise<unknown>,
): Promise<void> {
  let failed = false;
  const left = items.entries();
  const worker = async () => {
    for (const [index, item] of left) {
      if (failed) return;
      await work(item, index).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
}
