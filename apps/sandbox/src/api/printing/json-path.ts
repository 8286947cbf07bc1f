import { isObject, type Json } from "../../json/json.ts";

type Step =
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "all" }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "filter"; readonly path: readonly Step[]; readonly equals: string };

const TOKEN =
  /\.((?:\\.|[^.[\]\\])+)|\['([^']+)'\]|(\[\*\])|\[(-?\d+)\]|\[\?\(@((?:\.[\w-]+)+)\s*==\s*(?:"([^"]*)"|'([^']*)')\)\]/y;

/** A JSONPath of the kind that printer columns use: fields, indexes, `[*]` and one `==` filter. */
export type JsonPath = readonly Step[];

/** @throws Error naming the first part that isn't understood. */
export function parseJsonPath(text: string): JsonPath {
  const steps: Step[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`unreadable JSONPath at ${JSON.stringify(text.slice(from))}`);
    steps.push(step(match));
  }
  return steps;
}

function step([, plain, quoted, all, index, filter, double, single]: RegExpExecArray): Step {
  if (all !== undefined || plain === "*") return { kind: "all" };
  if (index !== undefined) return { kind: "index", index: Number(index) };
  if (filter !== undefined) {
    const names = filter.slice(1).split(".");
    return {
      kind: "filter",
      path: names.map((name) => ({ kind: "field", name })),
      equals: double ?? single ?? "",
    };
  }
  return { kind: "field", name: plain?.replaceAll("\\", "") ?? quoted ?? "" };
}

/** Every value that `path` leads to. */
export function evaluate(path: JsonPath, root: Json): readonly Json[] {
  return path.reduce<readonly Json[]>((values, step) => values.flatMap((value) => take(step, value)), [root]);
}

function take(step: Step, value: Json): readonly Json[] {
  switch (step.kind) {
    case "field": {
      const found = isObject(value) && Object.hasOwn(value, step.name) ? value[step.name] : undefined;
      return found === undefined ? [] : [found];
    }
    case "all":
      return Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
    case "index": {
      const found = Array.isArray(value) ? value.at(step.index) : undefined;
      return found === undefined ? [] : [found];
    }
    case "filter":
      return Array.isArray(value) ? value.filter((item) => evaluate(step.path, item)[0] === step.equals) : [];
  }
}
