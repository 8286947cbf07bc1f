import { expect, test } from "vitest";
import { Lasting } from "./lasting.ts";

test("lasts from when it was noted first, until it is over or was not noted for ten minutes", () => {
  let now = 0;
  const lasting = new Lasting(() => now);
  const noted = (at: number, key = "a") => {
    now = at;
    return lasting.note(key);
  };
  expect([noted(5), noted(600_005), noted(600_006, "b"), noted(700_000)]).toEqual([0, 600_000, 0, 699_995]);
  expect(noted(1_300_001)).toBe(0);
  lasting.over("a");
  expect(noted(1_300_005)).toBe(0);
});
