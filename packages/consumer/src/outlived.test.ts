import { expect, test } from "vitest";
import { classify } from "./classify.ts";
import type { EndedProcess, Evidence, HaltBelief, ProcessEnd } from "./evidence.ts";

const AT = Date.UTC(2026, 7, 21, 18);
const MINUTE = 60_000;
const line = { reason: 70, plan: "v6.7", height: 30 } as const;
const exited = (code: number): ProcessEnd => ({ kind: "exited", code });
const after = (
  minutes: number,
  end: ProcessEnd,
  planLines: EndedProcess["planLines"] = [],
): EndedProcess => ({
  kind: "ended",
  end,
  startedAt: AT - minutes * MINUTE,
  endedAt: AT,
  planLines,
});
const halted = after(1, exited(70), [line]);
const believed = {
  kind: "halted",
  ...line,
  corroborated: true,
  sources: ["exit-code", "plan-line"],
} as const satisfies HaltBelief;
const unread = { listed: [{ planName: "v6.7", height: 30 }], lastSeen: { chainId: "pacific-1", height: 29 } };

const ENDS: readonly (readonly [string, ProcessEnd, string])[] = [
  ["by a request", exited(0), "stopped"],
  ["by an error", exited(1), "crashed"],
  ["by a panic", exited(2), "crashed"],
  ["by SIGKILL", exited(137), "crashed"],
  ["by SIGINT", exited(130), "stopped"],
  ["for its memory", { kind: "out-of-memory" }, "crashed"],
];

test.each(ENDS)(
  "a node that exited with 70, ran an hour unread, and ended %s, is in no halt",
  (_, end, kind) => {
    const later = after(60, end);
    for (const evidence of [
      { process: later, previous: halted },
      { process: later, previous: halted, believed },
      { process: later, believed },
      // In back-off a kubelet keeps the newest end alone.
      { process: { kind: "waiting" }, previous: later, believed },
    ] satisfies Evidence[])
      expect(classify({ ...unread, ...evidence }).kind).toBe(kind);
  },
);

test.each(ENDS)(
  "a node that exited with 70 and ended %s as it was started again is still in its halt",
  (_, end) => {
    for (const later of [
      after(10, end),
      { kind: "ended", end } as const,
      { ...after(60, end), startedAt: undefined },
    ])
      for (const evidence of [{ previous: halted }, { believed }])
        expect(classify({ ...unread, process: later, ...evidence })).toMatchObject({
          kind: "halted",
          ...line,
        });
  },
);

test("a run whose log shows the halt again does not end it, and one whose log shows another does", () => {
  const process = (plan: string) => after(60, exited(1), [{ ...line, plan }]);
  expect(classify({ process: process("v6.7"), previous: halted, believed })).toMatchObject({
    kind: "halted",
    ...line,
  });
  expect(classify({ ...unread, process: process("v6.8"), believed, lastSeen: {} }).kind).toBe("crashed");
});

test("a halt that nobody here knows is outlived like any other", () => {
  const process = after(60, exited(0));
  expect(classify({ process, previous: after(1, exited(75)) }).kind).toBe("stopped");
  const unknown = { kind: "unrecognised-halt", code: 75, range: "upgrade" } as const;
  expect(classify({ process, believed: unknown }).kind).toBe("stopped");
  expect(classify({ process: after(1, exited(0)), believed: unknown }).kind).toBe("unrecognised-halt");
});

const announced = { ...believed, sources: ["live-intent", "listed-plan"] } as const satisfies HaltBelief;

test("a node that stays alive at its halt and is killed there is still in it, however long it ran", () => {
  for (const end of [exited(137), exited(143), { kind: "unrecorded" } as const])
    expect(classify({ process: after(600, end), believed: announced })).toMatchObject({
      kind: "halted",
      ...line,
    });
  expect(classify({ process: after(600, exited(1)), believed: announced }).kind).toBe("crashed");
});

test("a halt that was inferred of a node that stands still holds when it is told to stop", () => {
  const inferred = { ...believed, sources: ["plan-line", "listed-plan"], inferred: true } as const;
  expect(classify({ process: after(600, exited(0)), believed: inferred }).kind).toBe("halted");
  const panicked = after(1, exited(2), [line]);
  expect(classify({ process: after(600, exited(0)), previous: panicked, believed: inferred }).kind).toBe(
    "stopped",
  );
  expect(classify({ process: after(600, exited(1)), believed: inferred }).kind).toBe("crashed");
});

test("after a whole run the log of the instance before says nothing of the exit with 70 that came", () => {
  const previous = after(1, exited(2), [line]);
  expect(classify({ process: after(60, exited(70)), previous, ...unread, lastSeen: {} })).toMatchObject({
    corroborated: false,
    sources: ["exit-code"],
  });
  expect(classify({ process: after(1, exited(70)), previous, ...unread })).toMatchObject({ height: 30 });
});
