import { ShutdownReason } from "@upgrade-halt/contract";
import { evidenceFromChildExit } from "../../adapters/child-process.ts";
import { classify } from "../../classify.ts";
import { ConsumerError } from "../../consumer-error.ts";
import type { EndedProcess, Evidence } from "../../evidence.ts";
import { listeningSockets, listensEverywhere } from "../../listening-sockets.ts";
import type { PlanLine } from "../../log/find-plan-lines.ts";
import { isSameText } from "../../log/halt-text.ts";
import { statusUrl } from "../../status/status-url.ts";
import type { HaltedVerdict, Verdict } from "../../verdict.ts";
import type { Io } from "../output/io.ts";
import { rpcUrl, shownUrl } from "../output/shown-url.ts";
import { HaltLog } from "./halt-log.ts";
import { HomeFiles } from "./home-files.ts";
import { PolicyFile } from "./policy-file.ts";
import { answers, RpcWatch } from "./rpc-watch.ts";
import { toldOfStanding } from "./standing-node.ts";

/** How often the policy is read anew for the pace near a height; at a halt line it is read in any case. */
const POLICY_EVERY_MS = 10_000;
/** So long a process may still answer after its last words, in ms. */
const LAST_ANSWER_MS = 1_000;
/** CometBFT's own default. */
const DEFAULT_RPC = "http://127.0.0.1:26657";

/** Where a node's own RPC is. Throws a `ConsumerError` where `--rpc` is no address of one. */
export function rpcOf({ rpc }: Pick<AnnounceFlags, "rpc">): URL {
  const target = statusUrl(rpcUrl(rpc ?? DEFAULT_RPC));
  if (target.kind === "refused") throw new ConsumerError("usage", `--rpc does not fit: ${target.problem}.`);
  return target.url;
}

export interface AnnounceFlags {
  readonly announce?: boolean;
  readonly home?: string;
  readonly rpc?: string;
  readonly policy?: string;
  readonly stayAlive?: boolean;
  readonly standstill?: number;
}

/** How a command left, and what of it is still there. */
export interface CommandEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly isOutputOpen: boolean;
  /** Whether something that it started was to be ended with it, and lives on. */
  readonly isLeftRunning: boolean;
  /** In words, what it started and lives on, or nothing. */
  readonly livesOn: string;
}

/** What is known before the command starts. Throws a `ConsumerError` for flags that do not fit. */
export async function prepare(flags: AnnounceFlags, io: Io): Promise<Announcer | undefined> {
  const { announce, home, policy, stayAlive, standstill } = flags;
  if (announce !== true) {
    if (home !== undefined || policy !== undefined || stayAlive === true)
      throw new ConsumerError("usage", "--home, --policy and --stay-alive go with --announce.");
    return undefined;
  }
  const url = rpcOf(flags);
  const say = (words: string) => io.stderr.write(`upgrade-halt: ${words}\n`);
  const file = policy === undefined ? undefined : new PolicyFile(policy, say);
  const read = await file?.read();
  const isUnread = file !== undefined && read === undefined;
  if (!isUnread && (read?.chainId === undefined || !read.upgrades.some(({ height }) => height !== undefined)))
    say("without a --policy that has a chainId and an upgrade with its height, no upgrade is announced.");
  const isTaken = await answers(url);
  if (isTaken) say(`something else answers at ${shownUrl(url.origin)} already, so nothing is announced.`);
  const files = home === undefined ? undefined : new HomeFiles(home, say);
  return new Announcer({ url, home: files, policy: file, standstill, isTaken, io });
}

interface Known {
  readonly url: URL;
  readonly home: HomeFiles | undefined;
  readonly policy: PolicyFile | undefined;
  readonly standstill: number | undefined;
  readonly isTaken: boolean;
  readonly io: Io;
}

/** Watches a node that may never have heard of the contract, and infers its halt in its place. */
export class Announcer {
  readonly #known: Known;
  #log = new HaltLog();
  #watch: RpcWatch | undefined;
  /** Said before nothing answered for a moment, and something did again: maybe by a process before the one that runs. */
  #before: readonly PlanLine[] = [];
  /** Said before nothing answered, as it is now. */
  #beforeGap: readonly PlanLine[] = [];
  /** Since when something has answered although the log ends with what a process ended with. */
  #answeredSince: number | undefined;
  #startedAt = 0;
  #servedEverywhere: boolean | undefined;

  constructor(known: Known) {
    this.#known = known;
  }

  get url(): URL {
    return this.#known.url;
  }

  /** The last `/status` that the node answered. */
  get body(): string | undefined {
    return this.#watch?.body;
  }

  /** Whether the node was seen to serve its RPC on all addresses. */
  get servedEverywhere(): boolean {
    return this.#servedEverywhere ?? false;
  }

  push(chunk: Uint8Array): void {
    this.#log.push(chunk);
  }

  /** The end of the node's output. */
  text(): string {
    return this.#log.text();
  }

