import { expect, test } from "vitest";
import { startPageReceiver } from "./page-receiver.ts";

test("counts what it accepts by key, and nothing while it refuses", async () => {
  const pager = await startPageReceiver();
  const send = async (key?: string) => {
    const headers = { "content-type": "application/json", ...(key && { "idempotency-key": key }) };
    return (await fetch(pager.url, { method: "POST", headers, body: "{}" })).status;
  };
  try {
    expect([await send("a"), await send("a"), await send("b"), await send()]).toEqual([202, 202, 202, 400]);
    pager.refuse(true);
    expect(await send("c")).toBe(503);
    expect(pager.countByKey()).toEqual(
      new Map([
        ["a", 2],
        ["b", 1],
      ]),
    );
  } finally {
    await pager.stop();
  }
  await expect(send("d")).rejects.toThrow();
});
