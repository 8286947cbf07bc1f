import { InvalidArgumentError } from "commander";
import { parseRpcAddress, type RpcAddress } from "../rpc/rpc-address.ts";
import { parseDuration } from "./duration.ts";

/*
 * Parsers of flags' values. What they throw becomes the usage error of the flag.
 */

export function folder(text: string): string {
  if (text === "") throw new InvalidArgumentError("Give a folder.");
  return text;
}

export function rpcAddress(text: string): RpcAddress {
  const address = parseRpcAddress(text);
  if (address === undefined) throw new InvalidArgumentError("Give tcp://HOST:PORT.");
  return address;
}

/** Milliseconds. */
export function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined)
    throw new InvalidArgumentError("Give a duration such as 200ms or 1s, of at most 596h.");
  return milliseconds;
}

export function height(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < 1) {
    throw new InvalidArgumentError("Give a height above 0.");
  }
  return number;
}

export function heights(text: string): readonly number[] {
  return text.split(",").map(height);
}

/** Comma-separated; the empty text is the empty list. */
export function names(text: string): readonly string[] {
  return text.split(",").filter((name) => name !== "");
}

/** A plan's name and its height, as `v6.7@30`. */
export function planAtHeight(text: string): { readonly name: string; readonly height: number } {
  const [, name = "", at = ""] = /^(.+)@(\d+)$/.exec(text) ?? [];
  if (name === "") throw new InvalidArgumentError("Give PLAN@HEIGHT.");
  return { name, height: height(at) };
}
