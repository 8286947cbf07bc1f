import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubernetesVersion } from "./programs.ts";

/** The suites that are played on releases of Kubernetes. */
export const PLAYED_SUITES = ["control-plane", "chart", "kubelet"] as const;

export type PlayedSuite = (typeof PLAYED_SUITES)[number];

/** A run of a whole suite in which every test passed. */
export interface PlayedRun {
  readonly tests: number;
  /** The day of it, as `2026-11-30`, UTC. */
  readonly day: string;
}

/** The last whole run of each suite on one release that somebody recorded; a suite that nobody played there has none. */
export type Played = Readonly<Partial<Record<PlayedSuite, PlayedRun>>>;

/** The record beside the Go module of a release. */
export function recordOf(version: KubernetesVersion): string {
  return join(import.meta.dirname, "kubernetes", version, "played.json");
}

export function readPlayed(file: string): Played {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}

export function writePlayed(file: string, suite: PlayedSuite, run: PlayedRun): void {
  const played = { ...readPlayed(file), [suite]: run };
  const sorted = PLAYED_SUITES.flatMap((one) => (played[one] ? [[one, played[one]] as const] : []));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`);
}

/** What is wrong with a whole run beside the record, as a sentence; nothing when it holds what the record says. */
export function shortOf(played: Played, suite: PlayedSuite, tests: number): string | undefined {
  const recorded = played[suite]?.tests ?? 0;
  if (tests >= recorded) return undefined;
  return (
    `docs/compatibility.md says that ${recorded} tests of test:${suite} hold here, and ${tests} ran: ` +
    "play it with UPDATE_COMPATIBILITY=1 if some are gone on purpose"
  );
}
