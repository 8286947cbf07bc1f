import type { Answer } from "./conversation.ts";

/** Members that name an instant, a server or a bookkeeping of its own, and so differ between any two servers. */
const OWN = new Set(["managedFields", "resourceVersion", "creationTimestamp", "selfLink"]);
const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** The part of an answer that any two API servers must agree on: no uids, times, versions or managedFields. */
export function normalise(answer: Answer, ignore: readonly string[] = []): Answer {
  const body = structuredClone(answer.body);
  for (const path of ignore) remove(body, path.split("."));
  return { ...answer, body: withoutOwn(body) };
}

function withoutOwn(value: unknown): unknown {
  if (typeof value === "string") return neutral(value);
  if (Array.isArray(value)) return value.map(withoutOwn);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [
    key,
    OWN.has(key) ? `<${key}>` : withoutOwn(member),
  ]);
  return Object.fromEntries(members.filter(([key]) => key !== "managedFields").sort(byKey));
}

function byKey([a]: unknown[], [b]: unknown[]): number {
  return String(a) < String(b) ? -1 : 1;
}

function neutral(text: string): string {
  return text
    .replace(UID, "<uid>")
    .replace(TIME, "<time>")
    .replace(/(resource version: )\d+( \(\d+\))?/g, "$1<version>")
    .replace(/(resourceVersion\W+)\d+/g, "$1<version>")
    .replace(/,?\\*"managedFields\\*":\[[^\]]*\]/g, "");
}

/** Removes the member at `path`; `*` stands for every element or member. */
function remove(value: unknown, [key, ...rest]: readonly string[]): void {
  if (typeof value !== "object" || value === null || key === undefined) return;
  const record = value as Record<string, unknown>;
  for (const name of key === "*" ? Object.keys(record) : [key]) {
    if (rest.length === 0) delete record[name];
    else remove(record[name], rest);
  }
}
