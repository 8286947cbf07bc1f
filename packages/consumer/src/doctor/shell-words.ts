import type { Redirection } from "./shell-output.ts";

/** One token of a shell's script: a word without its quotes, an operator, or where output is sent. */
export type ShellToken =
  | { readonly kind: "word"; readonly text: string; readonly isQuoted: boolean }
  | { readonly kind: "operator"; readonly text: string }
  | ({ readonly kind: "redirection" } & Redirection);

const OPERATORS = ["&&", "||", ";;", "|&", "|", "&", ";", "\n", "(", ")"] as const;
const REDIRECTION = /^(\d*)(?:(>&|<&)[ \t]*(-|\d+-?(?=[\s;|&)]|$))|(&>>?|>&|<&|>>|>\||<>|>|<))/;

/**
 * The words, operators and redirections of output in a POSIX shell's script. Other redirections are left out, what is substituted
 * stays as it is written, and a here-document is `undefined`: what follows it is not known.
 */
export function shellTokens(script: string): readonly ShellToken[] | undefined {
  const tokens: ShellToken[] = [];
  let rest = script.replace(/\\\n/g, "");
  /** The descriptors that the next word is the file of; none where it is read. */
  let fds: readonly number[] | undefined;
  while (rest !== "") {
    const [space = ""] = /^[ \t\r]+|^#[^\n]*/.exec(rest) ?? [];
    if (space !== "") {
      rest = rest.slice(space.length);
      continue;
    }
    if (/^\d*<</.test(rest)) return undefined;
    const [redirection = "", fd = "", copying, copied = "", opening = ""] = REDIRECTION.exec(rest) ?? [];
    if (redirection !== "") {
      const own = fd === "" ? 1 : Number(fd);
      if (copying === ">&") tokens.push({ kind: "redirection", fds: [own], to: sourceOf(copied) });
      fds =
        copying !== undefined
          ? undefined
          : opening.includes("<")
            ? []
            : opening.includes("&")
              ? [1, 2]
              : [own];
      rest = rest.slice(redirection.length);
      continue;
    }
    const operator = OPERATORS.find((text) => rest.startsWith(text));
    if (operator !== undefined) {
      // Of `> >(tee x)` the output goes on through the command.
      fds = undefined;
      tokens.push({ kind: "operator", text: operator });
      rest = rest.slice(operator.length);
      continue;
    }
    const [word = rest] = WORD.exec(rest) ?? [];
    const text = withoutQuotes(word);
    if (fds === undefined) tokens.push({ kind: "word", text, isQuoted: /["'\\]/.test(word) });
    else if (fds.length > 0) tokens.push({ kind: "redirection", fds, to: text });
    fds = undefined;
    rest = rest.slice(word.length);
  }
  return tokens;
}

/** `>&-` closes: what is written then is lost. */
function sourceOf(copied: string): string | number {
  return copied === "-" ? "/dev/null" : Number.parseInt(copied, 10);
}

const WORD = /^(?:'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\$\([^()]*\)|`[^`]*`|\\[\s\S]|[^\s;|&()<>'"\\`])+/;

function withoutQuotes(word: string): string {
  return word.replace(/'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g, (_, single, double, escaped) =>
    String(single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped),
  );
}
