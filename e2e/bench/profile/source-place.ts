import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { CallFrame } from "./cpu-profile.ts";

/** Says where a function is: `FILE:LINE` below `root`, in the source where maps beside the built files lead there, from one to the next. */
export function placesBelow(root: string): (frame: CallFrame) => string {
  const maps = new Map<string, SourceMap | undefined>();
  const mapOf = (file: string) => {
    if (!maps.has(file)) maps.set(file, readMap(`${file}.map`));
    return maps.get(file);
  };
  const placeIn = (file: string, line: number, column: number): string => {
    const entry = mapOf(file)?.findEntry(line, column);
    if (entry === undefined || !("originalSource" in entry)) return `${relative(root, file)}:${line + 1}`;
    return placeIn(resolve(dirname(file), entry.originalSource), entry.originalLine, entry.originalColumn);
  };
  return ({ url, lineNumber, columnNumber }) => {
    if (!url.startsWith("file:")) return url === "" ? "" : `${url}:${lineNumber + 1}`;
    return placeIn(fileURLToPath(url), lineNumber, columnNumber);
  };
}

function readMap(file: string): SourceMap | undefined {
  return existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, "utf8"))) : undefined;
}
