import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { downgraded, restartedAtTheHeight, restoredBelow, skippedHeight, tooNew } from "./cases.ts";
import type { Plan } from "./governance.ts";
import { ends, HaltingChain, NEW } from "./halting-chain.ts";
import { CHAINS, type Chain } from "./programs.ts";
import { expectProven } from "./proven.ts";
import type { Sample } from "./samples.ts";
import { faultsAt, signedBy } from "./signatures.ts";

interface Expected {
  /** How a node ends that fails while it replays at its start. */
  readonly restarted: { readonly code: number; readonly signal: null };
  /** What comes before the text in the line that such a node ends with. */
  readonly last: string;
  readonly tooNew: string;
  /** What a binary without the handler of the last applied plan fails with. */
  readonly downgraded: string;
  readonly upgradeInfo: (plan: Plan) => object;
}

const EXPECTED: Readonly<Record<Chain, Expected>> = {
  simd: {
    restarted: { code: 2, signal: null },
    last: "panic: ",
    tooNew: 'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v9" - in binary but not executed on chain',
    // Its message is built from consensus parameters that have no version.
    downgraded: "runtime error: invalid memory address or nil pointer dereference",
    upgradeInfo: ({ name, height, info }) => ({ name, height, info }),
  },
  sdk: {
    restarted: { code: 1, signal: null },
    last: "error during handshake: error on replay: ",
    tooNew:
      'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v9" - in binary but not executed on chain. Downgrade your binary',
    downgraded: "wrong app version 0, upgrade handler is missing for v9 upgrade plan",
    upgradeInfo: ({ name, height, info }) => ({ name, time: "0001-01-01T00:00:00Z", height, info }),
  },
};
const SIGTERM_ENDS_WITH = { code: 0, signal: null };
const PANIC = { code: 2, signal: null };

