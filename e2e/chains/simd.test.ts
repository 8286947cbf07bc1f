import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { downgraded, restartedAtTheHeight, restoredBelow, skippedHeight, tooNew } from "./cases.ts";
import { HaltingChain, NEW } from "./halting-chain.ts";
import type { Sample } from "./samples.ts";
import { blockAt, evidenceUpTo, signedBackwards } from "./signatures.ts";

const SIGTERM_ENDS_WITH = { code: 0, signal: null };
const PANIC = { code: 2, signal: null };

const heightOf = (body: string | undefined, field: string): number =>
  Number(new RegExp(`"${field}":"(\\d+)"`).exec(body ?? "")?.[1]);
const statusHeight = ({ status }: Sample): number => heightOf(status, "latest_block_height");
const appliedHeight = ({ abciInfo }: Sample): number => heightOf(abciInfo, "last_block_height");
const written = ({ output }: Sample): string => output.join("\n");
const named = (samples: readonly Sample[], name: string): readonly Sample[] =>
  samples.filter((sample) => sample.name === name);

describe("four validators of cosmos-sdk v0.45.16 that voted for an upgrade", () => {
  let chain: HaltingChain;

  beforeAll(async () => {
    chain = await HaltingChain.create("simd");
  });

  afterAll(() => chain[Symbol.asyncDispose]());

  test("stand at its height with the block stored and not applied, and live on", () => {
    const { height } = chain.plan;
    for (const sample of chain.standing) {
      expect(sample.end).toBeUndefined();
      expect([statusHeight(sample), appliedHeight(sample)]).toEqual([height, height - 1]);
    }
  });

  test("say the halt line, in the format of their logs, and again in the error of their consensus", () => {
    const [plain, json] = chain.standing;
    const text = `UPGRADE "v9" NEEDED at height: ${chain.plan.height}: {"upgradeType":"minor"}`;
    expect(plain?.output).toContainEqual(expect.stringMatching(new RegExp(`ERR.* ${text}$`)));
    expect(json?.output.map((line) => JSON.parse(line))).toContainEqual({
      level: "error",
      time: expect.any(String),
      message: text,
    });
    for (const sample of chain.standing)
      expect(sample.output).toContainEqual(expect.stringContaining("CONSENSUS FAILURE!!!"));
  });

  test("write upgrade-info.json whole, for its owner alone, and without a newline", () => {
    const { name, height, info } = chain.plan;
    for (const { upgradeInfo } of chain.standing)
      expect(upgradeInfo).toMatchObject({ text: JSON.stringify({ name, height, info }), mode: "0600" });
  });

  test("end with 0 on SIGTERM, though consensus has failed", () => {
    for (const { end } of chain.stopped) expect(end).toMatchObject(SIGTERM_ENDS_WITH);
  });

  test("started again, end with 2 before they serve, with the line as the panic's text", async () => {
    for (const sample of await restartedAtTheHeight(chain)) {
      expect(sample.end).toMatchObject(PANIC);
      expect(sample.output).toContain(
        `panic: UPGRADE "v9" NEEDED at height: ${chain.plan.height}: {"upgradeType":"minor"}`,
      );
    }
  });

  test("with the new release too early, stand and live on; started again, end with 2", async () => {
    const samples = await tooNew(chain);
    const text = 'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v9" - in binary but not executed on chain';
    for (const sample of named(samples, "too new, stands")) {
      expect(sample.end).toBeUndefined();
      expect(statusHeight(sample)).toBeLessThan(chain.plan.height);
      expect(written(sample).replaceAll("\\", "")).toContain(text);
    }
    for (const sample of named(samples, "too new, restarted")) {
      expect(sample.end).toMatchObject(PANIC);
      expect(sample.output).toContain(`panic: ${text}`);
      expect(sample.upgradeInfo).toBeUndefined();
    }
  });

  test("with the old release again after the upgrade, fail with a nil dereference that names no plan", async () => {
    const samples = await downgraded(chain);
    for (const sample of named(samples, "upgraded"))
      expect(appliedHeight(sample)).toBeGreaterThan(chain.plan.height);
    for (const sample of named(samples, "downgraded, stands")) {
      expect(sample.end).toBeUndefined();
      expect(written(sample)).toContain("invalid memory address or nil pointer dereference");
      expect(written(sample)).not.toContain("upgrade handler is missing");
    }
    for (const { end } of named(samples, "downgraded, restarted")) expect(end).toMatchObject(PANIC);
  });

  test("told to skip the height, pass it with the old release, and leave upgrade-info.json as it was", async () => {
    for (const sample of await skippedHeight(chain)) {
      expect(appliedHeight(sample)).toBeGreaterThan(chain.plan.height);
      expect(written(sample).replaceAll("\\", "")).toContain(
        `UPGRADE "v9" SKIPPED at ${chain.plan.height}: `,
      );
      expect(sample.upgradeInfo?.text).toBe(chain.standing[0]?.upgradeInfo?.text);
    }
  });

  test("one with data of before the height ends with 2 at it while it catches up, and upgraded passes it", async () => {
    const [halting, upgraded] = await restoredBelow(chain);
    expect(halting?.end).toMatchObject(PANIC);
    expect(halting && written(halting)).toContain(
      `panic: UPGRADE "v9" NEEDED at height: ${chain.plan.height}`,
    );
    expect(upgraded && appliedHeight(upgraded)).toBeGreaterThan(chain.plan.height);
  });

  test("two upgraded late: all pass the height with the same state, and none signs twice", async () => {
    await using network = await chain.halted.copy();
    const { height } = chain.plan;
    const before = network.validators.map((validator) => validator.signedLast());
    const [a, b, ...late] = network.validators;
    await Promise.all([a, b].map((validator) => validator?.start(NEW)));
    await a?.says("applying upgrade");
    // Two of four are no majority: the chain waits for the others.
    expect(await a?.serves()).toBeLessThanOrEqual(height);
    await Promise.all(late.map((validator) => validator.start(NEW)));
    await Promise.all(network.validators.map((validator) => validator.passes(height + 2)));
    const applied = await Promise.all(network.validators.map((validator) => blockAt(validator, height + 1)));
    expect(new Set(applied.map(({ block }) => block.header.app_hash)).size).toBe(1);
    expect(await evidenceUpTo(network.first, height + 2)).toEqual([]);
    expect(signedBackwards(before, network)).toEqual([]);
  });
});
