import { chmodSync, copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bootMachine, type Machine, TREE_INSIDE, whyNoMachine } from "../systemd/machine.ts";
import { HaltingChain } from "./halting-chain.ts";
import { CHAIN_ID } from "./homes.ts";
import type { Network } from "./network.ts";
import { CHAINS, type Chain } from "./programs.ts";
import { blockAt, evidenceUpTo, signedBackwards } from "./signatures.ts";
import type { Validator } from "./validator.ts";

const TREE = join(import.meta.dirname, "../..");
/** What the guide says of a unit, with the node's user, command and codes. */
const SETTINGS =
  /```ini\n(User=sei\n.*?)```/s.exec(readFileSync(join(TREE, "docs/guides/today.md"), "utf8"))?.[1] ?? "";
const NODE = `${TREE_INSIDE}/node_modules/node/bin/node`;
const inside = (path: string) => path.replace(TREE, TREE_INSIDE);

const reason = whyNoMachine();

describe.skipIf(reason !== undefined).each(Object.keys(CHAINS) as Chain[])(
  `real nodes of %s in the guide's unit on a real systemd${reason ? ` (${reason})` : ""}`,
  (chainProgram) => {
    let chain: HaltingChain;
    let machine: Machine;

    beforeAll(async () => {
      [chain, machine] = await Promise.all([HaltingChain.create(chainProgram), bootMachine()]);
    });

    afterAll(async () => {
      await machine?.[Symbol.asyncDispose]();
      await chain?.[Symbol.asyncDispose]();
    });

    async function must(script: string): Promise<string> {
      const { code, output } = await machine.sh(script);
      if (code !== 0) throw new Error(`${script}: ${output}`);
      return output.trim();
    }

    const write = (path: string, content: string) => must(`cat > '${path}' <<'END'\n${content}\nEND`);

    /** The guide's unit, around this validator's node. */
    function unitOf({ home, rpc }: Validator): string {
      const settings = SETTINGS.replaceAll("/usr/bin/", "/run/bin/")
        .replace("--announce", "--announce --standstill 5000")
        .replace("/var/lib/sei", inside(home))
        .replace("/etc/upgrade-halt/policy.json", "/run/policy.json")
        .replace("http://127.0.0.1:26657", rpc)
        .replace("/run/bin/seid start", `/run/bin/seid start --home ${inside(home)}`);
      return `[Service]\nRestart=always\nRestartSec=1\nEnvironmentFile=/run/release\n${settings}`;
    }

    const show = ({ name }: Validator, property: string) =>
      must(`systemctl show ${name} --property=${property} --value`);

    const isHeldAt = async (validator: Validator, code: number) =>
      (await show(validator, "ActiveState")) === "failed" &&
      (await show(validator, "ExecMainStatus")) === `${code}`;

    /** How many of its lines have this text, of all its runs. */
    const says = ({ name }: Validator, text: string) =>
      must(`journalctl -u ${name} --no-pager -o cat | grep -c '${text}' || true`).then(Number);

    const explain = (network: Network) => () =>
      must(
        network.validators
          .map(({ name }) => `journalctl -u ${name} -n 15 --no-pager -o cat || true`)
          .join(";"),
      );

    /** One node gets the old release again. It fails and stands, and started again it ends; or it ends at once. */
    async function expectDowngradeNotRun(network: Network): Promise<void> {
      const { first } = network;
      const failures = () => says(first, "CONSENSUS FAILURE");
      const before = await failures();
      const hasEnded = {
        // It says no halt line: to systemd and to us that is a crash, which is restarted.
        simd: async () => Number(await show(first, "NRestarts")) > 0,
        sdk: () => isHeldAt(first, 72),
      }[chainProgram];
      const hasFailed = async () => (await hasEnded()) || (await failures()) > before;
      await must(`echo UPGRADE_HANDLERS= > /run/release; systemctl restart ${first.name}`);
      await until("the old release to fail", hasFailed, { within: 90_000, explain: explain(network) });
      if (!(await hasEnded())) await must(`systemctl restart ${first.name}`);
      await until("the old release to end", hasEnded, { within: 90_000, explain: explain(network) });
    }

    test("are held at 70 under a user of their own, pass the height with the new release, and do not run the old one again", async () => {
      const { height, name } = chain.plan;
      const below = join(TREE, "e2e/test-results");
      mkdirSync(below, { recursive: true });
      await using network = await chain.planned.copy(below);
      chmodSync(network.folder, 0o755);
      const program = join(network.folder, "seid");
      copyFileSync(network.first.program, program);
      chmodSync(program, 0o755);
      const before = network.validators.map((validator) => validator.signedLast());
      const policy = { chainId: CHAIN_ID, upgrades: [{ planName: name, height, image: "simd:v9" }] };
      await write("/run/policy.json", JSON.stringify(policy));
      await write("/run/bin/seid", `#!/bin/sh\nexec '${inside(program)}' "$@"`);
      await write(
        "/run/bin/upgrade-halt",
        `#!/bin/sh\nexec ${NODE} ${TREE_INSIDE}/packages/consumer/bin/upgrade-halt.js "$@"`,
      );
      await must(
        `chmod +x /run/bin/*; chown -R sei '${inside(network.folder)}'; echo UPGRADE_HANDLERS= > /run/release`,
      );
      const names = network.validators.map((validator) => validator.name);
      for (const validator of network.validators)
        await write(`/run/systemd/system/${validator.name}.service`, unitOf(validator));
      try {
        await must(`systemctl daemon-reload; systemctl start ${names.join(" ")}`);
        const areHalted = async () =>
          (await Promise.all(network.validators.map((validator) => isHeldAt(validator, 70)))).every(Boolean);
        await until("every node to be held at 70", areHalted, { within: 90_000, explain: explain(network) });
        for (const validator of network.validators) expect(await show(validator, "NRestarts")).toBe("0");
        await must(`echo UPGRADE_HANDLERS=${name} > /run/release; systemctl start ${names.join(" ")}`);
        const pass = async () => {
          const heights = await Promise.all(network.validators.map((validator) => validator.height()));
          return heights.every((at) => (at ?? 0) > height + 2);
        };
        await until("every node to pass the height", pass, { within: 90_000, explain: explain(network) });
        const applied = await Promise.all(
          network.validators.map((validator) => blockAt(validator, height + 1)),
        );
        expect(new Set(applied.map(({ block }) => block.header.app_hash)).size).toBe(1);
        expect(await evidenceUpTo(network.first, height + 2)).toEqual([]);
        await expectDowngradeNotRun(network);
      } finally {
        await machine.sh(`systemctl stop ${names.join(" ")}`);
      }
      expect(signedBackwards(before, network)).toEqual([]);
    }, 240_000);
  },
);
