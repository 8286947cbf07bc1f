import { type FSWatcher, statSync, watch } from "node:fs";

/** Marks beyond this many are thinned: every second one goes, the oldest and the newest stay. */
const MOST_MARKS = 20_000;

/**
 * When the bytes of a log file were written, to the accuracy of the file system's notices: processes write their log
 * themselves, so nothing else can say. Lines of one notice share a time.
 */
export class LogTimes {
  readonly #file: string;
  readonly #now: () => number;
  readonly #watcher: FSWatcher;
  #marks: { readonly size: number; readonly at: number }[] = [];

  /** Watches `file`, which must exist; `now` is in milliseconds. */
  constructor(file: string, now: () => number) {
    this.#file = file;
    this.#now = now;
    this.#watcher = watch(file, { persistent: false }, () => this.mark());
    this.#watcher.on("error", () => undefined);
    this.mark();
  }

  /** Takes note of what has been written until now. */
  mark(): void {
    const size = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    const last = this.#marks.at(-1);
    if (size === 0 || (last !== undefined && size <= last.size)) return;
    this.#marks.push({ size, at: this.#now() });
    if (this.#marks.length > MOST_MARKS) this.#marks = this.#marks.filter((_, index) => index % 2 === 1);
  }

  /** When the byte at `offset` was seen to be written, in milliseconds. */
  at(offset: number): number {
    let low = 0;
    let high = this.#marks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#marks[middle]?.size ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    return this.#marks[low]?.at ?? this.#now();
  }

  /** Marks a last time and watches no more. */
  end(): void {
    this.mark();
    this.#watcher.close();
  }
}
