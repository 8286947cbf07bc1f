type Inside = "object" | "array";

/** An object or array whose end has not come: where it is, and the keys or the number of its members so far. */
interface Open {
  readonly inside: Inside;
  readonly path: string;
  readonly keys: Set<string>;
  members: number;
}

const WHITE = new Set([0x20, 0x09, 0x0a, 0x0d]);
const CLOSING = { object: "}", array: "]" } as const;
const EXPECTED = { object: "after object key:value pair", array: "after array element" } as const;
const LITERALS: Readonly<Record<string, string>> = { t: "true", f: "false", n: "null" };

/**
 * What Go's encoding/json says of a text that is no JSON, such as `unexpected end of JSON input`; undefined for one
 * that is JSON.
 */
export function goSyntaxError(text: string | Uint8Array): string | undefined {
  try {
    scannerOf(text).document();
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxFault) return error.message;
    throw error;
  }
}

/** The paths of keys that their object has twice, such as `metadata.name`, of a text that is JSON. */
export function duplicateKeys(text: string | Uint8Array): readonly string[] {
  const scanner = scannerOf(text);
  scanner.document();
  return scanner.duplicates;
}

/** Go's scanner takes one space more at the end, so that a number or literal cut short is told of as such. */
function scannerOf(text: string | Uint8Array): Scanner {
  return new Scanner(Buffer.concat([Buffer.from(text), Buffer.from(" ")]));
}

class SyntaxFault extends Error {
  override readonly name = "SyntaxFault";
}

class Scanner {
  readonly duplicates: string[] = [];
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  document(): void {
    const open: Open[] = [];
    this.#value(open, "");
    while (open.length > 0) this.#next(open);
    this.#skipWhite();
    if (this.#at < this.#bytes.length) this.#fail("after top-level value");
  }

  /** One value, or the beginning of an object or array, which is then the innermost of `open`. */
  #value(open: Open[], path: string): void {
    const start = this.#token();
    if (start === "{") {
      open.push({ inside: "object", path, keys: new Set(), members: 0 });
      if (!this.#closes(open)) this.#member(open);
    } else if (start === "[") {
      open.push({ inside: "array", path, keys: new Set(), members: 0 });
      if (!this.#closes(open)) this.#member(open);
    } else if (start === '"') this.#string();
    else if (start === "-" || /\d/.test(start)) this.#number(start);
    else if (LITERALS[start] !== undefined) this.#literal(LITERALS[start]);
    else this.#fail("looking for beginning of value", this.#at - 1);
  }

  /** What follows a value inside an object or array: its end, or the next member. */
  #next(open: Open[]): void {
    if (this.#closes(open)) return;
    const inside = open.at(-1)?.inside ?? "array";
    if (this.#token() !== ",") this.#fail(EXPECTED[inside], this.#at - 1);
    this.#member(open);
  }

  #member(open: Open[]): void {
    const parent = open.at(-1);
    if (parent === undefined) return;
    const { inside, path, keys, members } = parent;
    parent.members += 1;
    if (inside === "array") {
      this.#value(open, `${path}[${members}]`);
      return;
    }
    const key = this.#key();
    const child = path === "" ? key : `${path}.${key}`;
    if (keys.has(key)) this.duplicates.push(child);
    keys.add(key);
    this.#value(open, child);
  }

  #closes(open: Open[]): boolean {
    this.#skipWhite();
    if (this.#peek() !== CLOSING[open.at(-1)?.inside ?? "array"]) return false;
    this.#at += 1;
    open.pop();
    return true;
  }

  #key(): string {
    const expected = "looking for beginning of object key string";
    if (this.#token() !== '"') this.#fail(expected, this.#at - 1);
    const start = this.#at - 1;
    this.#string();
    const text = Buffer.from(this.#bytes.subarray(start, this.#at)).toString("utf8");
    if (this.#token() !== ":") this.#fail("after object key", this.#at - 1);
    return JSON.parse(text);
  }

  #string(): void {
    for (;;) {
      const byte = this.#bytes[this.#at];
      const found = this.#take();
      if (found === '"') return;
      if ((byte ?? 0) < 0x20) this.#fail("in string literal", this.#at - 1);
      if (found === "\\") this.#escape();
    }
  }

  #escape(): void {
    const code = this.#take();
    if (code !== "u") {
      if (!'bfnrt\\/"'.includes(code)) this.#fail("in string escape code", this.#at - 1);
      return;
    }
    for (let digits = 0; digits < 4; digits += 1) {
      if (!/[0-9a-f]/i.test(this.#take())) this.#fail("in \\u hexadecimal character escape", this.#at - 1);
    }
  }

  #number(start: string): void {
    const first = start === "-" ? this.#take() : start;
    if (!/\d/.test(first)) this.#fail("in numeric literal", this.#at - 1);
    if (first !== "0") this.#digits();
    if (this.#peek() === ".") {
      this.#at += 1;
      this.#digitDue("after decimal point in numeric literal");
    }
    if (this.#peek().toLowerCase() === "e") {
      this.#at += 1;
      if ("+-".includes(this.#peek() || "0")) this.#at += 1;
      this.#digitDue("in exponent of numeric literal");
    }
  }

  #digitDue(where: string): void {
    if (!/\d/.test(this.#take())) this.#fail(where, this.#at - 1);
    this.#digits();
  }

  #digits(): void {
    while (/\d/.test(this.#peek())) this.#at += 1;
  }

  #literal(word: string): void {
    for (const letter of word.slice(1)) {
      if (this.#take() !== letter) this.#fail(`in literal ${word} (expecting '${letter}')`, this.#at - 1);
    }
  }

  /** The next byte that is no white space. */
  #token(): string {
    this.#skipWhite();
    return this.#take();
  }

  #skipWhite(): void {
    while (WHITE.has(this.#bytes[this.#at] ?? 0)) this.#at += 1;
  }

  /** The next byte as a character, empty at the end. */
  #peek(): string {
    const byte = this.#bytes[this.#at];
    return byte === undefined ? "" : String.fromCharCode(byte);
  }

  #take(): string {
    const found = this.#peek();
    if (found === "") throw new SyntaxFault("unexpected end of JSON input");
    this.#at += 1;
    return found;
  }

  #fail(where: string, at = this.#at): never {
    throw new SyntaxFault(`invalid character ${quoted(this.#bytes[at] ?? 0)} ${where}`);
  }
}

/** As scanner.go's quoteChar: a byte in single quotes, escaped as strconv.Quote does. */
function quoted(byte: number): string {
  if (byte === 0x27) return "'\\''";
  if (byte === 0x22) return "'\"'";
  const text = String.fromCharCode(byte);
  const short: Readonly<Record<string, string>> = {
    "\u0007": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
  };
  const hex = byte.toString(16).padStart(2, "0");
  const isPrintable = (byte >= 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  return `'${short[text] ?? (isPrintable ? text : byte < 0x80 ? `\\x${hex}` : `\\u00${hex}`)}'`;
}
