import { printable } from "../../printable.ts";
import type { Verdict } from "../../verdict.ts";
import type { NodeChange } from "../../watch/watch-options.ts";
import { beginningIn, columnsOf, endIn } from "../output/columns.ts";
import type { Io } from "../output/io.ts";
import { colouredHeadline } from "../output/render.ts";

/** At most so often is the table drawn, in ms, however many nodes change. */
const DRAW_EVERY_MS = 100;

/** With fewer columns than this, a row shows no time. */
const NARROW = 40;

/** What a person wants to see first where not all nodes have room. */
const URGENCY = {
  halted: 0,
  "unrecognised-halt": 0,
  crashed: 1,
  unknown: 2,
  stopped: 2,
  running: 3,
} as const satisfies Record<Verdict["kind"], number>;

/** A table of nodes on a terminal, drawn over itself when something changed. It never outgrows the screen. */
export class LiveTable {
  readonly #urls: readonly string[];
  readonly #io: Io;
  /** The columns of the longest URL. */
  readonly #widest: number;
  readonly #changes = new Map<string, NodeChange>();
  #drawn = 0;
  #due: NodeJS.Timeout | undefined;

  constructor(urls: readonly string[], io: Io) {
    this.#urls = urls;
    this.#widest = Math.max(...urls.map((url) => columnsOf(printable(url))));
    this.#io = io;
  }

  show(change: NodeChange): void {
    this.#changes.set(change.url, change);
    this.#due ??= setTimeout(() => this.#draw(), DRAW_EVERY_MS);
  }

  /** Draws what is still to be drawn, and leaves it there. */
  finish(): void {
    if (this.#due !== undefined) this.#draw();
  }

  #draw(): void {
    clearTimeout(this.#due);
    this.#due = undefined;
    const rows = this.#rows();
    const up = this.#drawn === 0 ? "" : `\u001b[${this.#drawn}A\u001b[J`;
    this.#io.stdout.write(`${up}${rows.join("\n")}\n`);
    this.#drawn = rows.length;
  }

  #rows(): string[] {
    const room = Math.max((this.#io.stdout.rows || 24) - 1, 2);
    if (this.#urls.length <= room) return this.#urls.map((url) => this.#row(url));
    const urgent = this.#urls.toSorted((a, b) => this.#urgencyOf(a) - this.#urgencyOf(b));
    const hidden = urgent.slice(room - 1);
    const running = hidden.filter((url) => this.#changes.get(url)?.verdict.kind === "running").length;
    const rest = `… and ${hidden.length} more, ${running} of them running`;
    return [
      ...urgent.slice(0, room - 1).map((url) => this.#row(url)),
      beginningIn(rest, this.#columns() - 1),
    ];
  }

  #urgencyOf(url: string): number {
    const verdict = this.#changes.get(url)?.verdict;
    return URGENCY[verdict?.kind ?? "unknown"];
  }

  /**
   * A row never wraps, or drawing over it would leave its rest behind: URL and headline share the width, and a narrow
   * terminal has no room for the time. Of a long URL the end is kept, where nodes differ.
   */
  #row(url: string): string {
    const columns = this.#columns();
    const width = Math.min(Math.floor(columns / 3), this.#widest);
    const name = endIn(printable(url), width);
    const cut = `${name}${" ".repeat(width - columnsOf(name))}  `;
    const change = this.#changes.get(url);
    if (change === undefined) return `${cut}…`;
    const time = columns < NARROW ? "" : `${new Date(change.at).toISOString().slice(11, 19)}  `;
    const room = columns - 1 - columnsOf(cut) - columnsOf(time);
    return `${cut}${time}${colouredHeadline(change.verdict, this.#io, room)}`;
  }

  /** A terminal that does not know its size says 0. */
  #columns(): number {
    return Math.max(this.#io.stdout.columns || 80, 10);
  }
}
