import { expect, it } from "vitest";
import { upgradeInfoBytes } from "./upgrade-info.ts";

it.each([
  ["", '{"name":"v6.7","height":240000000}'],
  ['{"upgradeType":"minor"}', '{"name":"v6.7","height":240000000,"info":"{\\"upgradeType\\":\\"minor\\"}"}'],
  ["<a>&", '{"name":"v6.7","height":240000000,"info":"\\u003ca\\u003e\\u0026"}'],
  [
    "\u2028\u2029\b\f\n\u0001/\u007fé😀",
    '{"name":"v6.7","height":240000000,"info":"\\u2028\\u2029\\b\\f\\n\\u0001/\u007fé😀"}',
  ],
  ["\ud800x", '{"name":"v6.7","height":240000000,"info":"\\ufffdx"}'],
  ["\\ud800", '{"name":"v6.7","height":240000000,"info":"\\\\ud800"}'],
])("upgrade-info.json with info %j has Go's bytes", (info, bytes) => {
  expect(upgradeInfoBytes({ name: "v6.7", height: 240_000_000, info }).toString()).toBe(bytes);
});
