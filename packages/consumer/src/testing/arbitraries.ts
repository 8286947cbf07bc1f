import { decodeHaltIntent } from "@upgrade-halt/contract";
import fc from "fast-check";
import type {
  EndedProcess,
  Evidence,
  HaltBelief,
  KnownHalt,
  ProcessEnd,
  StatusSighting,
} from "../evidence.ts";
import { HALT_SOURCES } from "../evidence.ts";
import { HALT_REASONS } from "../halt-reasons.ts";
import type { PlanLine } from "../log/find-plan-lines.ts";
import type { ListedUpgrade, Policy } from "../recommendation.ts";

// Few values, so that parts of an evidence often meet: three plans, few heights, few moments, two chains.
export const planName = fc.constantFrom("v6.6", "v6.7", "v6.8");
export const height = fc.integer({ min: 0, max: 60 });
export const moment = fc.integer({ min: 0, max: 9 }).map((n) => Date.UTC(2026, 7, 21) + n * 1000);
export const haltReason = fc.constantFrom(...HALT_REASONS);
const chainId = fc.constantFrom("pacific-1", "atlantic-2");
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

export const exitStatus = fc.oneof(
  fc.constantFrom(0, 1, 2, 70, 71, 72, 73, 79, 80, 89, 130, 137, 143),
  fc.integer({ min: 0, max: 255 }),
);

export const processEnd: fc.Arbitrary<ProcessEnd> = fc.oneof(
  exitStatus.map((code) => ({ kind: "exited" as const, code })),
  fc.constantFrom("SIGKILL", "SIGTERM", "SIGSEGV").map((signal) => ({ kind: "signalled" as const, signal })),
  fc.constant({ kind: "out-of-memory" as const }),
  fc.constant({ kind: "unrecorded" as const }),
);

export const planLine: fc.Arbitrary<PlanLine> = fc.record({
  reason: haltReason,
  plan: planName,
  height: optional(height),
  ending: optional(fc.constant(true as const)),
});

export const endedProcess: fc.Arbitrary<EndedProcess> = fc.record({
  kind: fc.constant("ended" as const),
  end: processEnd,
  startedAt: optional(moment),
  endedAt: optional(moment),
  planLines: optional(fc.array(planLine, { maxLength: 2 })),
});

/** One in five has an `info` that does not fit. */
const intent = fc
  .record({
    reason: fc.oneof(haltReason, fc.constantFrom(0, 73, 85, 99)),
    plan_name: optional(planName),
    height: optional(height),
    info: fc.constantFrom(undefined, "", '{"upgradeType":"minor"}', "https://example.org/image", 6),
    announced_at: optional(moment.map((ms) => new Date(ms).toISOString())),
  })
  .map((fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));

export const haltIntentReading = fc.oneof(fc.constantFrom(undefined, null, {}), intent).map(decodeHaltIntent);

export const statusSighting: fc.Arbitrary<StatusSighting> = fc.oneof(
  fc.record({ kind: fc.constant("silent" as const), at: moment, problem: fc.constant("timeout") }),
  fc.record({
    kind: fc.constant("answered" as const),
    at: moment,
    envelope: fc.constantFrom("bare" as const, "json-rpc" as const),
    node: fc.record({ chainId: optional(chainId), height: optional(height), haltIntent: haltIntentReading }),
  }),
);

export const knownHalt: fc.Arbitrary<KnownHalt> = fc.record({
  kind: fc.constant("halted" as const),
  reason: haltReason,
  plan: optional(planName),
  height: optional(height),
  corroborated: fc.boolean(),
  sources: fc.subarray([...HALT_SOURCES]),
  inferred: optional(fc.constant(true as const)),
  notShown: optional(fc.constant(true as const)),
});

const belief: fc.Arbitrary<HaltBelief> = fc.oneof(
  knownHalt,
  fc.record({
    kind: fc.constant("unrecognised-halt" as const),
    code: optional(fc.constantFrom(73, 85, 99)),
    range: fc.constantFrom(
      "upgrade" as const,
      "operator" as const,
      "outside" as const,
      "unreadable" as const,
    ),
  }),
);

/** Any evidence at all, contradictory ones among them. */
export const evidence: fc.Arbitrary<Evidence> = fc.record({
  process: optional(
    fc.oneof(
      endedProcess,
      fc.record({
        kind: fc.constant("running" as const),
        startedAt: optional(moment),
        planLines: optional(fc.array(planLine, { maxLength: 2 })),
      }),
      fc.record({ kind: fc.constant("waiting" as const), reason: optional(fc.constant("CrashLoopBackOff")) }),
    ),
  ),
  previous: optional(endedProcess),
  heightStillSince: optional(moment),
  standstillMs: optional(fc.constantFrom(1_000, 3_000)),
  chainId: optional(chainId),
  status: optional(statusSighting),
  lastSeen: optional(
    fc.record({ height: optional(height), chainId: optional(chainId), processStartedAt: optional(moment) }),
  ),
  listed: optional(fc.array(fc.record({ planName, height: optional(height) }), { maxLength: 3 })),
  upgradeInfo: optional(
    fc.record({ name: planName, height: optional(height), modifiedAt: optional(moment) }),
  ),
  believed: optional(belief),
});

const listedUpgrade: fc.Arbitrary<ListedUpgrade> = fc.record({
  planName,
  height: optional(height),
  image: fc.constantFrom("sei:v6.6", "sei:v6.7", "sei:v6.8", ""),
});

export const policy: fc.Arbitrary<Policy> = fc.record({
  upgrades: fc.array(listedUpgrade, { maxLength: 3 }),
  previousImage: optional(fc.constantFrom("sei:v6.5", "")),
  actions: optional(
    fc.record({
      upgradeRequired: optional(fc.constantFrom("swap-to-image" as const, "page" as const, "hold" as const)),
      binaryTooNew: optional(fc.constantFrom("roll-back" as const, "page" as const, "hold" as const)),
      downgradeDetected: optional(fc.constantFrom("page" as const, "hold" as const)),
      unrecognised: optional(fc.constantFrom("hold" as const, "page" as const)),
      crashed: optional(fc.constantFrom("leave-alone" as const, "page" as const)),
    }),
  ),
});
