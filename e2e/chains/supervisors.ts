import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { cosmovisorPath } from "../cosmovisor/program.ts";
import type { Plan } from "./governance.ts";
import { CHAIN_ID } from "./homes.ts";
import { installReleases, pidsOf, writeProgram } from "./installed-releases.ts";
import type { Network } from "./network.ts";
import type { Release, Validator } from "./validator.ts";

export const UPGRADE_HALT = [
  process.execPath,
  join(import.meta.dirname, "../../packages/consumer/bin/upgrade-halt.js"),
];

/** A release under `upgrade-halt exec --announce`, with a policy that lists the plan. */
export function announced(release: Release, validator: Validator, plan: Plan, standstillMs: number): Release {
  return { ...release, supervised: (command) => [...announce(validator, plan, standstillMs), ...command] };
}

/** The command line that announces for a validator, up to its node's own, with a policy that it writes into the home. */
export function announce(validator: Validator, plan: Plan, standstillMs: number): readonly string[] {
  const { home, rpc } = validator;
  const policy = writePolicy(validator, plan);
  const flags = ["--home", home, "--rpc", rpc, "--policy", policy, "--standstill", `${standstillMs}`];
  return [...UPGRADE_HALT, "exec", "--announce", ...flags, "--"];
}

/** Writes a policy that lists the plan into the validator's home; its path. */
export function writePolicy({ home }: Validator, { name, height }: Plan): string {
  const policy = join(home, "policy.json");
  const upgrades = [{ planName: name, height, image: "simd:v9" }];
  writeFileSync(policy, JSON.stringify({ chainId: CHAIN_ID, upgrades }));
  return policy;
}

/**
 * The old release under a shell loop around `upgrade-halt exec --announce` that changes to the new one after a 70, and ends
 * with any other code.
 */
export function upgradedByLoop(validator: Validator, plan: Plan, standstillMs: number): Release {
  const [genesis, upgraded] = installReleases(validator, plan);
  const script = join(validator.home, "supervise");
  const words = announce(validator, plan, standstillMs).map((word) => `'${word}'`);
  writeProgram(
    script,
    `release='${genesis}'
while :; do
  ${words.join(" ")} "$release" "$@"
  code=$?
  [ $code = 70 ] && [ "$release" = '${genesis}' ] || exit $code
  release='${upgraded}'
done`,
  );
  return { supervised: ([, ...args]) => [script, ...args] };
}

/**
 * The old release, stopped and replaced by the new one as soon as `upgrade-info.json` is there: what no supervisor can be
 * quicker than. It looks each 10 ms.
 */
export function replacedAtOnce(validator: Validator, plan: Plan): Release {
  const [genesis, upgraded] = installReleases(validator, plan);
  const script = join(validator.home, "supervise");
  writeProgram(
    script,
    `trap 'kill $node' TERM
'${genesis}' "$@" & node=$!
until [ -s '${join(validator.home, "data", "upgrade-info.json")}' ]; do sleep 0.01; done
kill $node; wait $node
'${upgraded}' "$@" & node=$!
wait $node; wait $node`,
  );
  return { supervised: ([, ...args]) => [script, ...args] };
}

/** A real cosmovisor 1.5.0 around the releases that are installed, with its defaults but for the question whether to go on. */
export function underCosmovisor({ home, rpc }: Validator): Release {
  const env = {
    DAEMON_HOME: home,
    DAEMON_NAME: "simd",
    DAEMON_DATA_BACKUP_DIR: home,
    // cosmovisor ends what it runs by SIGKILL, in the middle of whatever it does.
    TMPDIR: home,
    // Cosmovisor runs `status` without an address, and waits for ever for whoever has the default one.
    SIMD_NODE: rpc.replace("http:", "tcp:"),
  };
  return { env, supervised: ([, ...args]) => [cosmovisorPath(), "run", ...args] };
}

/** Stops the supervisors of a network, and ends every node that one ever started: it may leave one behind. */
export async function stopSupervised({ validators }: Pick<Network, "validators">): Promise<void> {
  for (const { started } of validators) started.program.signal("SIGTERM");
  await until("the supervisors and their nodes to be gone", () => {
    for (const { home } of validators) for (const pid of pidsOf(home)) endIfOurs(pid, home);
    return validators.every(({ started }) => started.end !== undefined);
  });
}

function endIfOurs(pid: number, home: string): void {
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(home)) process.kill(pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}
