import type { Action } from "../actions/action.ts";

/** What can't be done, and why, by the kind of action; `play` is to play a scenario. */
export type Off = Readonly<Partial<Record<Action["kind"] | "play", string>>>;

/** Kinds that reach processes and networks of this sandbox alone: a cluster that was given has none of them. */
const OF_THE_SANDBOX = [
  ...[
    "crash",
    "hang",
    "resume",
    "behave",
    "schedule",
    "pager",
    "network",
    "isolate",
    "rejoin",
    "kill",
    "hold",
  ],
  ...["release", "play"],
] as const satisfies readonly string[];
const THROUGH_THE_API = ["install", "list", "unlist", "policy"] as const satisfies readonly Action["kind"][];

/** What is off over a given cluster: everything, but for what the API can do in the namespace that was named. */
export function offOver(namespace: string, allowed: string | undefined): Off {
  const why = whyNoChange(namespace, allowed);
  return Object.fromEntries([
    ...OF_THE_SANDBOX.map((kind) => [kind, "only in a cluster that the sandbox started itself"]),
    ...(why === undefined ? [] : THROUGH_THE_API.map((kind) => [kind, why])),
  ]);
}

function whyNoChange(namespace: string, allowed: string | undefined): string | undefined {
  if (allowed === undefined) return `changes are off; --allow-changes ${namespace} turns them on`;
  if (allowed !== namespace)
    return `changes are allowed in namespace ${allowed} alone, and this is ${namespace}`;
  return undefined;
}

/** Whether a request other than GET may go to a path of the API: into the named namespace, and nowhere else. */
export function mayWriteTo(path: string, allowed: string | undefined): boolean {
  if (allowed === undefined) return false;
  const { pathname } = new URL(path, "http://api.invalid");
  return new RegExp(`^/(api|apis/[^/]+)/[^/]+/namespaces/${allowed}/[^/]+/[^/]+$`).test(pathname);
}
