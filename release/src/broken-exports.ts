/** A line that adds what nobody has to give: an optional member. */
const OPTIONAL = /^\s*(readonly )?["\w]+\?[:(]/;

/**
 * The exports that one API report has and the next lacks or declares otherwise. What only gains optional members is none. Cautious:
 * a text that differs counts, for no text tells whether a type became wider or narrower for those who use it.
 */
export function brokenExports(before: string, after: string): readonly string[] {
  const now = declarationsOf(after);
  return [...declarationsOf(before)]
    .filter(([name, text]) => !isCompatible(text, now.get(name)))
    .map(([name]) => name);
}

function isCompatible(before: string, after: string | undefined): boolean {
  if (after === undefined) return false;
  const left = before.split("\n");
  for (const line of after.split("\n")) {
    if (line === left[0]) left.shift();
    else if (!OPTIONAL.test(line)) return false;
  }
  return left.length === 0;
}

/** The declarations of a report by name; comments are none of it, and overloads are one. */
function declarationsOf(report: string): ReadonlyMap<string, string> {
  const [, code = ""] = /^```ts\n(.*?)^```$/ms.exec(report) ?? [];
  const found = new Map<string, string>();
  for (const part of code.split(/\n\n+/)) {
    const text = part.replaceAll(/^\s*\/\/.*\n?/gm, "").trim();
    const [, name] =
      /^(?:export )?(?:declare )?(?:abstract )?(?:type|interface|class|function|const|enum|namespace) ([\w$]+)/.exec(
        text,
      ) ?? [];
    if (name !== undefined)
      found.set(name, [found.get(name), text].filter((one) => one !== undefined).join("\n"));
  }
  return found;
}
