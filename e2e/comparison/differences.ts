import { isDeepStrictEqual } from "node:util";
import type { Answer } from "./conversation.ts";

/** One place where two answers part: its path in the answer, and what each has there (`undefined`: nothing). */
export interface Difference {
  readonly path: string;
  readonly real: unknown;
  readonly embedded: unknown;
}

/** Where two normalised answers differ, leaf by leaf. */
export function differencesBetween(real: Answer, embedded: Answer): Difference[] {
  return walk("", real, embedded);
}

function walk(path: string, real: unknown, embedded: unknown): Difference[] {
  if (isDeepStrictEqual(real, embedded)) return [];
  if (!isContainer(real) || !isContainer(embedded) || Array.isArray(real) !== Array.isArray(embedded)) {
    return [{ path, real, embedded }];
  }
  const keys = new Set([...Object.keys(real), ...Object.keys(embedded)]);
  return [...keys].flatMap((key) => walk(path ? `${path}.${key}` : key, real[key], embedded[key]));
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
