import { describe, expect, it } from "vitest";
import { KUBELET_BACK_OFF, restartDelay, shouldRestart } from "./restart-policy.ts";

const keepsHaltsDown = [{ action: "Restart", operator: "NotIn" as const, values: [70, 71, 72] }];
const noRules = { role: "main" as const, restartPolicy: undefined, restartRules: [] };

describe("shouldRestart", () => {
  it.each([
    ["Always", 0, true],
    ["Always", 1, true],
    ["OnFailure", 0, false],
    ["OnFailure", 1, true],
    ["Never", 1, false],
  ])("pod policy %s, exit code %d: %s", (restartPolicy, exitCode, restarts) => {
    expect(shouldRestart({ restartPolicy }, noRules, exitCode)).toBe(restarts);
  });

  it.each([
    [70, false],
    [71, false],
    [72, false],
    [2, true],
    [0, true],
    [137, true],
  ])("rules that keep halts down, exit code %d: %s", (exitCode, restarts) => {
    const container = { role: "main" as const, restartPolicy: "Never", restartRules: keepsHaltsDown };
    expect(shouldRestart({ restartPolicy: "Always" }, container, exitCode)).toBe(restarts);
  });

  it("starts a sidecar again whatever its code, and an init container only where it failed", () => {
    const never = { restartPolicy: "Never" };
    expect(shouldRestart(never, { ...noRules, role: "sidecar", restartPolicy: "Always" }, 0)).toBe(true);
    expect(shouldRestart({ restartPolicy: "Always" }, { ...noRules, role: "init" }, 0)).toBe(false);
    expect(shouldRestart({ restartPolicy: "Always" }, { ...noRules, role: "init" }, 1)).toBe(true);
    expect(shouldRestart(never, { ...noRules, role: "init" }, 1)).toBe(false);
  });

  it("ignores rules without a policy of the container's own, as the kubelet does", () => {
    const container = { role: "main" as const, restartPolicy: undefined, restartRules: keepsHaltsDown };
    expect(shouldRestart({ restartPolicy: "Never" }, container, 2)).toBe(false);
  });
});

it("restarts at once, then after 10 s doubling to 300 s", () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(
    (failures) => restartDelay(failures, KUBELET_BACK_OFF) / 1000,
  );
  expect(delays).toEqual([0, 10, 20, 40, 80, 160, 300, 300, 300]);
});
