import { describe, expect, test } from "vitest";
import { evidenceFromExitCode } from "./adapters/exit-code.ts";
import { classify } from "./classify.ts";
import { recommend } from "./recommend.ts";

const HALT = 'UPGRADE "v6.7" NEEDED at height: 30: ';
const TRACE = "\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:1 +0x1d\n";
const upgrades = [{ planName: "v6.7", height: 30, image: "sei:v6.7" }];
const judged = (log: string, code: number) =>
  classify({
    ...evidenceFromExitCode(code, log),
    lastSeen: { height: 29, chainId: "pacific-1" },
    chainId: "pacific-1",
    listed: upgrades,
    upgradeInfo: { name: "v6.7", height: 30, modifiedAt: Date.now() },
  });

/** How a process tells of its halt, and leaves its place to the next one. */
const HALTED = {
  "that panicked": `panic: ${HALT}${TRACE}`,
  "that ended by an error": `Error: error during handshake: ${HALT}\n`,
  "that its wrapper stopped": `5:59PM ERR ${HALT} module=x/upgrade\n`,
};
/** How a process ends that did not halt. */
const CRASHED = {
  "a panic": `panic: failed to run migrations: store is corrupt${TRACE}`,
  "an error": "Error: failed to run migrations: store is corrupt\n",
  "the runtime's own error": `fatal error: concurrent map writes${TRACE}`,
};

describe.each(Object.entries(HALTED))("the halt line of a process %s", (_, halted) => {
  test.each(Object.entries(CRASHED))("proves nothing of the next one, which ended by %s", (__, crashed) => {
    for (const code of [1, 2])
      for (const log of [halted + crashed, `${halted}5:59PM ERR no peers module=p2p\n${crashed}`]) {
        const verdict = judged(log, code);
        expect(verdict).not.toMatchObject({ corroborated: true });
        expect(verdict.contradictions.join()).toContain("something else was said of an end");
        const { action } = recommend(verdict, { chainId: "pacific-1", upgrades, inferredHalts: "act" });
        expect(action).toBe("page");
      }
  });

  test.each([
    ["the same halt", ""],
    ["the same halt, after a crash of something else", CRASHED["a panic"]],
    ["the same halt, as its wrapper says", `${`panic: ${HALT}${TRACE}`}Error: exit status 2\n`],
    [
      "the same halt, and a signal, as its wrapper says",
      `${`panic: ${HALT}${TRACE}`}Error: signal: killed\n`,
    ],
    [
      "the same halt, and no new binary, as cosmovisor says",
      "Error: binary not present, downloading disabled: stat /sei/cosmovisor/upgrades/v6.7/bin/seid: no such file or directory\n",
    ],
  ])("is believed where the next one ended by %s", (__, between) => {
    expect(judged(`${halted}${between}panic: ${HALT}${TRACE}`, 2)).toMatchObject({ corroborated: true });
    if (!between.startsWith("panic: failed"))
      expect(judged(`${halted}${between}`, 2)).toMatchObject({ corroborated: true });
  });
});

test("the halt line of a process that was asked for its stacks, and ended by that, is believed", () => {
  const log = `5:59PM ERR ${HALT} module=x/upgrade\nSIGQUIT: quit\nPC=0x46e5e1 m=0 sigcode=0${TRACE}`;
  expect(judged(log, 2)).toMatchObject({ corroborated: true });
  expect(judged(`panic: ${HALT}${TRACE}SIGSEGV: segmentation violation${TRACE}`, 2)).not.toMatchObject({
    corroborated: true,
  });
});

test("a halt of which nothing but the log tells is none of a process that ended by something else", () => {
  const said = "panic: Wrong app version 0, upgrade handler is missing for v6.7 upgrade plan";
  expect(judged(`${said}${TRACE}${CRASHED["a panic"]}`, 2).kind).toBe("crashed");
});
