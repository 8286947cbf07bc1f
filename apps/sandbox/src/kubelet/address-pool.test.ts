import { isIPv4 } from "node:net";
import { afterEach, expect, it } from "vitest";
import { AddressPool } from "./address-pool.ts";

const pools: AddressPool[] = [];
afterEach(() => {
  for (const pool of pools.splice(0)) pool.close();
});

function newPool(): AddressPool {
  const pool = new AddressPool();
  pools.push(pool);
  return pool;
}

it("gives each pod an address of its own, past the first 254 too", async () => {
  const pool = newPool();
  const taken = new Set<string>();
  for (let count = 0; count < 300; count += 1) taken.add(await pool.take());
  expect(taken.size).toBe(300);
  for (const address of taken) expect(isIPv4(address) && address.startsWith("127.")).toBe(true);
});

it("shares no prefix with another pool", async () => {
  const prefixes = new Set<string>();
  for (let count = 0; count < 20; count += 1) {
    prefixes.add((await newPool().take()).split(".").slice(0, 3).join("."));
  }
  expect(prefixes.size).toBe(20);
});

it("uses an address again only after all the others", async () => {
  const pool = newPool();
  const first = await pool.take();
  pool.give(first);
  for (let count = 0; count < 253; count += 1) expect(await pool.take()).not.toBe(first);
  expect(await pool.take()).toBe(first);
});
