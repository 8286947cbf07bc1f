/** What the benchmark reads and writes. */
import type { HaltIntent } from "../src/index.ts";
import typical from "./typical-intent.json" with { type: "json" };

/** An intent as a chain has them. */
export const TYPICAL: HaltIntent = typical;

function binaries(): string {
  const url = (n: number) => `https://example.org/v6.7/seid-${n}.tar.gz?checksum=sha256:${"ab".repeat(32)}`;
  const list = Array.from({ length: 15 }, (_, n) => [`linux/${n}`, url(n)]);
  return JSON.stringify({ upgradeType: "minor", binaries: Object.fromEntries(list) }).slice(0, 2_048);
}

/** The same with an `info` of 2 KB, a list of binaries. */
export const LARGE: HaltIntent = { ...TYPICAL, info: binaries() };

/** Bodies of so many bytes that are made to be slow to read. */
export function hostileBodies(bytes: number): Readonly<Record<string, string>> {
  const filled = (start: string, unit: string, end: string) =>
    start + unit.repeat(Math.floor((bytes - start.length - end.length) / unit.length)) + end;
  return {
    "one text": filled('{"reason":70,"info":"', "x", '"}'),
    "a text of escapes": filled('{"reason":70,"info":"', "\\u0041", '"}'),
    "a text of lone surrogates": filled('{"reason":70,"info":"', "\\ud800", '"}'),
    "arrays that never close": filled('{"reason":70,"x":', "[", ""),
    "nested objects": filled('{"reason":70,"x":', '{"a":', ""),
    "small objects": filled('{"reason":70,"x":[{}', ",{}", "]}"),
    "as many arrays as are read": filled(`{"reason":70,"x":[${"[],".repeat(9_000)}"`, "x", '"]}'),
    "repeated names": filled('{"reason":70', ',"height":1', "}"),
    "a long number": filled('{"reason":70,"height":', "9", "}"),
    spaces: filled('{"reason":70', " ", "}"),
    quotes: filled('{"reason":70,"x":', '"', ""),
  };
}
