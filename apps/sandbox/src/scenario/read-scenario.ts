import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { type Document, isMap, isNode, isPair, LineCounter, parseDocument } from "yaml";
import { SandboxError } from "../sandbox-error.ts";
import { mistakesIn } from "./check-order.ts";
import { folderBeside } from "./manifests.ts";
import type { Mistake } from "./mistake.ts";
import { type Scenario, ScenarioSchema } from "./schema.ts";

type Path = readonly PropertyKey[];

const LARGEST_BYTES = 256 * 1024;

/** The folder of the scenarios that ship. */
function shippedFolder(): string {
  const own = createRequire(import.meta.url).resolve("@upgrade-halt/sandbox/package.json");
  return folderBeside(own, "scenarios");
}

/** Names of the scenarios that ship, sorted. */
export function shippedScenarios(): readonly string[] {
  return readdirSync(shippedFolder())
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => basename(file, ".yaml"))
    .sort();
}

/** Reads a scenario by its name, or from a file whose path ends in .yaml. @throws SandboxError naming every mistake. */
export async function readScenario(nameOrFile: string): Promise<Scenario> {
  const isFile = /\.ya?ml$/.test(nameOrFile);
  const names = shippedScenarios();
  if (!isFile && !names.includes(nameOrFile)) {
    throw new SandboxError(
      `no scenario is called ${JSON.stringify(nameOrFile)}: it is one of ${names.join(", ")}, or a file that ends in .yaml`,
    );
  }
  const file = isFile ? nameOrFile : join(shippedFolder(), `${nameOrFile}.yaml`);
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new SandboxError(`can't read the scenario ${file}`, { cause });
  });
  return parseScenario(text, file);
}

/** Reads the text of a scenario. @throws SandboxError with line and column of every mistake, `file` before each. */
export function parseScenario(text: string, file: string): Scenario {
  if (Buffer.byteLength(text) > LARGEST_BYTES)
    throw new SandboxError(`${file}: a scenario has at most ${LARGEST_BYTES / 1024} KiB`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const refuse = (mistakes: readonly { readonly offset: number; readonly message: string }[]): never => {
    const told = mistakes.map(({ offset, message }) => {
      const { line, col } = lines.linePos(offset);
      return `${file}:${line}:${col}: ${message}`;
    });
    throw new SandboxError(told.join("\n"));
  };
  if (document.errors.length > 0)
    refuse(document.errors.map(({ pos, message }) => ({ offset: pos[0], message })));
  const read = ScenarioSchema.safeParse(jsOf(document, (message) => refuse([{ offset: 0, message }])));
  const mistakes = read.success ? mistakesIn(read.data) : read.error.issues.flatMap(mistakesOf);
  if (mistakes.length > 0)
    refuse(mistakes.map(({ path, message }) => ({ offset: offsetOf(document, path), message })));
  return read.data as Scenario;
}

/** The document's value; too many aliases are refused. */
function jsOf(document: Document, refuse: (message: string) => never): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

interface Issue {
  readonly code?: string | undefined;
  readonly path: Path;
  readonly message: string;
}

function mistakesOf(issue: Issue): readonly Mistake[] {
  const where = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys" && "keys" in issue) {
    const allowed = issue.message.slice(issue.message.lastIndexOf("; "));
    return (issue.keys as readonly string[]).map((key) => ({
      path: [...issue.path, key],
      message: `${where === "" ? "a scenario" : where} has no ${JSON.stringify(key)}${allowed}`,
    }));
  }
  if (issue.code === "invalid_union" && "errors" in issue) {
    const meant = likeliest(issue.errors as readonly (readonly Issue[])[]);
    return meant.flatMap((one) => mistakesOf({ ...one, path: [...issue.path, ...one.path] }));
  }
  return [{ path: issue.path, message: where === "" ? issue.message : `${where}: ${issue.message}` }];
}

/** What is wrong by the kind of value that was meant: a list and a single one are told apart by their type alone. */
function likeliest(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const isOfItsType = (issues: readonly Issue[]): boolean =>
    !issues.some(({ code, path }) => code === "invalid_type" && path.length === 0);
  return branches.find(isOfItsType) ?? branches[0] ?? [];
}

/** Where in the text a path leads to: its key, where it has one, or the nearest place above it. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && String(item.key) === key)
      : undefined;
    const found = pair === undefined ? document.getIn(path.slice(0, length), true) : pair.key;
    if (isNode(found) && found.range) return found.range[0];
  }
  return 0;
}
