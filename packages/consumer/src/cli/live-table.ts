import { printable } from "../printable.ts";
import type { NodeChange } from "../watch/watch-node.ts";
import type { Io } from "./io.ts";
import { colouredHeadline } from "./render.ts";

/** A table of nodes on a terminal, drawn over itself with every change. */
export class LiveTable {
  readonly #urls: readonly string[];
  readonly #io: Io;
  readonly #changes = new Map<string, NodeChange>();
  #drawn = 0;

  constructor(urls: readonly string[], io: Io) {
    this.#urls = urls;
    this.#io = io;
  }

  show(change: NodeChange): void {
    this.#changes.set(change.url, change);
    const rows = this.#urls.map((url) => this.#row(url));
    const up = this.#drawn === 0 ? "" : `\u001b[${this.#drawn}A\u001b[J`;
    this.#io.stdout.write(`${up}${rows.join("\n")}\n`);
    this.#drawn = rows.length;
  }

  /** A row never wraps, or drawing over it would leave its rest behind: URL and headline share the width. */
  #row(url: string): string {
    const columns = Math.max(this.#io.stdout.columns ?? 80, 40);
    const width = Math.min(Math.floor(columns / 3), Math.max(...this.#urls.map(({ length }) => length)));
    const name = printable(url);
    const cut = name.length > width ? `${name.slice(0, width - 1)}…` : name.padEnd(width);
    const change = this.#changes.get(url);
    if (change === undefined) return `${cut}  …`;
    const time = new Date(change.at).toISOString().slice(11, 19);
    return `${cut}  ${time}  ${colouredHeadline(change.verdict, this.#io, columns - width - 13)}`;
  }
}
