import { PassThrough } from "node:stream";
import { z } from "@upgrade-halt/contract/zod";
import { Command } from "commander";
import { askKubectl } from "../kubectl/kubectl.ts";
import { isOver, nodeHalts } from "../kubectl/objects.ts";
import { type ClusterOptions, withClusterOptions } from "../kubectl/options.ts";
import type { Io } from "../output/io.ts";
import { type CommandSynopsis, synopsisOf } from "./synopsis.ts";

/** Tells kubectl that file names complete nothing here (`ShellCompDirectiveNoFileComp` of cobra). */
const NO_FILES = ":4";

/**
 * What completes the last of `words`, as kubectl wants it of a program `kubectl_complete-PLUGIN`: one a line, with its description
 * behind a tab, then what the shell is to do besides.
 */
export async function kubectlCompletions(
  words: readonly string[],
  program: Command,
  io: Io,
): Promise<string> {
  const current = words.at(-1) ?? "";
  const commands = synopsisOf(program);
  const command = commands.find(({ name }) => name === words[0]);
  const found =
    words.length <= 1
      ? commands.map(({ name, summary }) => `${name}\t${summary}`)
      : command === undefined
        ? []
        : await afterCommand(command, words.slice(1, -1), current, io).catch(() => []);
  return `${[...found.filter((one) => one.startsWith(current)), NO_FILES].join("\n")}\n`;
}

async function afterCommand(
  command: CommandSynopsis,
  before: readonly string[],
  current: string,
  io: Io,
): Promise<readonly string[]> {
  if (current.startsWith("-"))
    return command.options.map(({ name, description }) => `${name}\t${description}`);
  // Whatever kubectl says while somebody types is no answer to that.
  return namesFor(command.name, clusterIn(before), { ...io, stderr: new PassThrough().resume() });
}

/** The options by which the words so far say which cluster. */
function clusterIn(words: readonly string[]): ClusterOptions {
  const parser = withClusterOptions(new Command()).allowUnknownOption().allowExcessArguments().exitOverride();
  return parser.parse(words, { from: "user" }).opts<ClusterOptions>();
}

const NamesSchema = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

async function namesFor(command: string, cluster: ClusterOptions, io: Io): Promise<readonly string[]> {
  switch (command) {
    case "pause":
      return (await askKubectl(["get", "haltpolicies"], cluster, NamesSchema, io)).items.map(
        ({ metadata }) => metadata.name,
      );
    case "why":
      return [...new Set((await nodeHalts(cluster, io)).map(({ spec }) => spec.podName))];
    case "approve":
    case "abort":
      return (await nodeHalts(cluster, io))
        .filter((halt) => !isOver(halt))
        .map(({ metadata }) => metadata.name);
    default:
      return [];
  }
}
