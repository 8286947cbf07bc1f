/** A disk that hangs, or a share whose server is gone, never answers. So long a file may take, in ms. */
const MOST_MS = 3_000;

/** What did not come in time. `code` is told like that of a file that cannot be read. */
class TooLate extends Error {
  readonly code: string;

  constructor(mostMs: number) {
    super("it took too long");
    this.code = `no answer within ${mostMs / 1000} seconds`;
  }
}

/** What this work comes to. Rejects where that takes longer; the work itself goes on. */
export async function inTime<T>(work: Promise<T>, mostMs = MOST_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate(mostMs)), mostMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A file that is read again and again. A reading that hangs holds a thread, and there are four: it is never joined by another. */
export class TimedRead<T> {
  readonly #read: () => Promise<T>;
  readonly #mostMs: number;
  #going: Promise<void> | undefined;
  #isHanging = false;

  constructor(read: () => Promise<T>, mostMs = MOST_MS) {
    this.#read = read;
    this.#mostMs = mostMs;
  }

  /** As it is now. Rejects where that takes too long, and at once while what took too long has not ended. */
  async read(): Promise<T> {
    if (this.#isHanging) throw new TooLate(this.#mostMs);
    try {
      return await inTime(this.#readNext(), this.#mostMs);
    } catch (error) {
      this.#isHanging = error instanceof TooLate && this.#going !== undefined;
      throw error;
    }
  }

  async #readNext(): Promise<T> {
    while (this.#going !== undefined) await this.#going;
    const reading = this.#read();
    const over = () => {
      this.#going = undefined;
      this.#isHanging = false;
    };
    this.#going = reading.then(over, over);
    return await reading;
  }
}
