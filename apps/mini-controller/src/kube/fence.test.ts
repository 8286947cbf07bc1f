import { afterEach, describe, expect, test, vi } from "vitest";
import { Fence } from "./fence.ts";

afterEach(() => vi.useRealTimers());

describe("a fence", () => {
  test("is shut until the lease was held", () => {
    const fence = new Fence(1_000);
    expect(fence.isOpen).toBe(false);
    expect(fence.check).toThrow(/nothing is written/);
  });

  test("shuts by itself when the lease was not renewed, without any timer having run", () => {
    vi.useFakeTimers({ toFake: ["performance", "Date"], now: 1_000_000 });
    const fence = new Fence(1_000);
    fence.renew(performance.now(), Date.now());
    vi.advanceTimersByTime(999);
    expect(fence.isOpen).toBe(true);
    vi.advanceTimersByTime(1);
    expect(fence.check).toThrow();
  });

  test("a wall clock that jumps back leaves it no longer open, one that jumps ahead shuts it", () => {
    vi.useFakeTimers({ toFake: ["performance", "Date"], now: 1_000_000 });
    const fence = new Fence(1_000);
    fence.renew(performance.now(), Date.now());
    vi.advanceTimersByTime(1_000);
    vi.setSystemTime(0);
    expect(fence.isOpen).toBe(false);
    fence.renew(performance.now(), Date.now());
    vi.setSystemTime(3_600_000);
    expect(fence.isOpen).toBe(false);
  });
});
