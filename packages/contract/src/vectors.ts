/**
 * The vectors that Go printed, for any implementation to be tested against. The files themselves
 * (`@upgrade-halt/contract/vectors/*.json`) describe their format.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import type { ExitCodeMeaning, ReasonToken, ReservedRange, ShutdownReason } from "./codes.ts";
import type { ReceivedHaltIntent } from "./halt-intent.ts";

/** What an integer means as an exit code. */
export interface CodeVector {
  /** Any integer. */
  readonly code: number;
  readonly meaning: ExitCodeMeaning;
}

/** An intent in a form that no codec touches: texts are UTF-16 code units. */
export interface IntentInput {
  /** Any integer, as `int` in Go. */
  readonly reason: number;
  readonly reason_string: string;
  readonly plan_name_utf16: readonly number[];
  /** A block, as `int64` in Go. */
  readonly height: number;
  readonly info_utf16: readonly number[];
  readonly announced_at: string;
}

/** What Go's `json.Marshal` makes of an intent; `refused` is the code of the error of a writer that is stricter. */
export interface EncodeVector {
  readonly name: string;
  readonly input: IntentInput;
  readonly output?: string;
  readonly error?: string;
  readonly refused?: string;
}

/** A body, what Go makes of it and what a reader of the contract must. */
export interface DecodeVector {
  readonly name: string;
  readonly text?: string;
  readonly base64?: string;
  readonly parts?: readonly { readonly text: string; readonly times: number }[];
  /** The rule of the protocol by which the reader differs from Go. */
  readonly rule?: string;
  readonly go_error?: string;
  readonly go_reads?: Readonly<Record<string, string | number>>;
  readonly reading: {
    readonly kind: "intent" | "unavailable" | "damaged";
    readonly intent?: ReceivedHaltIntent;
    /** The range of a reason that the reader does not know. */
    readonly unrecognised?: ReservedRange | "outside";
    readonly defects?: readonly string[];
  };
}

/** A `/status` body and the kind of reading that its `halt_intent` has. */
export interface StatusVector {
  readonly name: string;
  readonly body: unknown;
  readonly reading: "absent" | "unavailable" | "intent" | "damaged";
}

interface Cases<C> {
  readonly description: readonly string[];
  readonly cases: readonly C[];
}

interface CodesFile extends Cases<CodeVector> {
  readonly reasons: readonly { readonly code: ShutdownReason; readonly token: ReasonToken }[];
}

/** `vectors/codes.json`: the reasons with their tokens, and what integers mean as exit codes. */
export const codeVectors: CodesFile = read("codes.json");
/** `vectors/encode.json`: intents, and the bytes that Go makes of them. */
export const encodeVectors: Cases<EncodeVector> = read("encode.json");
/** `vectors/decode.json`: bodies, and what a reader must make of them. */
export const decodeVectors: Cases<DecodeVector> = read("decode.json");
/** `vectors/status.json`: `/status` bodies, and whether they have an intent. */
export const statusVectors: Cases<StatusVector> = read("status.json");

/** The bytes of a decode vector's body. */
export function bodyOf({ text, base64, parts }: DecodeVector): Uint8Array {
  if (base64 !== undefined) return Buffer.from(base64, "base64");
  return Buffer.from(text ?? (parts ?? []).map((part) => part.text.repeat(part.times)).join(""));
}

/** The text of UTF-16 code units. */
export function textOf(units: readonly number[]): string {
  return units.map((unit) => String.fromCharCode(unit)).join("");
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), "utf8")) as T;
}
