import type {
  EndedProcess,
  Evidence,
  HaltBelief,
  LastSeen,
  ListedPlan,
  ProcessSighting,
  StatusSighting,
  UpgradeInfo,
} from "./evidence.ts";

/**
 * Two evidences of one node as one. The order in which they arrived makes no difference, nor does seeing one twice:
 * times decide which is newer. An end or a start without a time counts as older than one with a time, and silence as
 * older than any answer.
 */
export function mergeEvidence(a: Evidence, b: Evidence): Evidence {
  return withoutEmpty({
    ...mergeProcesses(a, b),
    status: newest<StatusSighting>([a.status, b.status], ({ kind, at }) => [kind === "answered" ? 1 : 0, at]),
    heightStillSince: highest(a.heightStillSince, b.heightStillSince),
    standstillMs: highest(a.standstillMs, b.standstillMs),
    lastSeen: newest<LastSeen>([a.lastSeen, b.lastSeen], (seen) => [seen.processStartedAt, seen.height]),
    chainId: newest<string>([a.chainId, b.chainId], () => []),
    listed: mergeListed(a.listed, b.listed),
    upgradeInfo: newest<UpgradeInfo>([a.upgradeInfo, b.upgradeInfo], (info) => [
      info.modifiedAt,
      info.height,
    ]),
    believed: newest<HaltBelief>([a.believed, b.believed], (halt) => [
      halt.kind === "halted" ? 1 + Number(halt.corroborated) : 0,
      halt.kind === "halted" ? halt.height : halt.code,
    ]),
  });
}

/** The newest sighting is the process; the newest end before it is the previous one. */
function mergeProcesses(a: Evidence, b: Evidence): Pick<Evidence, "process" | "previous"> {
  const sightings = [...instancesOf(a), ...instancesOf(b)];
  const process = newest(sightings, momentOf);
  const ends = sightings.filter((sighting) => sighting.kind === "ended" && !isSameEnd(sighting, process));
  return { process, previous: newest(ends as EndedProcess[], momentOf) };
}

/** An instance that ended and waits to be started again is known by its end. */
function instancesOf({ process, previous }: Evidence): ProcessSighting[] {
  if (process === undefined || (process.kind === "waiting" && previous !== undefined))
    return previous ? [previous] : [];
  return previous === undefined ? [process] : [process, previous];
}

function momentOf(sighting: ProcessSighting): Rank {
  switch (sighting.kind) {
    case "ended":
      return [sighting.endedAt ?? sighting.startedAt, 2, sighting.planLines?.length];
    case "running":
      return [sighting.startedAt, 1];
    case "waiting":
      return [undefined, 0];
  }
}

function isSameEnd(a: ProcessSighting, b: ProcessSighting | undefined): boolean {
  if (a.kind !== "ended" || b?.kind !== "ended") return false;
  return (
    a.startedAt === b.startedAt && a.endedAt === b.endedAt && JSON.stringify(a.end) === JSON.stringify(b.end)
  );
}

/** Of two standstills the shorter, and of two waits for one the longer: nothing is concluded early. */
function highest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

function mergeListed(
  a: readonly ListedPlan[] | undefined,
  b: readonly ListedPlan[] | undefined,
): readonly ListedPlan[] | undefined {
  if (a === undefined && b === undefined) return undefined;
  const byContent = new Map([...(a ?? []), ...(b ?? [])].map((plan) => [canonical(plan), plan]));
  return [...byContent].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, plan]) => plan);
}

type Rank = readonly (number | undefined)[];

/** The highest in rank; of equals, the last by content, so that order of arrival says nothing. */
function newest<T>(candidates: readonly (T | undefined)[], rank: (candidate: T) => Rank): T | undefined {
  let best: T | undefined;
  for (const candidate of candidates) {
    if (candidate === undefined) continue;
    if (best === undefined || isAbove(candidate, best, rank)) best = candidate;
  }
  return best;
}

function isAbove<T>(a: T, b: T, rank: (candidate: T) => Rank): boolean {
  const ranks = [rank(a), rank(b)] as const;
  for (let i = 0; i < Math.max(ranks[0].length, ranks[1].length); i += 1) {
    const [x, y] = [ranks[0][i] ?? Number.NEGATIVE_INFINITY, ranks[1][i] ?? Number.NEGATIVE_INFINITY];
    if (x !== y) return x > y;
  }
  return canonical(a) > canonical(b);
}

/** The same text for the same content, whatever the order of keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([x], [y]) => (x < y ? -1 : 1)))
      : inner,
  );
}

function withoutEmpty(evidence: Evidence): Evidence {
  return Object.fromEntries(Object.entries(evidence).filter(([, slot]) => slot !== undefined));
}
