import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunState } from "@upgrade-halt/sandbox";
import { type Program, until } from "@upgrade-halt/testing";
import type { Cleanup } from "./cleanup.ts";
import { startBin } from "./programs.ts";

/** Waits of a page that a loaded machine serves. */
export const PATIENCE = 90_000;

/** A sandbox as a user starts it. */
export interface Served {
  readonly program: Program;
  /** What it printed, token included. */
  readonly address: string;
  readonly origin: string;
  /** Its own, for files. */
  readonly folder: string;
  readonly token: string;
  /** What the page shows, as JSON. */
  state(): Promise<RunState>;
}

export interface ServeOptions {
  readonly cleanup: Cleanup;
  readonly flags?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts `sandbox serve`, in a folder of its own; it ends with `cleanup`. */
export async function serve({ cleanup, flags = ["--nodes", "2"], env = {} }: ServeOptions): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-browser-"));
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  const find = (program: Program) => /http:\/\/127\.0\.0\.1:\d+\/#token=\S+/.exec(program.output())?.[0];
  const program = await startBin("sandbox", ["serve", ...flags], {
    env: { ...process.env, TMPDIR: folder, ...env },
    ready: find,
    within: PATIENCE,
  });
  cleanup.add(() => program.stop());
  const address = find(program) ?? "";
  const { origin, hash } = new URL(address);
  const token = hash.slice("#token=".length);
  const state = async (): Promise<RunState> => {
    const response = await fetch(`${origin}/api/state`, { headers: { authorization: `Bearer ${token}` } });
    return (await response.json()) as RunState;
  };
  return { program, address, origin, folder, token, state };
}

/** Sends what the page would send. */
export async function postTo(
  { origin, token }: Served,
  path: string,
  body: unknown,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(`${origin}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

/** Waits until the sandbox's state is so. */
export function untilState(
  served: Served,
  what: string,
  is: (state: RunState) => boolean,
): Promise<RunState> {
  return until(
    what,
    async () => {
      const state = await served.state();
      return is(state) && state;
    },
    { within: PATIENCE, explain: async () => toldOf(await served.state()) },
  );
}

function toldOf({ nodes, halts }: RunState): string {
  return JSON.stringify({ nodes, halts: halts.map(({ node, spec, status }) => ({ node, spec, status })) });
}