/** The line that the newest node does not colour. */
const withoutColour = (line: string): string => line.replaceAll(/\u001b\[\d+m/g, "");
const heightOf = (body: string | undefined, field: string): number =>
  Number(new RegExp(`"${field}":"(\\d+)"`).exec(body ?? "")?.[1]);
const statusHeight = ({ status }: Sample): number => heightOf(status, "latest_block_height");
const appliedHeight = ({ abciInfo }: Sample): number => heightOf(abciInfo, "last_block_height");
const written = ({ output }: Sample): string => output.join("\n");
const named = (samples: readonly Sample[], name: string): readonly Sample[] =>
  samples.filter((sample) => sample.name === name);

describe.each(Object.keys(CHAINS) as Chain[])(
  "four validators of %s that voted for an upgrade",
  (program) => {
    const expected = EXPECTED[program];
    let chain: HaltingChain;

    beforeAll(async () => {
      chain = await HaltingChain.create(program);
    });

    afterAll(() => chain[Symbol.asyncDispose]());

    test("stand at its height with the block stored and not applied, and live on", () => {
      const { height } = chain.plan;
      for (const sample of chain.standing) {
        expect(sample.end).toBeUndefined();
        expect([statusHeight(sample), appliedHeight(sample)]).toEqual([height, height - 1]);
      }
      expectProven("at the height, bare", program, "stands and lives on");
    });

    test("say the halt line, in the format of their logs, and again in the error of their consensus", () => {
      const [plain, json] = chain.standing;
      const text = `UPGRADE "v9" NEEDED at height: ${chain.plan.height}: {"upgradeType":"minor"}`;
      expect(plain?.output.map(withoutColour)).toContainEqual(expect.stringContaining(`ERR ${text}`));
      expect(json?.output.map((line) => JSON.parse(line))).toContainEqual(
        expect.objectContaining({ level: "error", time: expect.any(String), message: text }),
      );
      for (const sample of chain.standing)
        expect(sample.output).toContainEqual(expect.stringContaining("CONSENSUS FAILURE!!!"));
    });

    test("write upgrade-info.json whole, for its owner alone, and without a newline", () => {
      const text = JSON.stringify(expected.upgradeInfo(chain.plan));
      for (const { upgradeInfo } of chain.standing) expect(upgradeInfo).toMatchObject({ text, mode: "0600" });
    });

    test("end with 0 on SIGTERM, though consensus has failed", () => {
      for (const { end } of chain.stopped) expect(end).toMatchObject(SIGTERM_ENDS_WITH);
    });

    test("started again, end before they serve, with the line as the text of the end", async () => {
      for (const sample of await restartedAtTheHeight(chain)) {
        expect(sample.end).toMatchObject(expected.restarted);
        expect(sample.output).toContain(
          `${expected.last}UPGRADE "v9" NEEDED at height: ${chain.plan.height}: {"upgradeType":"minor"}`,
        );
      }
      expectProven("started again at it, bare", program, `${expected.restarted.code}`);
    });

    test("with the new release too early, stand and live on, or panic while they catch up; started again, end with the text", async () => {
      const samples = await tooNew(chain);
      for (const sample of named(samples, "too new, stands")) {
        if (sample.end === undefined) expect(statusHeight(sample)).toBeLessThan(chain.plan.height);
        else expect(sample.end).toMatchObject(PANIC);
        expect(written(sample).replaceAll("\\", "")).toContain(expected.tooNew);
      }
      for (const sample of named(samples, "too new, restarted")) {
        expect(sample.end).toMatchObject(expected.restarted);
        expect(sample.output).toContain(`${expected.last}${expected.tooNew}`);
        expect(sample.upgradeInfo).toBeUndefined();
      }
      expectProven("too new, bare", program, `${expected.restarted.code}`);
    });

    test("with the old release again after the upgrade, stand and live on, or panic while they catch up; started again, end", async () => {
      const samples = await downgraded(chain);
      for (const sample of named(samples, "upgraded"))
        expect(appliedHeight(sample)).toBeGreaterThan(chain.plan.height);
      for (const sample of named(samples, "downgraded, stands")) {
        if (sample.end !== undefined) expect(sample.end).toMatchObject(PANIC);
        expect(written(sample)).toContain(expected.downgraded);
      }
      for (const { end } of named(samples, "downgraded, restarted"))
        expect(end).toMatchObject(expected.restarted);
      expectProven("downgrade, bare", program, `${expected.restarted.code}`);
    });

    test("told to skip the height, pass it with the old release, and leave upgrade-info.json as it was", async () => {
      for (const sample of await skippedHeight(chain)) {
        expect(appliedHeight(sample)).toBeGreaterThan(chain.plan.height);
        expect(written(sample).replaceAll("\\", "")).toContain(
          `UPGRADE "v9" SKIPPED at ${chain.plan.height}: `,
        );
        expect(sample.upgradeInfo?.text).toBe(chain.standing[0]?.upgradeInfo?.text);
      }
      expectProven("skipped height, bare", program, "passes");
    });

    test("one with data of before the height ends with 2 at it while it catches up, and upgraded passes it", async () => {
      const [halting, upgraded] = await restoredBelow(chain);
      expect(halting?.end).toMatchObject(PANIC);
      expect(halting?.output).toContainEqual(
        expect.stringMatching(`^panic: .*UPGRADE "v9" NEEDED at height: ${chain.plan.height}`),
      );
      expect(upgraded && appliedHeight(upgraded)).toBeGreaterThan(chain.plan.height);
      expectProven("earlier data, bare", program, `${PANIC.code}`);
    });

    test("two upgraded late: all pass the height with the same state, and none signs twice; one that gets SIGSEGV ends with 2", async () => {
      await using network = await chain.halted.copy();
      const { height } = chain.plan;
      const before = signedBy(network);
      const [a, b, ...late] = network.validators;
      await Promise.all([a, b].map((validator) => validator?.start(NEW)));
      await a?.says("applying upgrade");
      // Two of four are no majority: the chain waits for the others.
      expect(await a?.serves()).toBeLessThanOrEqual(height);
      await Promise.all(late.map((validator) => validator.start(NEW)));
      await Promise.all(network.validators.map((validator) => validator.passes(height + 2)));
      expect(await faultsAt(network, height + 1, before)).toEqual([]);
      expectProven("two late, bare", program, "all pass");

      process.kill(network.first.node.pid, "SIGSEGV");
      await ends(network.first);
      expect(network.first.started.end).toMatchObject(PANIC);
      expectProven("SIGSEGV, bare", program, `${PANIC.code}`);
    });
  },
);