  /** Begins to watch. `onZombie` is called once, when the node was found to have halted and to live on. */
  start(startedAt: number, onZombie: (verdict: HaltedVerdict) => void): void {
    const { url, policy, isTaken, io } = this.#known;
    this.#startedAt = startedAt;
    this.#log = new HaltLog();
    if (isTaken) return;
    let isFound = false;
    let isTold = false;
    let readAt = io.now();
    const look = async () => {
      if (isFound || this.#log.allLines().length === 0) return;
      const verdict = await this.#judgeRunning();
      if (isFound) return;
      if (isToBeAnnounced(verdict)) {
        isFound = true;
        onZombie(verdict);
        return;
      }
      const told = isTold ? undefined : this.#standing();
      if (told === undefined) return;
      isTold = true;
      io.stderr.write(`upgrade-halt: ${told}\n`);
    };
    this.#watch = new RpcWatch({
      url,
      now: io.now,
      startedAt,
      listed: () => policy?.policy?.upgrades ?? [],
      isDue: () => this.#log.allLines().length > 0,
      onGap: () => {
        this.#beforeGap = this.#log.allLines();
      },
      onAnswer: () => {
        this.#servedEverywhere ??= listensEverywhere(listeningSockets(), Number(url.port) || 80);
        if (this.#beforeGap.length > 0) this.#before = this.#beforeGap;
        this.#leaveEnded(io.now());
      },
      onReading: () => {
        if (io.now() - readAt >= POLICY_EVERY_MS) {
          readAt = io.now();
          void policy?.read();
        }
        void look();
      },
    });
  }

  /** The verdict on an end, and whether it is to be announced. `zombie` is what was found while it lived on. */
  async judgeEnd(
    end: CommandEnd,
    zombie: HaltedVerdict | undefined,
  ): Promise<{ readonly verdict: Verdict; readonly announced: boolean }> {
    const { code, signal, startedAt, endedAt } = end;
    const plain = evidenceFromChildExit({ code, signal, startedAt, endedAt });
    const seen = this.#watch?.evidence();
    this.#watch?.end();
    if (plain.process?.kind !== "ended") return { verdict: classify(plain), announced: false };
    const process = { ...plain.process, planLines: this.#lines() };
    const [expected, ofGenesis] = await Promise.all([this.#expected(), this.#ofGenesis()]);
    const verdict = zombie ?? classify({ process, ...expected, lastSeen: seen?.lastSeen ?? ofGenesis });
    if (verdict.kind !== "halted") return { verdict, announced: false };
    const other = await this.#otherThan(end);
    if (other === undefined) return { verdict, announced: isToBeAnnounced(verdict) };
    this.#known.io.stderr.write(`upgrade-halt: ${other}, so the halt is not announced.\n`);
    return { verdict: byItself(process, other), announced: false };
  }

  end(): void {
    this.#watch?.end();
  }

  /** In words: what may be the node beside the process that ended. */
  async #otherThan({ isLeftRunning, isOutputOpen, livesOn }: CommandEnd): Promise<string | undefined> {
    const at = shownUrl(this.url.origin);
    if (this.#known.isTaken) return `something else answered at ${at} before the command started`;
    if (isLeftRunning) return "something that the command started could not be ended";
    if (isOutputOpen) return "something that the command started still holds its output";
    if (livesOn !== "") return `something that the command started lives on (${livesOn})`;
    return (await answers(this.url)) ? `something still answers at ${at}` : undefined;
  }

  /** What a process ended with is none of the one that goes on to answer: a wrapper started that at once. */
  #leaveEnded(now: number): void {
    const ended = this.#lines().filter(({ ending }) => ending);
    this.#answeredSince = ended.length === 0 ? undefined : (this.#answeredSince ?? now);
    if (this.#answeredSince === undefined || now - this.#answeredSince < LAST_ANSWER_MS) return;
    this.#before = [...this.#before, ...ended];
    this.#beforeGap = this.#before;
  }

  /** What the process itself said that runs, or ended last. */
  #lines(): readonly PlanLine[] {
    return this.#log.allLines().filter((line) => !this.#before.some((other) => isSameText(line, other)));
  }

  async #judgeRunning(): Promise<Verdict> {
    const expected = await this.#expected();
    return classify({
      process: { kind: "running", startedAt: this.#startedAt, planLines: this.#lines() },
      ...expected,
      ...this.#watch?.evidence(),
    });
  }

  #standing(): string | undefined {
    const { standstill } = this.#known;
    return toldOfStanding(this.#lines(), { ...this.#watch?.evidence(), standstillMs: standstill });
  }

  /** Started again at the height, a node panics before it serves: then only its home tells its chain. */
  async #ofGenesis(): Promise<Evidence["lastSeen"]> {
    const chainId = await this.#known.home?.chainId();
    return chainId === undefined ? undefined : { chainId };
  }

  async #expected(): Promise<Evidence> {
    const { home, standstill } = this.#known;
    const [policy, upgradeInfo] = await Promise.all([this.#known.policy?.read(), home?.upgradeInfo()]);
    return {
      standstillMs: standstill,
      chainId: policy?.chainId,
      listed: policy?.upgrades,
      upgradeInfo,
    };
  }
}

/**
 * The verdict on an end where another process may be the node: what cannot be seen to have ended has not ended, and heights and files
 * may be that one's. So of an upgrade the end alone is left, and of the others a halt that nobody is to act on.
 */
function byItself(process: EndedProcess, other: string): Verdict {
  const verdict = classify({ process });
  const contradictions = [`${other.charAt(0).toUpperCase()}${other.slice(1)}.`, ...verdict.contradictions];
  return verdict.kind === "halted"
    ? { ...verdict, disputed: true, contradictions }
    : { ...verdict, contradictions };
}

/**
 * A halt that nobody announced. An upgrade needs what the log cannot forge; of the others nothing can agree with the log, and
 * they are held, never acted on.
 */
function isToBeAnnounced(verdict: Verdict): verdict is HaltedVerdict {
  if (verdict.kind !== "halted" || verdict.inferred !== true || verdict.disputed === true) return false;
  return verdict.corroborated || verdict.reason !== ShutdownReason.UpgradeRequired;
}
