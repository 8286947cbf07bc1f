import { writeSync } from "node:fs";
import { BOUNDARIES, type OnBoundary } from "../model/boundary.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Makes the process kill itself, for crash tests: at a boundary such as `before:set-image`, at its n-th passing
 * (`before:set-image#2`), or at the n-th boundary of any name (`any#5`). It says on standard error where.
 */
export const CRASH_AT = "MINI_CONTROLLER_CRASH_AT";

/**
 * The hook that the environment asks for; one that does nothing when it asks for none.
 *
 * @throws {UsageError} when it names no boundary.
 */
export function crashPoint(environment: NodeJS.ProcessEnv = process.env): OnBoundary {
  const wish = environment[CRASH_AT];
  if (wish === undefined || wish === "") return () => {};
  const [name, passing = "1"] = wish.split("#");
  if ((name !== "any" && !BOUNDARIES.some((boundary) => boundary === name)) || !/^[1-9]\d*$/.test(passing)) {
    throw new UsageError(`${CRASH_AT}=${wish} names no boundary such as ${BOUNDARIES[0]}, any or any#2`);
  }
  let left = Number(passing);
  return (boundary) => {
    if (name !== "any" && boundary !== name) return;
    left -= 1;
    if (left !== 0) return;
    writeSync(process.stderr.fd, `killed at ${boundary}\n`);
    process.kill(process.pid, "SIGKILL");
  };
}
