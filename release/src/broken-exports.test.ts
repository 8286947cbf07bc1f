import { expect, test } from "vitest";
import { brokenExports } from "./broken-exports.ts";

const report = (...declarations: readonly string[]) =>
  `## API Report\n\n\`\`\`ts\n\nimport { z } from 'zod';\n\n${declarations.map((one) => `// @public\n${one}\n\n`).join("")}\`\`\`\n`;
const READ = "export function read(url: string): Result;";
const LIMITS = "export interface Limits {\n    readonly bytes: number;\n}";

test("nothing is broken where nothing changed, and where something came", () => {
  expect(brokenExports(report(READ), report(READ))).toEqual([]);
  expect(brokenExports(report(READ), report(LIMITS, READ))).toEqual([]);
  expect(brokenExports("", report(READ))).toEqual([]);
});

test.each([
  ["removed", [READ, LIMITS], [LIMITS], ["read"]],
  ["renamed", [READ], [READ.replace("read", "load")], ["read"]],
  ["given another type", [READ], [READ.replace("string", "URL")], ["read"]],
  ["an interface that lost a member", [LIMITS], [LIMITS.replace(/ .*;\n/, "")], ["Limits"]],
  [
    "an interface that demands another member",
    [LIMITS],
    [LIMITS.replace("}", "    readonly ms: number;\n}")],
    ["Limits"],
  ],
  ["a member that is optional no more", [LIMITS.replace("bytes", "bytes?")], [LIMITS], ["Limits"]],
  ["an overload less", [READ, `${READ} // 2`], [READ], ["read"]],
] as const)("an export is broken that was %s", (_, before, after, broken) => {
  expect(brokenExports(report(...before), report(...after))).toEqual(broken);
});

test("an optional member more breaks nothing, nor does a comment", () => {
  const more = LIMITS.replace("}", "    // (undocumented)\n    readonly ms?: number;\n}");
  expect(brokenExports(report(LIMITS), report(more))).toEqual([]);
});
