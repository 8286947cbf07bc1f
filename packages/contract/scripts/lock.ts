/**
 * Records what the contract adds in `contract.lock.json`: `node scripts/lock.ts`. Refuses to record a broken promise. With `--check`
 * it records nothing, and refuses what is not recorded.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { brokenPromises, type Contract, contractOfCode } from "../src/testing/append-only.ts";

/** Where the released contract is recorded. */
export const LOCK_FILE = new URL("../contract.lock.json", import.meta.url);

/** The contract as it was released. */
export function releasedContract(): Contract {
  return JSON.parse(readFileSync(LOCK_FILE, "utf8")) as Contract;
}

if (import.meta.main) {
  const code = contractOfCode();
  const text = `${JSON.stringify(code, null, 2)}\n`;
  const recorded = existsSync(LOCK_FILE);
  const broken = recorded ? brokenPromises(releasedContract(), code) : [];
  const only = process.argv.includes("--check");
  if (only && broken.length === 0 && text !== readFileSync(LOCK_FILE, "utf8"))
    broken.push("what it adds is not in contract.lock.json: run `pnpm run lock:record` in packages/contract");
  if (!only && broken.length === 0) writeFileSync(LOCK_FILE, text);
  for (const promise of broken) console.error(promise);
  process.exitCode = broken.length === 0 ? 0 : 1;
}
