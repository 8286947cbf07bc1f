import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClusterEvent } from "@upgrade-halt/sandbox";
import { type End, type Program, until } from "@upgrade-halt/testing";
import { type Leftover, processesMentioning } from "./leftovers.ts";
import { startBin } from "./programs.ts";

/** The demo as a user runs it, with a folder of its own for all that it makes. */
export interface Demo {
  readonly program: Program;
  /** The events so far, from `--json`. */
  events(): readonly ClusterEvent[];
  /** Waits for an event. */
  told(what: string, is: (event: ClusterEvent) => boolean): Promise<ClusterEvent>;
  /** Waits for its end, then tells what it left behind, and removes it. */
  end(): Promise<{
    readonly end: End;
    readonly processes: readonly Leftover[];
    readonly files: readonly string[];
  }>;
}

/** Milliseconds that a demo may take from start to end. */
const WHOLE_DEMO = 90_000;

export async function startDemo(...flags: readonly string[]): Promise<Demo> {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-e2e-demo-"));
  const program = await startBin("sandbox", ["demo", ...flags], { env: { ...process.env, TMPDIR: folder } });
  const events = (): ClusterEvent[] => program.lines().map((line) => JSON.parse(line));
  return {
    program,
    events,
    told: (what, is) => until(what, () => events().find(is), { within: WHOLE_DEMO, explain: program.output }),
    async end() {
      const late = setTimeout(() => program.signal("SIGKILL"), WHOLE_DEMO);
      const end = await program.ended;
      clearTimeout(late);
      const processes = processesMentioning(folder);
      for (const { pid } of processes) process.kill(pid, "SIGKILL");
      const files = await readdir(folder);
      await rm(folder, { recursive: true, force: true });
      return { end, processes, files };
    },
  };
}
