import { stringsAt } from "../json/json.ts";
import { badRequest } from "./api-error.ts";
import { labelKeyDefect, labelValueDefect } from "./label-syntax.ts";
import type { Matcher } from "./selectors.ts";

type Labels = Readonly<Record<string, string>>;
type Requirement = (labels: Labels) => boolean;

const OPERATORS = ["in", "notin", "=", "==", "!=", "gt", "lt"];

interface Token {
  readonly kind: "identifier" | "symbol" | "end";
  readonly text: string;
}

const END: Token = { kind: "end", text: "" };

/**
 * A labelSelector query parameter: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, `a>1`, comma-separated.
 *
 * @throws ApiError 400 in the words of k8s.io/apimachinery/pkg/labels.
 */
export function parseLabelSelector(text: string): Matcher {
  const requirements = new Parser(tokensOf(text)).selector();
  return (object) => {
    const labels = stringsAt(object, "metadata", "labels");
    return requirements.every((requirement) => requirement(labels));
  };
}

function tokensOf(text: string): readonly Token[] {
  const pattern = /\s*(?:(==|!=|[=!(),<>])|([^\s=!(),<>]+))/gy;
  return [...text.matchAll(pattern)].map(([, symbol, identifier = ""]) =>
    symbol === undefined ? { kind: "identifier", text: identifier } : { kind: "symbol", text: symbol },
  );
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  selector(): readonly Requirement[] {
    const requirements: Requirement[] = [];
    if (this.#ahead().kind === "end") return requirements;
    for (;;) {
      if (!this.#startsRequirement())
        throw this.#found(this.#ahead(), ", expected: !, identifier, or 'end of string'");
      requirements.push(this.#requirement());
      const token = this.#take();
      if (token.kind === "end") return requirements;
      if (token.text !== ",") throw this.#found(token, ", expected: ',' or 'end of string'");
      if (!this.#startsRequirement()) throw this.#found(this.#ahead(), ", expected: identifier after ','");
    }
  }

  #startsRequirement(): boolean {
    const { kind, text } = this.#ahead();
    return kind === "identifier" || text === "!";
  }

  #requirement(): Requirement {
    const isNegated = this.#ahead().text === "!";
    if (isNegated) this.#take();
    const name = this.#take();
    if (name.kind !== "identifier") throw this.#unparsed(name, ", expected: identifier");
    const key = name.text;
    const defect = labelKeyDefect(key);
    if (defect !== undefined) throw refused(`<nil>: Invalid value: ${JSON.stringify(key)}: ${defect}`);
    const { kind, text } = this.#ahead();
    if (isNegated) return (labels) => labels[key] === undefined;
    if (kind === "end" || text === ",") return (labels) => labels[key] !== undefined;
    return this.#comparison(key);
  }

  #comparison(key: string): Requirement {
    const operator = this.#take();
    switch (operator.text) {
      case "in":
      case "notin":
        return oneOf(key, this.#values(), operator.text === "in");
      case "=":
      case "==":
      case "!=":
        return oneOf(key, [this.#value()], operator.text !== "!=");
      case ">":
      case "<":
        return beyond(key, this.#value(), operator.text);
      default:
        throw this.#unparsed(operator, `, expected: ${OPERATORS.join(", ")}`);
    }
  }

  #value(): string {
    const { kind, text } = this.#ahead();
    if (kind === "end" || text === ",") return "";
    const token = this.#take();
    if (token.kind !== "identifier") throw this.#unparsed(token, ", expected: identifier");
    return token.text;
  }

  #values(): readonly string[] {
    const open = this.#take();
    if (open.text !== "(") throw this.#unparsed(open, " expected: '('");
    const values: string[] = [];
    const first = this.#ahead();
    if (first.text === ")") {
      this.#take();
      return values;
    }
    if (first.kind !== "identifier" && first.text !== ",") {
      throw this.#unparsed(first, ", expected: ',', ')' or identifier");
    }
    for (;;) {
      const { kind, text } = this.#ahead();
      if (kind === "identifier") values.push(this.#take().text);
      else if (text === "," || text === ")") values.push("");
      else throw this.#unparsed(this.#ahead(), ", expected: ',', or identifier");
      const next = this.#take();
      if (next.text === ")") return values;
      if (next.text !== ",") throw this.#unparsed(next, ", expected: ',' or ')'");
    }
  }

  #ahead(): Token {
    return this.#tokens[this.#at] ?? END;
  }

  #take(): Token {
    const token = this.#ahead();
    this.#at += 1;
    return token;
  }

  #found({ text }: Token, expected: string) {
    return badRequest(`found '${text}'${expected}`);
  }

  #unparsed({ text }: Token, expected: string) {
    return refused(`found '${text}'${expected}`);
  }
}

function refused(why: string) {
  return badRequest(`unable to parse requirement: ${why}`);
}

function oneOf(key: string, values: readonly string[], isWanted: boolean): Requirement {
  for (const [index, value] of values.entries()) {
    const defect = labelValueDefect(value);
    if (defect !== undefined) {
      throw refused(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${defect}`);
    }
  }
  const wanted = new Set(values);
  return (labels) => {
    const value = labels[key];
    return (value !== undefined && wanted.has(value)) === isWanted;
  };
}

function beyond(key: string, value: string, operator: ">" | "<"): Requirement {
  if (!/^[+-]?\d+$/.test(value)) {
    const why = `for 'Gt', 'Lt' operators, the value must be an integer`;
    throw refused(`values[0]: Invalid value: ${JSON.stringify(value)}: ${why}`);
  }
  const bound = BigInt(value);
  return (labels) => {
    const found = labels[key] ?? "";
    if (!/^[+-]?\d+$/.test(found)) return false;
    return operator === ">" ? BigInt(found) > bound : BigInt(found) < bound;
  };
}
