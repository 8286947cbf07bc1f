/** Records what the contract adds in `contract.lock.json`: `node scripts/lock.ts`. Refuses to record a broken promise. */
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
  const broken = existsSync(LOCK_FILE) ? brokenPromises(releasedContract(), code) : [];
  if (broken.length === 0) writeFileSync(LOCK_FILE, `${JSON.stringify(code, null, 2)}\n`);
  for (const promise of broken) console.error(promise);
  process.exitCode = broken.length === 0 ? 0 : 1;
}
