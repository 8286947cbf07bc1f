/** A command of a guide and what it has to print. */
export interface GuideCommand {
  readonly command: string;
  readonly output: string;
}

/** The commands in a guide's `console` blocks, in order: lines that begin with `$ `, each with the lines after it. */
export function commandsIn(markdown: string): GuideCommand[] {
  return [...markdown.matchAll(/^```console\n(.*?)^```$/gms)].flatMap(([, block = ""]) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((entry) => {
        const [command = "", ...output] = entry.split("\n");
        return { command, output: output.join("\n") };
      }),
  );
}

/** The files that a guide shows whole, by the name in the comment before each. */
export function filesIn(markdown: string): ReadonlyMap<string, string> {
  const files = markdown.matchAll(/^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$/gms);
  return new Map([...files].map(([, name = "", content = ""]) => [name, content]));
}
