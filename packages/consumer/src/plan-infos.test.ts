import { beforeAll, describe, expect, test } from "vitest";
import { classify } from "./classify.ts";
import type { Evidence, ProcessEnd } from "./evidence.ts";
import { findPlanLines, type PlanLine } from "./log/find-plan-lines.ts";
import { FORMATS, type LogFormat, TRANSPORTS } from "./testing/log-formats.ts";
import { HALT_OUTPUTS, HONEST_INFOS, HOSTILE_INFOS } from "./testing/plan-infos.ts";

const AT = Date.UTC(2026, 7, 21, 18);
const START = "5:59PM INF starting node with ABCI CometBFT in-process module=server";
const CHAIN = "pacific-1";
const V67 = { planName: "v6.7", height: 30 };

/** A log of a node, and what is read in it. */
interface Reading {
  readonly log: string;
  readonly isRunning: boolean;
  readonly planLines: readonly PlanLine[];
}

function readingOf(log: string, isRunning: boolean): Reading {
  return { log, isRunning, planLines: findPlanLines(log, { withUnsure: true }) };
}

function judged({ log, isRunning, planLines }: Reading, known: Evidence = { listed: [V67] }) {
  const end: ProcessEnd = { kind: "exited", code: log.includes("Error: ") ? 1 : 2 };
  const startedAt = AT - 90_000;
  return classify({
    process: isRunning
      ? { kind: "running", startedAt, planLines }
      : { kind: "ended", end, startedAt, endedAt: AT, planLines },
    status: {
      kind: "answered",
      at: isRunning ? AT : AT - 1_000,
      envelope: "bare",
      node: { chainId: CHAIN, height: 30, haltIntent: { kind: "absent" } },
    },
    heightStillSince: AT - 40_000,
    chainId: CHAIN,
    ...known,
  });
}

const textOf = (info: string) => `UPGRADE "v6.7" NEEDED at height: 30: ${info}`;
const outputs = Object.entries(HALT_OUTPUTS);

/** Every output of a halt in every format through every transport, after a block. */
function readingsOf(info: string, before?: (write: LogFormat) => string): readonly Reading[] {
  return outputs.flatMap(([how, output]) =>
    Object.values(FORMATS).flatMap((write) => {
      const block = write("INF", "committed state", { height: "29", module: "state" });
      const lines = [block, ...(before ? [before(write)] : []), block, output(textOf(info), write)].join(
        "\n",
      );
      return Object.values(TRANSPORTS).map((wrap) => readingOf(wrap(lines), how.startsWith("consensus")));
    }),
  );
}

/** The end of a log may have no more than the panic. */
test.each([START, `x\n${START}`])(
  "the trace of a panic shows that a start before it is of the panic's text",
  (info) => {
    const log = `panic: ${textOf(`x\n${info}`)}\n\ngoroutine 1 [running]:\nmain.main()\n\t/x.go:1 +0x1`;
    expect(judged(readingOf(log, false))).toMatchObject({ ...v67, corroborated: false });
    const again = `panic: ${textOf("")}\n\ngoroutine 1 [running]:\nmain.main()\n${START}\n5:59PM INF block a=b\npanic: other\n\ngoroutine 1 [running]:`;
    expect(judged(readingOf(again, false)).kind).toBe("crashed");
  },
);

const v67 = { kind: "halted", inferred: true, plan: "v6.7", height: 30 };

describe.each(Object.entries(HONEST_INFOS))("a plan whose info is %s", (_, info) => {
  test("halts its node as surely as one without", () => {
    for (const reading of readingsOf(info))
      expect(judged(reading), reading.log).toMatchObject({ ...v67, corroborated: true });
  });
});

test.each(Object.entries(HONEST_INFOS).filter(([, info]) => info.includes("{")))(
  "a plan that was scheduled before hides no halt where its info is %s",
  (_, info) => {
    const scheduled = (write: LogFormat) =>
      write("INF", `UPGRADE "v6.7" SCHEDULED at height: 30: ${info}`, { module: "x/upgrade" });
    for (const reading of readingsOf(info, scheduled))
      expect(judged(reading), reading.log).toMatchObject({ ...v67, corroborated: true });
  },
);

describe.each(Object.entries(HOSTILE_INFOS))("a plan whose info holds %s", (_, info) => {
  let readings: readonly Reading[];
  beforeAll(() => {
    readings = readingsOf(info);
  });

  test("is seen to halt its node", () => {
    for (const reading of readings)
      expect(judged(reading), reading.log).toMatchObject({ kind: "halted", inferred: true });
  });

  test("proves nothing of another plan that is listed for this height", () => {
    const others = ["v9", "v9.6", "v9.1"].map((planName) => ({ planName, height: 30 }));
    for (const other of others)
      for (const reading of readings) {
        const verdict = judged(reading, { listed: [other] });
        expect(verdict, reading.log).not.toMatchObject({ corroborated: true });
        expect(verdict, reading.log).not.toMatchObject({ plan: other.planName });
      }
  });

  test("is no halt of a node that goes on and has come past it", () => {
    for (const { planLines } of readings) {
      const node = { chainId: CHAIN, height: 31, haltIntent: { kind: "absent" } } as const;
      const status = { kind: "answered", at: AT, envelope: "bare", node } as const;
      expect(classify({ process: { kind: "running", startedAt: 0, planLines }, status }).kind).toBe(
        "running",
      );
    }
  });
});
