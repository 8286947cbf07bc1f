import { readFileSync } from "node:fs";
import { MockNodeError, reasonOf } from "../mock-node-error.ts";
import type { Plan } from "./plan.ts";

/**
 * The chain's plans, in chain order: a JSON array of `{"name","height","info"}`, where `info` and `cancelled_at` are
 * optional. Throws `plans-unreadable` and says which entry is wrong.
 */
export function readPlansFile(path: string): readonly Plan[] {
  const plans = parseArray(readText(path));
  if (plans === undefined) {
    const wanted = '[{"name":"v6.7","height":5,"info":""}]';
    throw new MockNodeError("plans-unreadable", `${path} holds no JSON array of plans, such as ${wanted}`);
  }
  return plans.map((entry: unknown, index) => parsePlan(entry, `${path}: plan ${index}`));
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const message = `cannot read plans from ${path}: ${reasonOf(cause)}`;
    throw new MockNodeError("plans-unreadable", message, { cause });
  }
}

function parseArray(text: string): readonly unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function parsePlan(entry: unknown, where: string): Plan {
  if (typeof entry !== "object" || entry === null) {
    throw new MockNodeError("plans-unreadable", `${where} is no object`);
  }
  const { name, height, info = "", cancelled_at: cancelledAt }: Record<string, unknown> = { ...entry };
  if (typeof name !== "string" || name === "") {
    throw new MockNodeError("plans-unreadable", `${where} has no name`);
  }
  if (typeof info !== "string") {
    throw new MockNodeError("plans-unreadable", `${where} (${name}): info is no string`);
  }
  return {
    name,
    height: parseHeight(height, `${where} (${name}): height`),
    info,
    ...(cancelledAt !== undefined && {
      cancelledAt: parseHeight(cancelledAt, `${where} (${name}): cancelled_at`),
    }),
  };
}

function parseHeight(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  throw new MockNodeError("plans-unreadable", `${what} is ${JSON.stringify(value)}, not a height above 0`);
}
