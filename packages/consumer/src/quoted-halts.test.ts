import { expect, test } from "vitest";
import { evidenceFromContainerStatus } from "./adapters/kubernetes.ts";
import { classify } from "./classify.ts";
import { recommend } from "./recommend.ts";
import type { Policy } from "./recommendation.ts";
import { FORMATS, type LogFormat, SAYINGS } from "./testing/log-formats.ts";
import { INFOS, QUOTINGS } from "./testing/quoted-halts.ts";

const NEEDED = 'UPGRADE "v6.7" NEEDED at height: 30: ';
const CHAIN = { chainId: "pacific-1" };
const policy: Policy = {
  ...CHAIN,
  upgrades: [{ planName: "v6.7", height: 30, image: "sei:v6.7" }],
  inferredHalts: "act",
};

/** What is done about a container that ended at the plan's height, with these last words, and what it rests on. */
function actionFor(exitCode: number, message: string): string {
  const times = { startedAt: "2026-08-21T17:00:00Z", finishedAt: "2026-08-21T18:00:00Z" };
  const state = { terminated: { exitCode, message, ...times } };
  const evidence = evidenceFromContainerStatus({ name: "seid", state });
  const known = { ...CHAIN, listed: policy.upgrades, lastSeen: { ...CHAIN, height: 29 } };
  return recommend(classify({ ...evidence, ...known }), policy).action;
}

const eachFormat = (write: (format: LogFormat) => string, check: (log: string) => void) => {
  for (const format of Object.values(FORMATS)) {
    const chatter = format("INF", "committed state", { height: "29", module: "state" });
    for (const log of [write(format), `${chatter}\n${write(format)}\n`]) check(log);
  }
};

test.each(Object.entries({ ...QUOTINGS, ...INFOS }))(
  "at a listed height nothing is set for an exit with 70, 2 or 1 beside a halt text %s",
  (_, quoting) => {
    eachFormat(
      (format) => quoting(NEEDED, format),
      (log) => {
        for (const code of [70, 2, 1]) expect(actionFor(code, log), log).not.toBe("swap-to-image");
      },
    );
  },
);

test.each(Object.entries(SAYINGS))(
  "there the listed image is set for a node that says it itself: %s",
  (_, say) => {
    eachFormat(
      (format) => say(NEEDED, format),
      (log) => {
        for (const code of [70, 2, 1]) expect(actionFor(code, log), log).toBe("swap-to-image");
      },
    );
  },
);
