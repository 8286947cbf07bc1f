import { deflateRawSync, inflateRawSync } from "node:zlib";

/** Lines of text that take little memory once no more are to come: what a run shows is much the same from line to line. */
export class PackedLines {
  #lines: string[] = [];
  #packed: Buffer | undefined;
  #characters = 0;

  get characters(): number {
    return this.#characters;
  }

  /** @throws Error once packed. */
  add(line: string): void {
    if (this.#packed !== undefined) throw new Error("lines that are packed take no more");
    this.#lines.push(line);
    this.#characters += line.length;
  }

  pack(): void {
    this.#packed = deflateRawSync(this.#lines.join("\n"), { level: 1 });
    this.#lines = [];
  }

  /** In their order. */
  lines(): readonly string[] {
    return this.#packed === undefined ? this.#lines : inflateRawSync(this.#packed).toString().split("\n");
  }
}
