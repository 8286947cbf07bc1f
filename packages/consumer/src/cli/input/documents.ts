import { readFile } from "node:fs/promises";
import { z } from "zod";
import { ConsumerError } from "../../consumer-error.ts";
import { printable } from "../../printable.ts";
import type { Policy } from "../../recommendation.ts";
import { unreadable } from "./unreadable.ts";

const BYTE_ORDER_MARK = /^\ufeff/;

/** Parses a JSON document of a known shape, or throws a `ConsumerError` that names the first thing that does not fit. */
export function parseDocument<T>(schema: z.ZodType<T>, text: string, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(BYTE_ORDER_MARK, ""));
  } catch {
    throw new ConsumerError(
      "failure",
      `${what} is no JSON: it begins ${printable(JSON.stringify(text.slice(0, 40)))}.`,
    );
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.map(String).join(".") || "the document";
  throw new ConsumerError("failure", `${what} does not fit: ${printable(`${path}: ${issue?.message}`)}.`);
}

const PolicySchema: z.ZodType<Policy> = z.strictObject({
  chainId: z.string().min(1).optional(),
  inferredHalts: z.enum(["ignore", "page", "act"]).optional(),
  upgrades: z.array(
    z.strictObject({
      planName: z.string().min(1),
      height: z.int().positive().optional(),
      image: z.string().min(1),
    }),
  ),
  previousImage: z.string().min(1).optional(),
  actions: z
    .strictObject({
      upgradeRequired: z.enum(["swap-to-image", "page", "hold"]).optional(),
      binaryTooNew: z.enum(["roll-back", "page", "hold"]).optional(),
      downgradeDetected: z.enum(["page", "hold"]).optional(),
      unrecognised: z.enum(["hold", "page"]).optional(),
      crashed: z.enum(["leave-alone", "page"]).optional(),
    })
    .optional(),
});

/** Whether a text is an object of Kubernetes of this kind. */
export function isOfKind(text: string, kind: string): boolean {
  try {
    return KindSchema.safeParse(JSON.parse(text.replace(BYTE_ORDER_MARK, ""))).data?.kind === kind;
  } catch {
    return false;
  }
}

const KindSchema = z.object({ apiVersion: z.string(), kind: z.string() });

const OF_CLUSTER = {
  SwapImage: "swap-to-image",
  RollBack: "roll-back",
  Rollback: "roll-back",
  Page: "page",
  Hold: "hold",
  LeaveAlone: "leave-alone",
  Ignore: "ignore",
  Act: "act",
} as const;
const InClusterWords = z
  .string()
  .transform((word) => Object.entries(OF_CLUSTER).find(([name]) => name === word)?.[1] ?? word);

/** The spec of a HaltPolicy, of which only what judges a node counts here. */
const HaltPolicySpecSchema = z.object({
  chainId: z.unknown().optional(),
  inferredHalts: InClusterWords.optional(),
  upgrades: z
    .array(
      z.object({
        planName: z.unknown(),
        height: z.unknown().optional(),
        image: z.unknown().optional(),
      }),
    )
    .default([]),
  actions: z.record(z.string(), InClusterWords).optional(),
});
const HaltPolicySchema = z.object({ kind: z.literal("HaltPolicy"), spec: HaltPolicySpecSchema });
/** A spec without its object: no policy of the command line selects pods. */
const BareSpecSchema = z.object({ selector: z.record(z.string(), z.unknown()) });

const AnyPolicySchema: z.ZodType<Policy> = z.preprocess((value: unknown): unknown => {
  const whole = HaltPolicySchema.safeParse(value);
  if (whole.success) return whole.data.spec;
  if (!BareSpecSchema.safeParse(value).success) return value;
  return HaltPolicySpecSchema.safeParse(value).data ?? value;
}, PolicySchema);

/** Reads a policy file, or throws a `ConsumerError` that says what is wrong with it: `{"upgrades":[{"planName":"v6.7","height":30,"image":"..."}]}`. */
export async function readPolicy(path: string): Promise<Policy> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new ConsumerError("failure", `${unreadable("the policy", path, cause)}.`, { cause });
  });
  return parseDocument(AnyPolicySchema, text, `the policy ${printable(path)}`);
}
