import type { Arguments } from "./method.ts";
import { RpcCode, RpcFailure } from "./rpc-failure.ts";

/**
 * Params of a JSON-RPC call as named arguments. None, `null`, `{}` and `[]` fit every method; a name that the method
 * doesn't have, or more values than it has names, is refused with an `RpcFailure`.
 */
export function namedArguments(params: unknown, names: readonly string[]): Arguments {
  if (params === undefined || params === null) return new Map();
  if (typeof params !== "object")
    throw new RpcFailure(RpcCode.invalidParams, "params are no object or array");
  const entries = Array.isArray(params)
    ? params.map((value: unknown, index) => [names[index] ?? `#${index}`, value] as const)
    : Object.entries(params);
  for (const [name] of entries) {
    if (!names.includes(name))
      throw new RpcFailure(RpcCode.invalidParams, `unknown parameter ${name.slice(0, 40)}`);
  }
  return new Map(entries);
}

/** The arguments that a method has, from a query string; others in it are ignored. */
export function queryArguments(
  query: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Arguments {
  return new Map(names.filter((name) => Object.hasOwn(query, name)).map((name) => [name, query[name]]));
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
