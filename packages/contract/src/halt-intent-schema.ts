import { createRequire } from "node:module";
import { ANNOUNCED_AT_PATTERN } from "./announced-at.ts";

type Zod = typeof import("zod");

function defineHaltIntent({ z }: Zod) {
  return z
    .object({
      reason: z.int(),
      reason_string: z.string(),
      plan_name: z.string().optional(),
      height: z.int().optional(),
      info: z.string().optional(),
      announced_at: z.string().regex(ANNOUNCED_AT_PATTERN),
    })
    .readonly();
}

/** The schema of the wire form, field order being wire order. The codec is written by hand and proven equal to it. */
type HaltIntentSchema = ReturnType<typeof defineHaltIntent>;

/** An empty object that turns into the schema when it is first asked for anything. */
function onFirstTouch(): HaltIntentSchema {
  const self = {};
  const load = (): object => {
    const zod = createRequire(import.meta.url)("zod") as Zod;
    Object.setPrototypeOf(self, zod.z.ZodReadonly.prototype);
    // zod's constructors are plain functions: this one fills the very object that others already hold.
    Reflect.apply(zod.z.ZodReadonly, self, [defineHaltIntent(zod).def]);
    return self;
  };
  const untouched = new Proxy(Object.prototype, {
    get: (_, key) => Reflect.get(load(), key),
    has: (_, key) => Reflect.has(load(), key),
  });
  return Object.setPrototypeOf(self, untouched) as HaltIntentSchema;
}

/**
 * The zod schema of the wire form, for those who validate with zod or build a larger schema from it.
 *
 * Importing zod costs more than all else in this package together, and the codec does without it: so zod is loaded when
 * the schema is first touched.
 */
export const HaltIntentSchema: HaltIntentSchema = onFirstTouch();
