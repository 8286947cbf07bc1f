import { type HaltReason, ShutdownReason } from "@upgrade-halt/contract";
import type { VirtualTime } from "../time/virtual-time.ts";
import { BLOCK_MS, type Chain, headAt, type Plan, releaseOf } from "./chain.ts";

/** A validator: its data and its key outlive its processes. */
export interface Validator {
  readonly name: string;
  readonly chain: Chain;
  /** Hex address that it signs as. */
  readonly address: string;
  /** How much later than the first node of its chain it has a block. */
  readonly lagMs: number;
  /** Last block that was applied. */
  height: number;
  applied: string[];
  /** Heights at which an operator told it to skip an upgrade. */
  readonly skipped: Set<number>;
  /** Release that runs in the place of the image's, put there by hand. */
  replaced: number | undefined;
  /** Halts without ending: consensus stops, and `/status` says why, unless the chain's binary announces no halt. */
  staysAlive: boolean;
  /** What its log says before the last line: text of the chain, or of a process beside it, that others chose. */
  noise: string;
  /** How long its processes take to end once they are asked to; a few seconds unless it is said. */
  endsAfterMs: number | undefined;
  /** What it goes on to write while it stands still. */
  chatter: Chatter | undefined;
  /** Its pod's termination message is the end of its log where it ends badly, as its container asks for. */
  fallsBackToLogs: boolean;
  /** A halt that its `/status` announces though it runs. */
  lie: Halt | undefined;
  /** Chain that it is on now, after it was moved from the one that it began on. */
  movedTo: string | undefined;
  /** What answers at its address. */
  serves: "status" | "no-address" | "error" | "web-page";
  /** What answers at another port of its pod, which a container beside it names. */
  servesBeside: "status" | "web-page" | "nobody";
  /** Another node answers in its place, which signs as this. */
  alias: string | undefined;
  /** Its `/status` has said what is not so. */
  hasLied: boolean;
  /** Nobody reaches its `/status`. */
  isUnreadable: boolean;
  /** Fields of its `/status` as they are on the wire, in the place of the right ones. */
  oddities: Readonly<Record<string, unknown>>;
}

/** Lines that a node writes after it came to stand. */
export interface Chatter {
  readonly lines: number;
  readonly everyMs: number;
}

/** A line of a log, and when it was written, by the virtual clock. */
export interface LogLine {
  readonly at: number;
  readonly text: string;
}

export interface Halt {
  readonly reason: HaltReason;
  readonly plan: string;
  readonly height: number | undefined;
}

export type NodeState =
  | { readonly kind: "booting" }
  | { readonly kind: "running"; readonly from: number; readonly since: number }
  | { readonly kind: "halted"; readonly halt: Halt }
  | { readonly kind: "ended"; readonly code: number; readonly halt: Halt | undefined };

/** Blocks that a node behind the chain applies in a second. */
const SYNC_BLOCKS_PER_MS = 20 / 1000;
const BOOT_MS = 300;
/** Exit code of a Go program that panics. */
const PANIC = 2;

/** One process of a validator, from its start to its end. */
export class NodeProcess {
  readonly validator: Validator;
  readonly image: string;
  readonly startedAt: number;
  readonly #time: VirtualTime;
  readonly #onEnd: (process: NodeProcess) => void;
  #state: NodeState = { kind: "booting" };
  #events = 0;
  /** It has applied blocks in this image. */
  hasRun = false;
  /** Last block before its start, and the last one that it applied itself. */
  readonly #from: number;
  #last: number;
  #stoppedAt: number | undefined;

  constructor(time: VirtualTime, validator: Validator, image: string, onEnd: (process: NodeProcess) => void) {
    this.#time = time;
    this.#onEnd = onEnd;
    this.validator = validator;
    this.image = image;
    this.startedAt = time.now;
    this.#from = validator.height;
    this.#last = validator.height;
    this.#after(BOOT_MS, () => this.#boot());
  }

  get state(): NodeState {
    return this.#state;
  }

  get isAlive(): boolean {
    return this.#state.kind !== "ended";
  }

  /** Why it halted, whether its process ended or not. */
  get halt(): Halt | undefined {
    return this.#state.kind === "halted" || this.#state.kind === "ended" ? this.#state.halt : undefined;
  }

