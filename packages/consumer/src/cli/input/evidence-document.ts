import { z } from "@upgrade-halt/contract/zod";
import type { EndedProcess, Evidence, RunningProcess, StatusSighting } from "../../evidence.ts";
import { HALT_SOURCES } from "../../evidence.ts";
import { HALT_REASONS } from "../../halt-reasons.ts";
import { findPlanLines } from "../../log/find-plan-lines.ts";
import { decodeStatus } from "../../status/decode-status.ts";

const Time = z.union(
  [z.number(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))],
  "is neither milliseconds nor RFC 3339",
);
const Height = z.int().nonnegative();
const Code = z.int().min(0).max(255);

const EndSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("exited"), code: Code }),
  z.strictObject({ kind: z.literal("signalled"), signal: z.string() }),
  z.strictObject({ kind: z.literal("out-of-memory") }),
  z.strictObject({ kind: z.literal("unrecorded") }),
]);

const linesOf = (log = "", startedAt?: number) => findPlanLines(log, { startedAt, withUnsure: true });

const EndedSchema = z
  .strictObject({
    kind: z.literal("ended"),
    end: EndSchema,
    startedAt: Time.optional(),
    endedAt: Time.optional(),
    log: z.string().optional(),
  })
  .transform(({ log, ...rest }): EndedProcess => ({ ...rest, planLines: linesOf(log, rest.startedAt) }));

const RunningSchema = z
  .strictObject({ kind: z.literal("running"), startedAt: Time.optional(), log: z.string().optional() })
  .transform(({ log, ...rest }): RunningProcess => ({ ...rest, planLines: linesOf(log, rest.startedAt) }));

const WaitingSchema = z.strictObject({ kind: z.literal("waiting"), reason: z.string().optional() });

const StatusSchema = z
  .strictObject({ at: Time, body: z.unknown() })
  .transform(({ at, body }): StatusSighting => {
    const decoded = decodeStatus(body);
    if (decoded.kind === "status")
      return { kind: "answered", at, envelope: decoded.envelope, node: decoded.node };
    return { kind: "silent", at, problem: decoded.kind === "rpc-error" ? decoded.message : decoded.problem };
  });

const BeliefSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("halted"),
    reason: z.literal(HALT_REASONS),
    plan: z.string().optional(),
    height: Height.optional(),
    corroborated: z.boolean(),
    sources: z.array(z.enum(HALT_SOURCES)),
    disputed: z.literal(true).optional(),
    inferred: z.literal(true).optional(),
    notShown: z.literal(true).optional(),
  }),
  z.object({
    kind: z.literal("unrecognised-halt"),
    code: z.int().optional(),
    range: z.enum(["upgrade", "operator", "outside", "unreadable"]),
  }),
]);

/**
 * Evidence as a document: `Evidence` with a process's `log` as text in place of its plan line, `status.body` as the
 * node sent it, `believed` as an earlier verdict, and times in RFC 3339 or in ms.
 */
export const EvidenceDocumentSchema = z.strictObject({
  process: z.discriminatedUnion("kind", [EndedSchema, RunningSchema, WaitingSchema]).optional(),
  previous: EndedSchema.optional(),
  status: StatusSchema.optional(),
  heightStillSince: Time.optional(),
  standstillMs: z.int().positive().optional(),
  lastSeen: z
    .strictObject({
      height: Height.optional(),
      chainId: z.string().optional(),
      processStartedAt: Time.optional(),
    })
    .optional(),
  chainId: z.string().min(1).optional(),
  listed: z
    .array(z.strictObject({ planName: z.string(), height: Height.optional(), image: z.string().optional() }))
    .optional(),
  upgradeInfo: z
    .object({ name: z.string(), height: Height.optional(), modifiedAt: Time.optional() })
    .optional(),
  believed: BeliefSchema.optional(),
}) satisfies z.ZodType<Evidence>;
