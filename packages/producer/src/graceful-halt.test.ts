import { ShutdownReason } from "@upgrade-halt/contract";
import { describe, expect, it } from "vitest";
import { type GracefulHalt, gracefulHalt } from "./graceful-halt.ts";
import { createHaltHolder } from "./halt-holder.ts";

const plan = { name: "v6.7", height: 5, info: "" };

/** A halt that writes down what happens, and whether the intent could be seen by then. */
function recordedHalt(overrides: Partial<GracefulHalt> = {}) {
  const holder = createHaltHolder(() => 0);
  const steps: string[] = [];
  const happens = (what: string) => () => {
    steps.push(holder.snapshot() === undefined ? what : `${what} (published)`);
  };
  const halt: GracefulHalt = {
    reason: ShutdownReason.UpgradeRequired,
    plan,
    holder,
    artifacts: () => [
      { name: "first", persist: happens("first artifact") },
      { name: "second", persist: happens("second artifact") },
    ],
    mode: { kind: "exit" },
    log: happens("log"),
    print: happens("print"),
    shutdown: {
      consensus: [{ name: "consensus", stop: happens("consensus stops") }],
      servers: [{ name: "rpc", stop: happens("rpc stops") }],
    },
    exit: (code) => happens(`exit ${code}`)(),
    onProblem: (message) => happens(message)(),
    ...overrides,
  };
  return { holder, steps, halt, happens };
}

describe("gracefulHalt", () => {
  it("goes in the protocol's order, and publishes after the lines and before the shutdown", async () => {
    const { steps, halt, holder } = recordedHalt();
    expect(await gracefulHalt(halt)).toEqual({ kind: "halted", intent: holder.snapshot() });
    expect(steps).toEqual([
      "first artifact",
      "second artifact",
      "log",
      "print",
      "consensus stops (published)",
      "rpc stops (published)",
      "exit 70 (published)",
    ]);
  });

  it("has published by the time it returns its promise", () => {
    const { holder, halt } = recordedHalt();
    void gracefulHalt(halt);
    expect(holder.snapshot()).toMatchObject({ reason: 70, plan_name: "v6.7", height: 5 });
  });

  it("rests after consensus stopped in stay-alive mode, until it is asked to stop", async () => {
    const stop = new AbortController();
    const { steps, halt } = recordedHalt({ mode: { kind: "stay-alive", stopRequested: stop.signal } });
    const outcome = gracefulHalt(halt);
    await new Promise(setImmediate);
    expect(steps.at(-1)).toBe("consensus stops (published)");
    stop.abort();
    expect((await outcome).kind).toBe("halted");
    expect(steps.slice(-2)).toEqual(["rpc stops (published)", "exit 70 (published)"]);
  });

  it("does nothing for a second halt but say so", async () => {
    const { steps, halt, holder } = recordedHalt();
    await gracefulHalt(halt);
    const before = steps.length;
    const second = await gracefulHalt({ ...halt, reason: ShutdownReason.DowngradeDetected });
    expect(second).toEqual({ kind: "ignored", standing: holder.snapshot() });
    expect(steps.slice(before)).toEqual(["a second halt (72) was ignored: 70 stands (published)"]);
  });

  it("announces a recorded halt as it was", async () => {
    const recorded = { ...createHaltHolder(() => 1_000).stamp(ShutdownReason.UpgradeRequired, plan) };
    const { halt, holder } = recordedHalt({ recorded });
    await gracefulHalt(halt);
    expect(holder.snapshot()).toEqual(recorded);
  });

  it("is none when an artifact fails: no line, no intent, exit 1", async () => {
    const { steps, halt, holder } = recordedHalt({
      artifacts: () => [
        {
          name: "upgrade-info.json",
          persist: () => {
            throw new Error("ENOSPC: no space left on device");
          },
        },
      ],
    });
    expect(await gracefulHalt(halt)).toMatchObject({
      kind: "failed",
      cause: { code: "artifact-not-durable" },
    });
    expect(holder.snapshot()).toBeUndefined();
    expect(steps).toEqual([
      "no graceful halt for 70: upgrade-info.json could not be written: ENOSPC: no space left on device",
      "consensus stops",
      "rpc stops",
      "exit 1",
    ]);
  });

  it("is none when the clock fails", async () => {
    const { steps, halt } = recordedHalt({ holder: createHaltHolder(() => Number.NaN) });
    expect(await gracefulHalt(halt)).toMatchObject({
      kind: "failed",
      cause: { code: "artifact-not-durable" },
    });
    expect(steps.at(-1)).toBe("exit 1");
  });

  it.each(["log", "print", "onStep"] as const)("is not stopped by a %s that throws", async (part) => {
    const broken = () => {
      throw new Error("EPIPE");
    };
    const { steps, halt } = recordedHalt({ [part]: broken });
    await gracefulHalt(halt);
    expect(steps.at(-1)).toBe("exit 70 (published)");
  });

  it("comes to its end when the problems that it tells of go nowhere", async () => {
    const broken = () => {
      throw new Error("EPIPE");
    };
    const { steps, halt } = recordedHalt({ onProblem: broken });
    const servers = [{ name: "rpc", stop: broken }];
    await gracefulHalt({ ...halt, shutdown: { consensus: [], servers } });
    expect(steps.at(-1)).toBe("exit 70 (published)");
    expect((await gracefulHalt(halt)).kind).toBe("ignored");

    const failing = recordedHalt({ onProblem: broken, artifacts: () => [{ name: "file", persist: broken }] });
    expect((await gracefulHalt(failing.halt)).kind).toBe("failed");
    expect(failing.steps.at(-1)).toBe("exit 1");
  });

  it("goes on when a part fails to stop, and names it", async () => {
    const broken = {
      name: "peers",
      stop: () => {
        throw new Error("no");
      },
    };
    const { steps, halt } = recordedHalt();
    await gracefulHalt({
      ...halt,
      shutdown: { ...halt.shutdown, consensus: [broken, ...halt.shutdown.consensus] },
    });
    expect(steps).toContain("peers failed to stop (published)");
    expect(steps).toContain("consensus stops (published)");
    expect(steps.at(-1)).toBe("exit 70 (published)");
  });
});
