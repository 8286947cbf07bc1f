import { ShutdownReason } from "@upgrade-halt/contract";
import { seededRandom } from "@upgrade-halt/testing";
import fc from "fast-check";
import { classify } from "../classify.ts";
import type { Evidence } from "../evidence.ts";
import { jsonOrNothing } from "../json-or-nothing.ts";
import { recommend } from "../recommend.ts";
import type { Policy } from "../recommendation.ts";
import { decodeStatus } from "../status/decode-status.ts";
import type { Verdict } from "../verdict.ts";
import * as any from "./arbitraries.ts";
import { mutate, mutateText } from "./mutate.ts";
import { falselyCorroborated, falselyInferred } from "./oracle.ts";

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const POLICY: Policy = {
  chainId: "pacific-1",
  upgrades: [{ planName: "v6.7", height: 30, image: "sei:v6.7" }],
  previousImage: "sei:v6.5",
  inferredHalts: "act",
};

/** Throws where a verdict of this evidence breaks a promise. */
export function judgeFuzzed(evidence: Evidence): void {
  const verdict = classify(evidence);
  const said = [verdict.why, ...verdict.contradictions].join("");
  if (UNPRINTABLE.test(said)) throw new Error(`unprintable: ${JSON.stringify(said)}`);
  if (falselyCorroborated(verdict, evidence))
    throw new Error(`falsely corroborated: ${JSON.stringify(evidence)}`);
  if (falselyInferred(verdict, evidence)) throw new Error(`falsely inferred: ${JSON.stringify(evidence)}`);
  const { action } = recommend(verdict, POLICY);
  if (action === "swap-to-image" && !isFitToSwap(verdict))
    throw new Error(`swapped for nothing: ${JSON.stringify(evidence)}`);
}

function isFitToSwap(verdict: Verdict): boolean {
  if (verdict.kind !== "halted" || !verdict.corroborated || verdict.reason !== ShutdownReason.UpgradeRequired)
    return false;
  const { chainId, height = 0 } = verdict.seen ?? {};
  const lowest = verdict.inferred ? 29 : 5;
  const isListed = verdict.plan === "v6.7" && verdict.height === 30;
  return isListed && chainId === "pacific-1" && height >= lowest && height <= 30;
}

/** Judges `runs` random evidences. */
export function fuzzEvidence(seed: number, runs: number): void {
  fc.assert(fc.property(any.evidence, judgeFuzzed), { seed, numRuns: runs });
}

const BODY = {
  node_info: { network: "pacific-1", moniker: "sei-0" },
  sync_info: { latest_block_height: "30", catching_up: false },
  halt_intent: {
    reason: 70,
    reason_string: "upgrade_required",
    plan_name: "v6.7",
    height: 30,
    info: "{}",
    announced_at: "2026-08-21T17:59:41.12Z",
  },
};

/** Reads `runs` mangled bodies of `/status`, as a whole and as text, and judges what came of them. */
export function fuzzBodies(seed: number, runs: number): void {
  const random = seededRandom(seed);
  for (let run = 0; run < runs; run += 1) {
    const bare = random() < 0.5 ? BODY : { jsonrpc: "2.0", id: -1, result: BODY };
    let body: unknown = bare;
    for (let times = 1 + random() * 3; times > 0; times -= 1) body = mutate(body, random);
    judgeBody(random() < 0.3 ? jsonOrNothing(mutateText(JSON.stringify(bare), random)) : body);
  }
  if (Object.keys(Object.prototype).length > 0) throw new Error("a body reached Object.prototype");
}

function judgeBody(body: unknown): void {
  const decoded = decodeStatus(body);
  if (decoded.kind !== "status") return;
  const { envelope, node } = decoded;
  judgeFuzzed({
    status: { kind: "answered", at: Date.UTC(2026, 7, 21, 18), envelope, node },
    listed: POLICY.upgrades,
  });
}
