/** Which blocks of given source files never ran while something did, as V8 counts them. */
import { readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";

/** A block that never ran: where it starts, and its first line. */
export interface UncoveredBlock {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/**
 * Runs `body` and tells the blocks of the files that it left out. The files have to be loaded by `body`, not before, and
 * run as they are written: Node's type stripping keeps every offset.
 */
export async function uncoveredBlocks(
  files: readonly URL[],
  body: () => Promise<void>,
): Promise<UncoveredBlock[]> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  try {
    await body();
    const { result } = await session.post("Profiler.takePreciseCoverage");
    return files.flatMap((file) => {
      const script = result.find(({ url }) => url === file.href);
      if (script === undefined) throw new Error(`${file} was not loaded`);
      const ranges = script.functions.flatMap((each) => each.ranges).filter(({ count }) => count === 0);
      return ranges.map(({ startOffset, endOffset }) => block(file, startOffset, endOffset));
    });
  } finally {
    session.disconnect();
  }
}

function block(file: URL, start: number, end: number): UncoveredBlock {
  const source = readFileSync(file, "utf8");
  const line = source.slice(0, start).split("\n").length;
  return {
    file: fileURLToPath(file),
    line,
    text: source.slice(start, end).trimStart().split("\n", 1).join(""),
  };
}
