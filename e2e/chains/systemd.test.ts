import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bootMachine, type Machine, whyNoMachine } from "../systemd/machine.ts";
import { GuideUnits } from "./guide-units.ts";
import { NEW, OLD, type PlannedChain, planChain } from "./halting-chain.ts";
import { CHAINS, type Chain } from "./programs.ts";
import { expectProven } from "./proven.ts";
import { faultsAt, signedBy } from "./signatures.ts";
import type { Validator } from "./validator.ts";

const reason = whyNoMachine();

describe.skipIf(reason !== undefined).each(Object.keys(CHAINS) as Chain[])(
  `real nodes of %s in the guide's unit on a real systemd${reason ? ` (${reason})` : ""}`,
  (program) => {
    let chain: PlannedChain;
    let machine: Machine;

    beforeAll(async () => {
      [chain, machine] = await Promise.all([planChain(program), bootMachine()]);
    });

    afterAll(async () => {
      await machine?.[Symbol.asyncDispose]();
      await chain?.network[Symbol.asyncDispose]();
    });

    const announced = (units: GuideUnits, validator: Validator) =>
      units.says(validator, "announced for the node");

    test.concurrent("are held at 70 under a user of their own, again where started too early, and pass the height with the new release, two late", async () => {
      const { height } = chain.plan;
      await using units = await GuideUnits.create(machine, chain);
      const { validators } = units.network;
      const before = signedBy(units.network);
      await units.start(validators, OLD);
      await units.areHeldAt(validators, 70);
      for (const validator of validators) expect(await units.restarts(validator)).toBe(0);
      expectProven("at the height, systemd", program, "70, held");

      const [early, late] = [validators.slice(0, 2), validators.slice(2)];
      await units.start(early, NEW);
      await units.start(late, OLD);
      await units.areHeldAt(late, 70);
      for (const validator of late) expect(await announced(units, validator)).toBe(2);
      // Two of four are no majority: the chain waits for the others.
      for (const validator of early) expect((await validator.height()) ?? 0).toBeLessThanOrEqual(height);
      expectProven("started again at it, systemd", program, "70, held");
      await units.start(late, NEW);
      await units.pass(validators, height + 2);
      expect(await faultsAt(units.network, height + 1, before)).toEqual([]);

      expectProven("two late, systemd", program, "all pass");

      await expectHeldWithEarlierData(units);
      await expectDowngradeNotRun(units);
      expect(await faultsAt(units.network, height + 1, before)).toEqual([]);
    }, 300_000);

    /** One gets its data of before the height back, but for what it signed, with the old release; then the new one. */
    async function expectHeldWithEarlierData(units: GuideUnits): Promise<void> {
      const [restored, earlier] = [units.network, chain.network].map(({ validators }) => validators.at(-1));
      if (restored === undefined || earlier === undefined) throw new Error("the network has no validators");
      await units.stop([restored]);
      restored.restoreFrom(earlier);
      await units.start([restored], OLD);
      await units.areHeldAt([restored], 70);
      await units.start([restored], NEW);
      await units.pass([restored], chain.plan.height + 2);
      expectProven("earlier data, systemd", program, "70, held");
    }

    /** One gets the old release again. It fails and stands, and started again it ends; or it ends at once. */
    async function expectDowngradeNotRun(units: GuideUnits): Promise<void> {
      const { first } = units.network;
      const before = await units.says(first, "CONSENSUS FAILURE");
      const hasEnded = {
        // It says no halt line: to systemd and to us that is a crash, which is restarted.
        simd: async () => (await units.restarts(first)) > 0,
        sdk: () => units.isHeldAt(first, 72),
      }[program];
      await units.start([first], OLD);
      await units.waitFor(
        "the old release to fail",
        async () => (await hasEnded()) || (await units.says(first, "CONSENSUS FAILURE")) > before,
      );
      if (!(await hasEnded())) await units.start([first], OLD);
      await units.waitFor("the old release to end", hasEnded);
      expectProven("downgrade, systemd", program, program === "simd" ? "started again" : "72, held");
      await units.stop([first]);
      await units.start([first], NEW);
      await units.pass([first], chain.plan.height + 2);
    }

    test.concurrent("with the new release too early, one is held at 71 from its next start on; with the old one again and told to skip the height it passes that, and is started again after SIGSEGV", async () => {
      const { height } = chain.plan;
      await using units = await GuideUnits.create(machine, chain);
      const { validators } = units.network;
      const before = signedBy(units.network);
      const skipping = { ...OLD, flags: ["--unsafe-skip-upgrades", `${height}`] };
      const [wrong, ...others] = validators as [Validator, ...Validator[]];
      await units.start(others, skipping);
      await units.start([wrong], NEW);
      const isHeld = () => units.isHeldAt(wrong, 71);
      await units.waitFor(
        "the new release to fail",
        async () => (await isHeld()) || (await units.says(wrong, "CONSENSUS FAILURE")) > 0,
      );
      // It fails and lives on, of which no height proves that it halted; or, behind the others, it ends.
      if (!(await isHeld())) {
        expect(await announced(units, wrong)).toBe(0);
        await units.start([wrong], NEW);
      }
      await units.areHeldAt([wrong], 71);
      expectProven("too new, systemd", program, "71, held");

      await units.start([wrong], skipping);
      await units.pass(validators, height + 2);
      for (const validator of validators) expect(await units.restarts(validator)).toBe(0);
      expectProven("skipped height, systemd", program, "passes");

      units.signal(wrong, "SIGSEGV");
      await units.waitFor("the crash to be restarted", async () => (await units.restarts(wrong)) === 1);
      await units.pass([wrong], height + 4);
      expect(await Promise.all(validators.map((validator) => announced(units, validator)))).toEqual([
        1, 0, 0, 0,
      ]);
      expect(await units.says(wrong, "crashed: ")).toBe(1);
      expectProven("SIGSEGV, systemd", program, "started again");
      expect(await faultsAt(units.network, height + 1, before)).toEqual([]);
    }, 300_000);
  },
);