  /** Last block that was applied. */
  get height(): number {
    const state = this.#state;
    if (state.kind === "halted") return this.#last;
    if (state.kind !== "running") return this.validator.height;
    const synced = state.from + Math.floor((this.#time.now - state.since) * SYNC_BLOCKS_PER_MS);
    return Math.max(state.from, Math.min(headAt(this.#time.now - this.validator.lagMs), synced));
  }

  /** Last block of this very process: another may be at work on the same data by now. */
  get reached(): number {
    return this.isAlive ? this.height : this.#last;
  }

  /** What it wrote: the end of its log. A binary of before the contract panics with the halt line. */
  get log(): string {
    const { halt, validator } = this;
    if (halt === undefined) return validator.noise;
    const line = lineOf(halt);
    if (!validator.chain.isLegacy) return validator.noise + line;
    const text = line.trimEnd();
    const failure = `12:00AM ERR CONSENSUS FAILURE!!! err=${JSON.stringify(text)} module=consensus\n`;
    return validator.noise + failure + (this.isAlive ? "" : `panic: ${text}\n\ngoroutine 1 [running]:\n`);
  }

  /** Its log line by line, with what it wrote since it came to stand. */
  get logLines(): readonly LogLine[] {
    const at = this.#stoppedAt ?? this.startedAt;
    const lines = this.log.split("\n").slice(0, -1);
    const { chatter } = this.validator;
    const written = this.#state.kind === "halted" ? (this.#time.now - at) / (chatter?.everyMs ?? 1) : 0;
    const more = Math.min(chatter?.lines ?? 0, Math.floor(written));
    return [
      ...lines.map((text) => ({ at, text })),
      ...Array.from({ length: more }, (_, index) => ({
        at: at + index * (chatter?.everyMs ?? 1),
        text: `ERR dial tcp 10.0.0.${index % 250}:26656: connect: connection refused module=p2p`,
      })),
    ];
  }

  get hasMadeBlocks(): boolean {
    return this.reached > this.#from;
  }

  /** The end by a signal or a crash. */
  end(code: number): void {
    if (!this.isAlive) return;
    const { halt } = this;
    this.validator.height = this.height;
    this.#last = this.height;
    this.#stoppedAt ??= this.#time.now;
    this.#events += 1;
    const isAnnounced = halt !== undefined && !this.validator.chain.isLegacy;
    this.#state = { kind: "ended", code: isAnnounced ? halt.reason : code, halt };
    this.#onEnd(this);
  }

  #boot(): void {
    const { validator, release } = this;
    if (release === undefined) {
      this.end(127);
      return;
    }
    const halt = this.#haltAtBoot();
    if (halt !== undefined) this.#stop(halt);
    else {
      this.#state = { kind: "running", from: validator.height, since: this.#time.now };
      this.hasRun = this.validator.replaced === undefined;
      this.#awaitNextPlan();
    }
  }

  get release(): number | undefined {
    return this.validator.replaced ?? releaseOf(this.image);
  }

  #hasHandler(plan: Plan): boolean {
    return this.validator.chain.plans.indexOf(plan) <= (this.release ?? -1);
  }

  #haltAtBoot(): Halt | undefined {
    const { chain, applied, height } = this.validator;
    const last = chain.plans.find(({ name }) => name === applied.at(-1));
    if (last !== undefined && !this.#hasHandler(last))
      return { reason: ShutdownReason.DowngradeDetected, plan: last.name, height: undefined };
    const next = this.#nextPlan(height);
    const isEarly = next !== undefined && !next.isMinor && next.height > height + 1 && this.#hasHandler(next);
    return isEarly ? { reason: ShutdownReason.BinaryTooNew, plan: next.name, height: undefined } : undefined;
  }

  #nextPlan(height: number): Plan | undefined {
    const { chain, applied, skipped } = this.validator;
    return chain.plans.find(
      (plan) => !applied.includes(plan.name) && !skipped.has(plan.height) && plan.height > height,
    );
  }

  /** The next upgrade that the node comes to, at the moment at which it does. */
  #awaitNextPlan(): void {
    const { height } = this;
    const next = this.#nextPlan(height);
    if (next === undefined) return;
    const bySync = (next.height - height) / SYNC_BLOCKS_PER_MS;
    const byChain = (next.height - 1) * BLOCK_MS + this.validator.lagMs - this.#time.now;
    this.#after(Math.max(0, bySync, byChain), () => this.#meet(next));
  }

  #meet(plan: Plan): void {
    const { validator } = this;
    if (this.height < plan.height - 1 || validator.skipped.has(plan.height)) {
      this.#awaitNextPlan();
      return;
    }
    validator.height = plan.height - 1;
    if (!this.#hasHandler(plan)) {
      this.#stop({ reason: ShutdownReason.UpgradeRequired, plan: plan.name, height: plan.height });
      return;
    }
    validator.applied = [...validator.applied, plan.name];
    validator.height = plan.height;
    this.#state = { kind: "running", from: plan.height, since: this.#time.now };
    this.#awaitNextPlan();
  }

  #stop(halt: Halt): void {
    this.#events += 1;
    this.#last = this.validator.height;
    this.#stoppedAt = this.#time.now;
    if (this.validator.staysAlive && !this.#panics(halt)) this.#state = { kind: "halted", halt };
    else {
      const code = this.validator.chain.isLegacy ? PANIC : halt.reason;
      this.#state = { kind: "ended", code, halt };
      this.#onEnd(this);
    }
  }

  /** A binary of before the contract recovers from consensus' panic alone, and not from one while it starts. */
  #panics({ reason }: Halt): boolean {
    return this.validator.chain.isLegacy && reason !== ShutdownReason.UpgradeRequired;
  }

  /** Runs `next` later, unless the process ended or another event was scheduled meanwhile. */
  #after(ms: number, next: () => void): void {
    this.#events += 1;
    const event = this.#events;
    this.#time.later(ms, () => {
      if (event === this.#events) next();
    });
  }
}

/** The line that x/upgrade prints. */
export function lineOf({ reason, plan, height }: Halt): string {
  switch (reason) {
    case ShutdownReason.UpgradeRequired:
      return `UPGRADE "${plan}" NEEDED at height: ${height}: \n`;
    case ShutdownReason.BinaryTooNew:
      return `BINARY UPDATED BEFORE TRIGGER! UPGRADE "${plan}" - in binary but not executed on chain\n`;
    case ShutdownReason.DowngradeDetected:
      return `Wrong app version 0, upgrade handler is missing for ${plan} upgrade plan\n`;
  }
}
