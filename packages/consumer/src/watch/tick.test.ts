import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { callAfter } from "./tick.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("a thousand waits of nearly the same length end in a few wake-ups, each close to when it is due", () => {
  const late: number[] = [];
  for (let i = 0; i < 1_000; i += 1) {
    const due = performance.now() + 900 + i / 5;
    callAfter(900 + i / 5, () => late.push(performance.now() - due));
  }
  expect(vi.getTimerCount()).toBeLessThanOrEqual(10);
  vi.advanceTimersByTime(1_200);
  expect(late).toHaveLength(1_000);
  expect(Math.max(...late.map(Math.abs))).toBeLessThanOrEqual(26);
});

test("waits that end together are as long as they were meant to be, on the whole", () => {
  const waited: number[] = [];
  for (let i = 0; i < 1_000; i += 1) {
    const from = performance.now();
    callAfter(900 + i / 5, () => waited.push(performance.now() - from));
  }
  vi.advanceTimersByTime(1_200);
  expect(waited.reduce((sum, ms) => sum + ms, 0) / 1_000).toBeCloseTo(1_000, -1);
});

test("a short wait ends when it is due", () => {
  const called = vi.fn();
  callAfter(7, called);
  vi.advanceTimersByTime(6);
  expect(called).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(called).toHaveBeenCalledOnce();
});

test.each([7, 1_000])("a wait of %i ms that is cancelled never ends and leaves no timer", (ms) => {
  const called = vi.fn();
  callAfter(ms, called)();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(2_000);
  expect(called).not.toHaveBeenCalled();
});

test("one of two that end together is cancelled alone", () => {
  const [one, other] = [vi.fn(), vi.fn()];
  callAfter(1_000, one)();
  const cancel = callAfter(1_000, one);
  callAfter(1_000, other);
  cancel();
  vi.advanceTimersByTime(1_020);
  expect(one).not.toHaveBeenCalled();
  expect(other).toHaveBeenCalledOnce();
});

test("a wait without end is no wait of nothing", () => {
  const called = vi.fn();
  const cancel = callAfter(Number.POSITIVE_INFINITY, called);
  vi.advanceTimersByTime(3_600_000);
  expect(called).not.toHaveBeenCalled();
  cancel();
});
