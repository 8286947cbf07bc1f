import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import type { Verdict } from "../../verdict.ts";
import { columnsOf } from "../output/columns.ts";
import { LiveTable } from "./live-table.ts";

const said = { why: "It is so.", contradictions: [] };
const running: Verdict = { kind: "running", height: 30, ...said };
const halted: Verdict = {
  kind: "halted",
  reason: 70,
  plan: "v6.7\u001b[2J",
  height: 30,
  corroborated: true,
  sources: [],
  ...said,
};
const AT = Date.UTC(2026, 7, 21, 17, 59, 41);

/** What a terminal of this size is told when these nodes get these verdicts, each drawn before the next. */
function drawn(verdicts: Record<string, Verdict>, { rows = 24, columns = 80, env = {} } = {}): string {
  const stdout = Object.assign(new PassThrough(), { isTTY: true, rows, columns });
  const io = {
    env,
    stdout,
    stderr: new PassThrough(),
    stdin: new PassThrough(),
    now: () => AT,
    onSignal: () => () => {},
  };
  const table = new LiveTable(Object.keys(verdicts), io);
  for (const [url, verdict] of Object.entries(verdicts)) {
    table.show({ url, at: AT, verdict });
    table.finish();
  }
  return String(stdout.read());
}

test("draws over itself, one row a node, and plain under NO_COLOR", () => {
  const shown = drawn({ "http://a": running, "http://b": halted }, { env: { NO_COLOR: "1" } });
  expect(shown).toBe(
    "http://a  17:59:41  running at 30\nhttp://b  …\n" +
      "\u001b[2A\u001b[J" +
      "http://a  17:59:41  running at 30\n" +
      'http://b  17:59:41  halted: upgrade_required (plan "v6.7\\u{1b}[2J" at height 3…\n',
  );
});

test("colours a headline on a terminal", () => {
  expect(drawn({ "http://a": running })).toContain("\u001b[32mrunning at 30\u001b[39m");
});

test("of a long URL the end is kept, on a terminal that does not know its width too", () => {
  const shown = drawn({ "http://sei-0.sei.pacific-1.svc:26657": running }, { columns: 0, rows: 0 });
  expect(shown).toMatch(/^…0\.sei\.pacific-1\.svc:26657 {2}17:59:41 {2}/);
});

test("with more nodes than lines, those that need a person come first, and the rest is counted", () => {
  const nodes = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`http://${i + 10}`, running]));
  const shown = drawn({ ...nodes, "http://last": halted }, { rows: 5, env: { NO_COLOR: "1" } });
  const lines = shown.split("\u001b[J").at(-1)?.trimEnd().split("\n") ?? [];
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^http:\/\/last +17:59:41 {2}halted/);
  expect(lines[3]).toBe("… and 28 more, 28 of them running");
});

test.each([10, 20, 30, 40, 80])(
  "no row is wider than a terminal of %i columns, whatever a plan is called",
  (columns) => {
    const wide: Verdict = { ...halted, plan: "升级".repeat(60) };
    const nodes = { "http://sei-0.pacific-1:26657": wide, "http://升级.example": wide, "http://c": running };
    for (const rows of [3, 24]) {
      const shown = drawn(nodes, { columns, rows, env: { NO_COLOR: "1" } });
      for (const row of shown
        .replace(/\u001b\[\d*[AJ]/g, "")
        .trimEnd()
        .split("\n"))
        expect(columnsOf(row)).toBeLessThan(columns);
    }
  },
);
