import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";

/** The repository that this file is of. */
export const ROOT = join(import.meta.dirname, "..", "..");

/** One state of all programs and manifests, as a release would have it. */
export interface Generation {
  readonly name: string;
  /** What is different in it, for the reader of docs/compatibility.md. */
  readonly about: string;
  /** A folder laid out as the repository, with its programs built. */
  readonly folder: string;
  /** The commit that it is made of; the tree and what may come after it have none. */
  readonly commit?: string;
  /** Whether its controller has to be told which hosts it may page. */
  readonly namesPagingHosts: boolean;
  /** Whether its controller writes down what it saw of running nodes, and takes no journal without that for its own. */
  readonly keepsRecords: boolean;
}

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "upgrade-halt", "skew");

function past(name: string, commit: string, about: string, traits: Partial<Generation> = {}): Generation {
  const folder = join(cache, commit);
  return { name, about, folder, commit, namesPagingHosts: true, keepsRecords: true, ...traits };
}

/**
 * The released states, the oldest first. docs/releasing.md says what makes one: with each minor release its commit is
 * added here, and what is no longer supported is taken out.
 */
export const PAST: readonly Generation[] = [
  past(
    "2026-11-26",
    "d5f1c3aaef000e7843ba72590f67c3b4b88601b7",
    "journals without what was seen, no NodeRecord, policies without a chain",
    { namesPagingHosts: false, keepsRecords: false },
  ),
  past(
    "2026-11-28a",
    "73b25301b01b39a4bfbcb51170d6c794f71be607",
    "NodeRecords, policies that name their chain; infers no halt",
  ),
  past(
    "2026-11-28b",
    "45d6cafebad6b107b27c06b6d0828f9763c2e600",
    "infers halts; the release before this tree",
  ),
];

export const TREE: Generation = {
  name: "this tree",
  about: "what this page is made from",
  folder: ROOT,
  namesPagingHosts: true,
  keepsRecords: true,
};

/** This tree, and what a later contract, controller and CRD may have besides: `future.ts` makes it. */
export const FUTURE: Generation = {
  name: "a later one",
  about: "reasons 73 and 80, more fields of the intent, the policy and the journal, and a phase more",
  // One for each checkout: it is made anew when that changes.
  folder: join(cache, `later-${createHash("sha256").update(ROOT).digest("hex").slice(0, 12)}`),
  namesPagingHosts: true,
  keepsRecords: true,
};

export const GENERATIONS: readonly Generation[] = [...PAST, TREE, FUTURE];

const PROGRAMS = {
  "mini-controller": "apps/mini-controller",
  "mock-node": "apps/mock-node",
  "upgrade-halt": "packages/consumer",
} as const;

/** Path of a program's entry in a generation, for `node`. */
export function entryOf(generation: Generation, program: keyof typeof PROGRAMS): string {
  return join(generation.folder, PROGRAMS[program], "bin", `${program}.js`);
}

/** The folder of a generation's manifests. */
export function manifestsOf({ folder }: Generation): string {
  return join(folder, "apps", "mini-controller", "deploy");
}
