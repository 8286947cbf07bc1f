/** Values by key, by section; keys before the first section are in the section `""`. */
export type TomlSettings = Readonly<Record<string, Readonly<Record<string, string | boolean>>>>;

/**
 * The text of a TOML file with other values for keys that are there. Throws an error where a key is missing, as it is
 * when another version of the program calls it otherwise.
 */
export function withSettings(toml: string, settings: TomlSettings): string {
  const wanted = new Map(
    Object.entries(settings).flatMap(([section, values]) =>
      Object.entries(values).map(([key, value]) => [`${section}.${key}`, JSON.stringify(value)] as const),
    ),
  );
  let section = "";
  const lines = toml.split("\n").map((line) => {
    section = /^\[([^\]]+)\]$/.exec(line)?.[1] ?? section;
    const key = /^([\w-]+) = /.exec(line)?.[1];
    const value = wanted.get(`${section}.${key}`);
    if (value === undefined) return line;
    wanted.delete(`${section}.${key}`);
    return `${key} = ${value}`;
  });
  if (wanted.size > 0) throw new Error(`the TOML file has no ${[...wanted.keys()].join(", ")}`);
  return lines.join("\n");
}
