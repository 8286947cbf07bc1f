import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { filesIn, until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { processesMentioning } from "../harness/leftovers.ts";
import type { Plan } from "./governance.ts";
import { ends } from "./halting-chain.ts";
import { linesOf, placesOf, writeProgram } from "./installed-releases.ts";
import { announce, stopSupervised, UPGRADE_HALT, underCosmovisor, writePolicy } from "./supervisors.ts";
import type { Release, Validator } from "./validator.ts";

const GUIDE = readFileSync(join(import.meta.dirname, "../../docs/guides/cosmovisor.md"), "utf8");
/** Longer than cosmovisor takes to change the binary. */
const STANDSTILL_MS = 30_000;

/** `exec --announce` around cosmovisor around the releases that are installed. */
export function announcedCosmovisor(
  validator: Validator,
  plan: Plan,
  flags: readonly string[] = [],
): Release {
  const { supervised = (command) => command, env = {} } = underCosmovisor(validator);
  const around = announce(validator, plan, STANDSTILL_MS);
  return { env, flags, supervised: (command) => [...around, ...supervised(command)] };
}

/**
 * Puts the cosmovisor guide's script in front of each release that is installed: what cosmovisor then runs as the node is
 * `exec --announce` around it.
 */
export function announceInside(validator: Validator, plan: Plan): void {
  const { home, rpc } = validator;
  const script = (filesIn(GUIDE).get("seid") ?? "")
    .replace("#!/bin/sh\n", "")
    .replaceAll("seid-real", "simd-real")
    .replace("upgrade-halt exec", `${UPGRADE_HALT.join(" ")} exec`)
    .replace("/var/lib/sei", home)
    .replace("http://127.0.0.1:26657", rpc)
    .replace("/etc/upgrade-halt/policy.json", writePolicy(validator, plan))
    .replaceAll("/usr/local/bin/page-me", `'echo $UPGRADE_HALT_EVENT >> ${pagesFile(home)}'`);
  for (const release of placesOf(validator, plan).filter((path) => existsSync(path))) {
    renameSync(release, `${release}-real`);
    writeProgram(release, script);
  }
}

/** What the guide's script has paged for, in order. */
export function pagedInside({ home }: Validator): readonly string[] {
  return linesOf(pagesFile(home));
}

function pagesFile(home: string): string {
  return join(home, "pages");
}

/** cosmovisor around `exec --announce` around each release that is installed. */
export function announcedInside(validator: Validator, plan: Plan, flags: readonly string[] = []): Release {
  announceInside(validator, plan);
  return { ...underCosmovisor(validator), flags };
}

/** Starts a release; the code that it ended with by itself. */
export async function codeOf(validator: Validator, release: Release): Promise<number | null | undefined> {
  await validator.start(release);
  await ends(validator);
  return validator.started.end?.code;
}

/** The same of one that fails, or `undefined` where it lives on until it is told to stop. */
export async function codeOfFailed(
  validator: Validator,
  release: Release,
): Promise<number | null | undefined> {
  await validator.start(release);
  await validator.fails();
  const code = validator.started.end?.code;
  await validator.stop();
  return code;
}

/**
 * Starts a node at the height of the plan, and again where cosmovisor missed what the node wrote before it ended, as what runs
 * around it does, until it is past it. `missed` are the codes of such ends.
 */
export async function passesWhenRestarted(
  validator: Validator,
  release: Release,
  { height, missed, restarts = 10 }: { height: number; missed: readonly number[]; restarts?: number },
): Promise<void> {
  await validator.start(release);
  await until(
    `${validator.name} to pass, or to end`,
    async () => validator.started.end ?? ((await validator.height()) ?? 0) > height + 2,
    { within: 90_000, explain: () => validator.node.output().slice(-4_000) },
  );
  const { end } = validator.started;
  if (end === undefined) return;
  expect(missed, validator.node.output()).toContain(end.code);
  expect(restarts, validator.node.output()).toBeGreaterThan(0);
  await passesWhenRestarted(validator, release, { height, missed, restarts: restarts - 1 });
}

/** Stops cosmovisor, and what it leaves behind: told to stop after an upgrade, it may end before its node. */
export async function stopWithNode(validator: Validator): Promise<void> {
  await stopSupervised({ validators: [validator] });
  await until(`${validator.name} to be gone`, () => processesMentioning(validator.home).length === 0);
}
