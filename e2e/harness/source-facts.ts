import { parseAst } from "vitest/node";

/** What a rule about source files asks of one file. */
export interface SourceFacts {
  /** Module specifiers that it imports or re-exports, types included, in order. */
  readonly imports: readonly string[];
  /** The values of its number, string and template literals outside of import specifiers; comments don't count. */
  readonly literals: readonly (string | number)[];
}

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Parses a TypeScript or JavaScript module. */
export function factsOf(source: string): SourceFacts {
  const imports: string[] = [];
  const literals: (string | number)[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isNode(value)) {
      const { source: specifier, ...rest } = value;
      const imported = isNode(specifier) ? specifier.value : undefined;
      if (typeof imported === "string") imports.push(imported);
      const literal = literalOf(value);
      if (literal !== undefined) literals.push(literal);
      Object.values(typeof imported === "string" ? rest : value).forEach(visit);
    }
  };
  visit(parseAst(source.replace(/^#!.*/, ""), { lang: "ts" }));
  return { imports, literals };
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

function literalOf({ type, value }: Node): string | number | undefined {
  if (type === "Literal" && (typeof value === "string" || typeof value === "number")) return value;
  if (type !== "TemplateElement" || typeof value !== "object" || value === null || !("cooked" in value))
    return undefined;
  return typeof value.cooked === "string" ? value.cooked : undefined;
}
