import type { Random } from "../time/random.ts";
import type { Program, VirtualTime } from "../time/virtual-time.ts";

/** What becomes of one request and its answer. Times in milliseconds. */
export interface Fate {
  readonly there: number;
  readonly back: number;
  /** The request never arrives. */
  readonly isLost: boolean;
  /** It arrives and does its work; nobody hears of it. */
  readonly isUnanswered: boolean;
  /** The server answers that it is busy. */
  readonly isRefused: boolean;
}

const WELL: Omit<Fate, "there" | "back"> = { isLost: false, isUnanswered: false, isRefused: false };
/** How long a client waits for an answer. */
export const CLIENT_TIMEOUT_MS = 10_000;

/** Connections between programs, as bad as the seed makes them. */
export class Network {
  readonly #time: VirtualTime;
  readonly #random: Random;
  /** Share of requests that something happens to. */
  faultRate = 0;
  readonly #cutUntil = new Map<string, number>();
  #delayed: { readonly collections: ReadonlySet<string>; readonly ms: number } | undefined;

  constructor(time: VirtualTime, random: Random) {
    this.#time = time;
    this.#random = random;
  }

  /** Cuts a program off for so long. */
  cut(program: string, ms: number): void {
    this.#cutUntil.set(program, this.#time.now + ms);
  }

  /** Ends every fault, for good. */
  heal(): void {
    this.faultRate = 0;
    this.#cutUntil.clear();
    this.#delayed = undefined;
  }

  isCut(program: string): boolean {
    return (this.#cutUntil.get(program) ?? 0) > this.#time.now;
  }

  /** The next answer about an object of such a collection takes so long. */
  delay(collections: ReadonlySet<string>, ms: number): void {
    this.#delayed = { collections, ms };
  }

  fateOf(program: Program, collection = ""): Fate {
    const fate = this.#fateOf(program);
    if (this.#delayed?.collections.has(collection) !== true) return fate;
    const { ms } = this.#delayed;
    this.#delayed = undefined;
    return { ...fate, back: ms };
  }

  #fateOf({ name }: Program): Fate {
    const random = this.#random;
    const there = random.between(1, 5);
    const back = random.between(1, 5);
    if (this.isCut(name)) return { there, back, ...WELL, isLost: true };
    if (!random.chance(this.faultRate)) return { there, back, ...WELL };
    switch (random.between(0, 4)) {
      case 0:
        return { there, back, ...WELL, isLost: true };
      case 1:
        return { there, back, ...WELL, isUnanswered: true };
      case 2:
        return { there, back, ...WELL, isRefused: true };
      case 3:
        return { there: random.between(50, 4_000), back, ...WELL };
      default:
        return { there, back: random.between(50, 4_000), ...WELL };
    }
  }

  /** How late a watch tells of a change. */
  lag(): number {
    const random = this.#random;
    return random.chance(this.faultRate) ? random.between(20, 8_000) : random.between(1, 15);
  }
}
