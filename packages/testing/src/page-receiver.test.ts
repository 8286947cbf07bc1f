import { expect, test } from "vitest";
import { PageReceiver } from "./page-receiver.ts";

test("counts what it takes by key, and nothing while it refuses", async () => {
  const pager = await PageReceiver.start();
  const send = async (key?: string, state = "firing") => {
    const headers = { "content-type": "application/json", ...(key && { "idempotency-key": key }) };
    const body = JSON.stringify({ state });
    return (await fetch(pager.url, { method: "POST", headers, body })).status;
  };
  try {
    expect([await send("a"), await send("a"), await send("b"), await send("b", "resolved")]).toEqual([
      202, 202, 202, 202,
    ]);
    pager.refuse(true);
    expect([await send("c"), pager.refused]).toEqual([503, 1]);
    expect(pager.countByKey()).toEqual(
      new Map([
        ["a", 2],
        ["b", 1],
      ]),
    );
    expect(pager.resolutions()).toEqual([{ key: "b", body: { state: "resolved" } }]);
    pager.refuse(false);
    await send();
    expect(() => pager.pages()).toThrow("a page without its key");
  } finally {
    await pager.stop();
  }
  await expect(send("d")).rejects.toThrow();
});
