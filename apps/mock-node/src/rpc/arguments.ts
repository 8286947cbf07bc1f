import type { Arguments } from "./method.ts";
import { RpcCode, RpcFailure } from "./rpc-failure.ts";

/**
 * Params of a JSON-RPC call as named arguments. None, `null`, `{}` and `[]` fit every method. Of an object, names that the
 * method doesn't have are ignored; a list has a value for each name. A method without arguments refuses all else, as do
 * these rules, with an `RpcFailure` (Sei's rpc/jsonrpc/server/rpc_func.go).
 */
export function namedArguments(params: unknown, names: readonly string[]): Arguments {
  if (params === undefined || params === null) return new Map();
  if (typeof params !== "object")
    throw new RpcFailure(RpcCode.invalidParams, "params are no object or array");
  const given = Object.keys(params).length;
  if (given === 0) return new Map();
  if (names.length === 0)
    throw new RpcFailure(RpcCode.invalidParams, "no parameters accepted for this method");
  if (!Array.isArray(params)) return knownArguments({ ...params }, names);
  if (given !== names.length)
    throw new RpcFailure(RpcCode.invalidParams, `got ${given} arguments, want ${names.length}`);
  return new Map(names.map((name, index) => [name, params[index]]));
}

/** The arguments that a method has, out of all that were named; others are ignored. */
export function knownArguments(
  named: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Arguments {
  return new Map(names.filter((name) => Object.hasOwn(named, name)).map((name) => [name, named[name]]));
}

/** A height: absent, a number, or a decimal string, with quotes or without. */
export function heightArgument(args: Arguments, name: string): number | undefined {
  const value = args.get(name);
  if (value === undefined || value === null || value === "") return undefined;
  const text =
    typeof value === "number" ? `${value}` : typeof value === "string" ? value.replace(/^"(.*)"$/, "$1") : "";
  const height = Number(text);
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(height)) return height;
  throw new RpcFailure(RpcCode.invalidParams, `${name} is no height`);
}
