import { expect, test } from "vitest";
import { ControllerError } from "../controller-error.ts";
import { SilentMachines } from "./silent-machines.ts";

const ON_A = { namespace: "sei", machine: "a" };

function machinesOf() {
  const clock = { ms: 0 };
  const machines = new SilentMachines(() => clock.ms);
  const asked: string[] = [];
  const ask = async (source: { namespace: string; machine?: string }, code?: "timeout" | "not-found") => {
    const result = machines.ask(source, async () => {
      asked.push(source.machine ?? "");
      await null;
      if (code !== undefined) throw new ControllerError(code, "the first cause");
    });
    return await result.catch((error: Error) => error.message);
  };
  return { machines, ask, asked, clock };
}

test("a machine that was silent rests longer each time, five minutes at most", async () => {
  const { machines, ask, asked, clock } = machinesOf();
  const rests: number[] = [];
  for (let i = 0; i < 12; i += 1) {
    await ask(ON_A, "timeout");
    expect(await ask(ON_A)).toBe("the kubelet of a did not answer a moment ago");
    rests.push(machines.restUntil(ON_A) - clock.ms);
    clock.ms = machines.restUntil(ON_A);
  }
  expect(asked).toHaveLength(12);
  for (const [i, rest] of rests.entries()) {
    const most = Math.min(5_000 * 2 ** i, 300_000);
    expect(rest).toBeGreaterThanOrEqual(most / 2);
    expect(rest).toBeLessThanOrEqual(most);
  }
});

test("several that were asked at a time are one silence", async () => {
  const { machines, ask } = machinesOf();
  await Promise.all([ask(ON_A, "timeout"), ask(ON_A, "timeout"), ask(ON_A, "timeout")]);
  expect(machines.restUntil(ON_A)).toBeLessThanOrEqual(5_000);
});

test("one that rested is asked by one before the others, and rests no more once it answers", async () => {
  const { machines, ask, asked, clock } = machinesOf();
  await ask(ON_A, "timeout");
  clock.ms = machines.restUntil(ON_A);
  const first = ask(ON_A);
  expect(await ask(ON_A)).toContain("did not answer");
  await first;
  expect(machines.restUntil(ON_A)).toBe(0);
  await ask(ON_A);
  expect(asked).toHaveLength(3);
});

test.each([
  ["another machine", { namespace: "sei", machine: "b" }, "timeout"],
  ["the same machine for another namespace", { namespace: "other", machine: "a" }, "timeout"],
  ["a machine that said that there is no such log", ON_A, "not-found"],
] as const)("rests not: %s", async (_, source, code) => {
  const { machines, ask } = machinesOf();
  await ask(ON_A, code);
  expect(machines.restUntil(source)).toBe(0);
});

test("a pod whose machine is not known has none that rests", async () => {
  const { machines, ask } = machinesOf();
  await ask({ namespace: "sei" }, "timeout");
  expect(machines.restUntil({ namespace: "sei" })).toBe(0);
});
