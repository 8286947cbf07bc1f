/** How changesets writes a CHANGELOG: what its author wrote, and no hash that says nothing to a reader. */
interface Written {
  readonly summary: string;
}

interface Updated {
  readonly name: string;
  readonly newVersion: string;
}

/** A changeset's summary as an item of a list; its further lines are indented to stay in the item. */
export function getReleaseLine({ summary }: Written): string {
  const [first = "", ...more] = summary.trim().split("\n");
  return [`- ${first}`, ...more.map((line) => (line === "" ? "" : `  ${line}`))].join("\n");
}

/** Which packages of this repository a release uses from now on; empty where none changed. */
export function getDependencyReleaseLine(_: readonly Written[], updated: readonly Updated[]): string {
  if (updated.length === 0) return "";
  return `- Uses ${updated.map(({ name, newVersion }) => `\`${name}\` ${newVersion}`).join(", ")}.`;
}
