import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Application, LogLevel, type ProjectReflection } from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";
import { sources, specifierOf } from "./entries.ts";
import { undocumented } from "./undocumented.ts";

/** Where the reference is, relative to the root. */
export const REFERENCE = "docs/api/reference";

export interface Reference {
  /** Each page by its file name. The same sources give the same bytes. */
  readonly pages: ReadonlyMap<string, string>;
  /** Exports without a docstring, as `@upgrade-halt/contract: parseExitCode`. */
  readonly undocumented: readonly string[];
}

/** How a page looks. */
const LOOKS: Partial<PluginOptions> = {
  outputFileStrategy: "modules",
  flattenOutputFiles: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  classPropertiesFormat: "table",
  typeDeclarationFormat: "table",
  enumMembersFormat: "table",
  propertyMembersFormat: "table",
  indexFormat: "table",
};

/** Makes the reference of the published packages out of their sources' docstrings. */
export async function makeReference(root: string): Promise<Reference> {
  const project = await read(root);
  const folder = mkdtempSync(join(tmpdir(), "reference-"));
  try {
    await project.app.outputs.writeOutput({ name: "markdown", path: folder }, project.reflections);
    const pages = globSync("*.md", { cwd: folder })
      .toSorted()
      .map((file) => [withoutScope(file), withoutScope(readFileSync(join(folder, file), "utf8"))] as const);
    return { pages: new Map(pages), undocumented: undocumented(project.reflections) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function read(
  root: string,
): Promise<{ readonly app: Application; readonly reflections: ProjectReflection }> {
  const options = {
    entryPoints: [...sources(root)],
    plugin: ["typedoc-plugin-markdown"],
    tsconfig: join(import.meta.dirname, "..", "published.tsconfig.json"),
    name: "Reference",
    readme: "none",
    // Lines and commits change without the text.
    disableSources: true,
    groupOrder: ["Functions", "Variables", "Classes", "*"],
    excludeInternal: true,
    excludeExternals: true,
    logLevel: LogLevel.Error,
    ...LOOKS,
  };
  const app = await Application.bootstrapWithPlugins(options);
  const reflections = await app.convert();
  if (reflections === undefined) throw new Error("TypeDoc could not read the packages; see above.");
  for (const module of reflections.children ?? []) module.name = specifierOf(module.name);
  return { app, reflections };
}

/** File names without the scope, which all have: `contract.vectors.md`. */
function withoutScope(text: string): string {
  return text.replaceAll("@upgrade-halt.", "");
}
