import { join } from "node:path";
import { binOf } from "../../harness/programs.ts";
import { instructionsOf } from "./callgrind.ts";

/** How many instructions a piece of work took, in each round. */
export interface Count {
  readonly what: string;
  readonly rounds: readonly number[];
}

/** One thread, and nothing by the clock: without it the counts of a start are 3 % apart, with it 0.001 %. */
const START = ["--predictable"];
/** All code is compiled once and in the same way: else a count says above all when the optimising compilers stepped in. */
const CALLS = [...START, "--no-opt", "--no-maglev", "--always-sparkplug"];
const SCRIPT = join(import.meta.dirname, "work.js");
/** A halt of the node's service, as systemd tells `ExecStopPost=`. */
const HALTED = { SERVICE_RESULT: "exit-code", EXIT_CODE: "exited", EXIT_STATUS: "70" };

/** Work of the kinds of `work.js` is counted for one call, the hook as a whole process. */
const WORK: Readonly<Record<string, () => Promise<number>>> = {
  classify: () => perCall("classify", 200),
  encode: () => perCall("encode", 1_000),
  parse: () => perCall("parse", 1_000),
  "systemd-hook": () =>
    instructionsOf([process.execPath, ...START, binOf("upgrade-halt"), "systemd-hook"], HALTED),
};

/** Counts all work, round by round. */
export async function countAll(rounds: number, progress: (text: string) => void): Promise<readonly Count[]> {
  const counts = Object.entries(WORK).map(([what, count]) => ({ what, count, rounds: [] as number[] }));
  for (let round = 1; round <= rounds; round += 1)
    for (const { what, count, rounds: taken } of counts) {
      progress(`instructions of ${what}: ${round} of ${rounds}`);
      taken.push(await count());
    }
  return counts.map(({ what, rounds: taken }) => ({ what, rounds: taken }));
}

/** The difference of two processes, one with twice the calls: what starting takes is in both. */
async function perCall(kind: string, calls: number): Promise<number> {
  const taking = (count: number) => instructionsOf([process.execPath, ...CALLS, SCRIPT, kind, `${count}`]);
  const [once, twice] = await Promise.all([taking(calls), taking(2 * calls)]);
  return Math.round((twice - once) / calls);
}
