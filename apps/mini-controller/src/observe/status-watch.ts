import {
  type Evidence,
  INFERRED_REACH_BLOCKS,
  REACH_BLOCKS,
  type StatusResult,
} from "@upgrade-halt/consumer";
import { isNear } from "../model/height-reach.ts";
import {
  addressesOf,
  intentOf,
  type LiveStatus,
  liveStatus,
  movesIn,
  type Recalled,
  recalledStatus,
  standsAtPlan,
} from "../model/live-status.ts";
import type { LogFinding } from "../model/log-finding.ts";
import type { Pod } from "../model/pod.ts";
import { FAST_MS, pollInterval, SLOW_MS } from "./poll-interval.ts";
import { StatusTurns } from "./status-turns.ts";

/** A pod to watch. */
export interface WatchedPod {
  readonly uid: string;
  readonly url: string;
  /** How often the container was restarted: which of its runs answers. */
  readonly run?: number | undefined;
  /** Heights at which the policy expects it to halt. */
  readonly expectedHeights: readonly number[];
  /** Something waits for its next height. */
  readonly urgent: boolean;
}

export interface StatusWatchOptions {
  readonly read: (url: string, timeoutMs: number) => Promise<StatusResult>;
  readonly toSighting: (result: StatusResult) => NonNullable<Evidence["status"]>;
  /** What was recorded of a pod's node before this process read anything of it. */
  readonly recall?: (key: string, uid: string | undefined) => Recalled | undefined;
  /** What was found in the log of a pod's container. */
  readonly logOf?: (key: string) => LogFinding | undefined;
  /** Told of a pod (by its key) whose status changed in a way that matters. Must only take note. */
  readonly onChange: (key: string) => void;
}

interface Watched {
  pod: WatchedPod;
  /** Since when its present run is watched, by the clock that never goes back. */
  runSince: number;
  live: LiveStatus | undefined;
  failures: number;
  timer: NodeJS.Timeout | undefined;
  reading: Promise<void> | undefined;
  isResting: boolean;
  /** How often a run was read that was not seen to make a block yet, and which. */
  freshReads: number;
  freshRun: number | undefined;
}

/** A run that just began is read fast so many times, until it is seen to make a block: it may halt soon. */
const FRESH_READS = 20;

const READ_TIMEOUT_MS = 2_000;

/** Between one reading and the next, of whichever pods: a thousand nodes that halt at once must not take all the time. */
const APART_MS = 2;
/** More pods than that has time for are all read in this part of it, as long as they answer: few are under way at a time then. */
const ROUND = 0.8;
const FEW_UNDER_WAY = 16;

/**
 * Polls `/status` of running pods: a stay-alive node halts without its process ending, and only there it says so.
 * The pace adapts to how near the next listed height is.
 */
export class StatusWatch {
  readonly #options: StatusWatchOptions;
  readonly #watched = new Map<string, Watched>();
  /** For how long the present run of the pod with this key has been watched, in ms. */
  watchedMs(key: string): number {
    const watched = this.#watched.get(key);
    return watched === undefined ? 0 : performance.now() - watched.runSince;
  }

