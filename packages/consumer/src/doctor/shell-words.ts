/** One token of a shell's script: a word without its quotes, or an operator. */
export type ShellToken =
  | { readonly kind: "word"; readonly text: string; readonly isQuoted: boolean }
  | { readonly kind: "operator"; readonly text: string };

const OPERATORS = ["&&", "||", ";;", "|&", "|", "&", ";", "\n", "(", ")"] as const;
const REDIRECTION = /^\d*(?:&>>?|>&|<&|>>|>\||<>|>|<)[ \t]*(?:-|\d+-?(?=[\s;|&)]|$))?/;

/**
 * The words and operators of a POSIX shell's script. Redirections are left out, what is substituted stays as it is written, and a
 * here-document is `undefined`: what follows it is not known.
 */
export function shellTokens(script: string): readonly ShellToken[] | undefined {
  const tokens: ShellToken[] = [];
  let rest = script.replace(/\\\n/g, "");
  let isTarget = false;
  while (rest !== "") {
    const [space = ""] = /^[ \t\r]+|^#[^\n]*/.exec(rest) ?? [];
    if (space !== "") {
      rest = rest.slice(space.length);
      continue;
    }
    if (/^\d*<</.test(rest)) return undefined;
    const [redirection = ""] = REDIRECTION.exec(rest) ?? [];
    if (redirection !== "") {
      isTarget = !/[\d-]$/.test(redirection);
      rest = rest.slice(redirection.length);
      continue;
    }
    const operator = OPERATORS.find((text) => rest.startsWith(text));
    if (operator !== undefined) {
      tokens.push({ kind: "operator", text: operator });
      rest = rest.slice(operator.length);
      continue;
    }
    const [word = rest] = WORD.exec(rest) ?? [];
    if (!isTarget) tokens.push({ kind: "word", text: withoutQuotes(word), isQuoted: /["'\\]/.test(word) });
    isTarget = false;
    rest = rest.slice(word.length);
  }
  return tokens;
}

const WORD = /^(?:'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\$\([^()]*\)|`[^`]*`|\\[\s\S]|[^\s;|&()<>'"\\`])+/;

function withoutQuotes(word: string): string {
  return word.replace(/'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g, (_, single, double, escaped) =>
    String(single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped),
  );
}
