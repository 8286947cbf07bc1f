import { BOUNDARIES, type OnBoundary } from "../halts/boundary.ts";
import { UsageError } from "./usage-error.ts";

/** Set to a boundary (and `#n` for its n-th passing) to make the process kill itself there: for crash tests. */
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
  if (!BOUNDARIES.some((boundary) => boundary === name)) {
    throw new UsageError(`${CRASH_AT}=${wish} names no boundary such as ${BOUNDARIES[0]}`);
  }
  let left = Number(passing);
  return (boundary) => {
    if (boundary !== name) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, "SIGKILL");
  };
}