  /** Keys of the pods that told a validator address. */
  readonly #validators = new Map<string, Set<string>>();
  #underWay = 0;
  readonly #apartMs = () =>
    this.#underWay < FEW_UNDER_WAY
      ? Math.min(APART_MS, (SLOW_MS * ROUND) / Math.max(this.#watched.size, 1))
      : APART_MS;
  readonly #turns = { urgent: new StatusTurns(this.#apartMs), patient: new StatusTurns(this.#apartMs) };

  constructor(options: StatusWatchOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#watched.size;
  }

  /** Begins to watch the pod with this key, or takes over what changed about it. */
  track(key: string, pod: WatchedPod): void {
    const known = this.#watched.get(key);
    if (known !== undefined && known.pod.uid === pod.uid && known.pod.url === pod.url) {
      const hurry = (pod.urgent && !known.pod.urgent) || known.isResting;
      if (known.pod.run !== pod.run) known.runSince = performance.now();
      known.pod = pod;
      known.isResting = false;
      if (hurry && known.reading === undefined) this.#schedule(key, known, 0);
      return;
    }
    this.forget(key);
    const fresh = { live: undefined, failures: 0, timer: undefined, reading: undefined, isResting: false };
    const watched: Watched = {
      pod,
      runSince: performance.now(),
      ...fresh,
      freshReads: 0,
      freshRun: undefined,
    };
    this.#watched.set(key, watched);
    this.#schedule(key, watched, 0);
  }

  /** Asks no more until the pod is tracked again: nothing serves there. What it said last is kept. */
  rest(key: string): void {
    const watched = this.#watched.get(key);
    if (watched === undefined) return;
    watched.isResting = true;
    this.#unschedule(key, watched);
  }

  /** Reads the pod with this key anew, and resolves when its answer is remembered. What is not watched is not read. */
  async refresh(key: string): Promise<void> {
    const watched = this.#watched.get(key);
    // An answer that is under way may be of before.
    await watched?.reading;
    if (watched === undefined || watched.isResting || this.#watched.get(key) !== watched) return;
    this.#unschedule(key, watched);
    await this.#poll(key, watched);
  }

  forget(key: string): void {
    const watched = this.#watched.get(key);
    this.#unschedule(key, watched);
    this.#moveKey(key, watched?.live, undefined);
    this.#watched.delete(key);
  }

  /** Keys of the pods whose newest run told this validator address, to this process. */
  keysOfValidator(address: string): readonly string[] {
    return [...(this.#validators.get(address) ?? [])];
  }

  /** What is remembered of the pod with this key, if it is the one with this UID. */
  get(key: string, uid: string | undefined): LiveStatus | undefined {
    const watched = this.#watched.get(key);
    const live = (watched?.pod.uid === uid ? watched?.live : undefined) ?? this.#recall(key, uid);
    const log = this.#options.logOf?.(key);
    return log === undefined ? live : { ...(live ?? recalledStatus({})), log };
  }

  #recall(key: string, uid: string | undefined): LiveStatus | undefined {
    const recalled = this.#options.recall?.(key, uid);
    return recalled && recalledStatus(recalled);
  }

  stop(): void {
    for (const key of [...this.#watched.keys()]) this.forget(key);
  }

  #schedule(key: string, watched: Watched, ms: number): void {
    this.#unschedule(key, watched);
    watched.timer = setTimeout(() => this.#takeTurn(key, watched), ms);
  }

  #unschedule(key: string, watched: Watched | undefined): void {
    clearTimeout(watched?.timer);
    for (const turns of Object.values(this.#turns)) turns.delete(key);
  }

  /** Reads now, or as soon as it is the turn of its namespace among the readings of the same urgency. */
  #takeTurn(key: string, watched: Watched): void {
    const turns = this.#turns[watched.pod.urgent ? "urgent" : "patient"];
    turns.add(key, () => void this.#poll(key, watched));
  }

  #poll(key: string, watched: Watched): Promise<void> {
    if (watched.reading !== undefined) return watched.reading;
    this.#underWay += 1;
    watched.reading = this.#read(key, watched).finally(() => {
      this.#underWay -= 1;
      watched.reading = undefined;
    });
    return watched.reading;
  }

  async #read(key: string, watched: Watched): Promise<void> {
    const { run } = watched.pod;
    const result = await this.#options.read(watched.pod.url, READ_TIMEOUT_MS);
    if (this.#watched.get(key) !== watched) return;
    watched.failures = result.kind === "ok" ? 0 : watched.failures + 1;
    const before = this.get(key, watched.pod.uid);
    // An answer that was under way while the container was restarted may be of either run.
    const ofRun = run === watched.pod.run ? run : undefined;
    const last = watched.live;
    watched.live = liveStatus(before, this.#options.toSighting(result), ofRun, result.kind === "timeout");
    this.#moveKey(key, last, watched.live);
    if (matters(before, watched.live, watched.pod)) this.#options.onChange(key);
    if (watched.isResting) return;
    const { pod, failures, live } = watched;
    const interval = pollInterval({ ...pod, failures, ...paceOf(live) });
    this.#schedule(key, watched, Math.min(interval, startPace(watched, failures)));
  }

  #moveKey(key: string, from: LiveStatus | undefined, to: LiveStatus | undefined): void {
    if (from?.validatorAddress === to?.validatorAddress && from?.alsoTold === to?.alsoTold) return;
    const [before, now] = [from && addressesOf(from), to && addressesOf(to)];
    for (const address of before ?? []) {
      const keys = this.#validators.get(address);
      keys?.delete(key);
      if (keys?.size === 0) this.#validators.delete(address);
    }
    for (const address of now ?? [])
      this.#validators.set(address, (this.#validators.get(address) ?? new Set()).add(key));
  }
}

function paceOf({ height, firstHeight, firstHeightAt, sighting }: LiveStatus) {
  const blocks = (height ?? 0) - (firstHeight ?? 0);
  return {
    height,
    msPerBlock: sighting !== undefined && blocks > 0 ? (sighting.at - firstHeightAt) / blocks : undefined,
  };
}

function matters(
  before: LiveStatus | undefined,
  now: LiveStatus,
  { urgent, expectedHeights }: WatchedPod,
): boolean {
  if (before?.chainId !== now.chainId || intentOf(before) !== intentOf(now)) return true;
  if (before?.validatorAddress !== now.validatorAddress) return true;
  if (before?.alsoTold?.length !== now.alsoTold?.length) return true;
  if (urgent && before?.height !== now.height) return true;
  if (movesIn(now) && !(before !== undefined && before.run === now.run && movesIn(before))) return true;
  if (standsAtPlan(now, expectedHeights) && !(before && standsAtPlan(before, expectedHeights))) return true;
  return expectedHeights.some(
    (height) =>
      movesReach(before, now, height, REACH_BLOCKS) || movesReach(before, now, height, INFERRED_REACH_BLOCKS),
  );
}

function movesReach(
  before: LiveStatus | undefined,
  now: LiveStatus,
  expected: number,
  reach: number,
): boolean {
  return isNear(now.height, expected, reach) !== isNear(before?.height, expected, reach);
}

/** How soon a run is read again that did not answer yet, or was not seen to make a block, unless it was asked often for that. */
function startPace(watched: Watched, failures: number): number {
  if (watched.live === undefined || movesIn(watched.live)) return Number.POSITIVE_INFINITY;
  if (failures > 0 && watched.live.height !== undefined) return Number.POSITIVE_INFINITY;
  if (watched.freshRun !== watched.live.run) {
    watched.freshRun = watched.live.run;
    watched.freshReads = 0;
  }
  watched.freshReads += 1;
  return watched.freshReads <= FRESH_READS ? FAST_MS : Number.POSITIVE_INFINITY;
}

/** What is remembered of a pod. */
export function liveOf(
  { metadata: { namespace, name, uid } }: Pod,
  statuses: Pick<StatusWatch, "get">,
): LiveStatus | undefined {
  return statuses.get(`${namespace}/${name}`, uid);
}
