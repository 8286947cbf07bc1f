import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The environment of a program whose wall clock each SIGUSR2 sets by the next of `jumps`, in milliseconds; it says `clock set`. */
export function jumpingClock(...jumps: readonly number[]): NodeJS.ProcessEnv {
  const clock = pathToFileURL(join(import.meta.dirname, "jumping-clock.mjs")).href;
  return { NODE_OPTIONS: `--import ${clock}`, CLOCK_JUMPS_MS: jumps.join() };
}
