import { readFile } from "node:fs/promises";
import { z } from "@upgrade-halt/contract/zod";
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

/** Whether a text is an object of Kubernetes, of this kind if one is given. */
export function isObject(text: string, kind?: string): boolean {
  const found = guessed(text, KindSchema)?.kind;
  return found !== undefined && (kind === undefined || found === kind);
}

/** A text as JSON of this shape, if it is that. */
export function guessed<T>(text: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text.replace(BYTE_ORDER_MARK, ""))).data;
  } catch {
    return undefined;
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
/** A spec without its object: no policy of the command line selects pods, or names their container. */
const BareSpecSchema = z.union([
  z.object({ selector: z.record(z.string(), z.unknown()) }),
  z.object({ container: z.string() }),
]);
/** Any policy may use the words of a HaltPolicy. */
const InClusterWordsSchema = z.looseObject({
  inferredHalts: InClusterWords.optional(),
  actions: z.record(z.string(), InClusterWords).optional(),
});

const ListSchema = z.object({ kind: z.string(), items: z.array(z.unknown()) });

/** For `z.preprocess`: of a list of objects of a kind, as kubectl prints it, the one that is in it. */
export function onlyOneOf(kind: string): (value: unknown, context: z.RefinementCtx) => unknown {
  return (value, context) => {
    const list = ListSchema.safeParse(value).data;
    if (list?.kind !== "List" && list?.kind !== `${kind}List`) return value;
    const [only, ...others] = list.items;
    if (only !== undefined && others.length === 0) return only;
    context.addIssue(`is a list of ${list.items.length} objects: give one ${kind}`);
    return z.NEVER;
  };
}

/** A policy in its own words, or a HaltPolicy, its bare spec, or a list of the one that there is: they all mean the same. */
const AnyPolicySchema: z.ZodType<Policy> = z.preprocess((value: unknown, context): unknown => {
  const one = onlyOneOf("HaltPolicy")(value, context);
  const whole = HaltPolicySchema.safeParse(one);
  if (whole.success) return whole.data.spec;
  if (BareSpecSchema.safeParse(one).success) return HaltPolicySpecSchema.safeParse(one).data ?? one;
  const { data } = InClusterWordsSchema.safeParse(one);
  return data ?? one;
}, PolicySchema);

/** Reads a policy file, or throws a `ConsumerError` that says what is wrong with it: `{"upgrades":[{"planName":"v6.7","height":30,"image":"..."}]}`. */
export async function readPolicy(path: string): Promise<Policy> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new ConsumerError("failure", `${unreadable("the policy", path, cause)}.`, { cause });
  });
  const what = `the policy ${printable(path)}`;
  if (/^\s*(?:---|#|\w+:)/.test(text))
    throw new ConsumerError(
      "failure",
      `${what} is YAML: give it as JSON, as kubectl get haltpolicy NAME --output=json prints it.`,
    );
  return parseDocument(AnyPolicySchema, text, what);
}
