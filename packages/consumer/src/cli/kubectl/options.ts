import type { Command } from "commander";
import type { Io } from "../output/io.ts";
import { toJsonLine } from "../output/json.ts";
import { type Cluster, clusterArgs } from "./kubectl.ts";

/** What every command of the plugin takes. */
export interface ClusterOptions extends Cluster {
  readonly json?: boolean;
}

/** What every command takes that changes something. */
export interface ChangeOptions extends ClusterOptions {
  readonly undo?: boolean;
  readonly dryRun?: boolean;
}

/** Adds the options by which kubectl says which cluster. */
export function withClusterOptions(command: Command): Command {
  return command
    .option("-n, --namespace <name>", "namespace (default that of the context)")
    .option("--context <name>", "context of the kubeconfig")
    .option("--kubeconfig <file>", "kubeconfig file")
    .option("--json", "print one line of JSON");
}

export function withChangeOptions(command: Command): Command {
  return withClusterOptions(command)
    .option("--undo", "take it back")
    .option("--dry-run", "ask the API server whether it would take the change, and change nothing");
}

/** What was done to an object, and which command takes it back. */
export interface Change {
  readonly object: string;
  readonly namespace: string;
  /** False where it was so before. */
  readonly changed: boolean;
  readonly said: string;
  /** The words of the command that takes it back, without the program and the cluster. */
  readonly undo: string;
}

/** Says what was done, in words or JSON. */
export function tellChange(change: Change, options: ChangeOptions, io: Io): void {
  const { object, namespace, said } = change;
  const isDry = options.dryRun === true;
  const changed = change.changed && !isDry;
  const cluster = clusterArgs({ ...options, namespace });
  const undo = ["kubectl upgrade-halt", change.undo, ...cluster].join(" ");
  if (options.json === true) {
    io.stdout.write(toJsonLine({ object, namespace, changed, dryRun: isDry, message: said, undo }));
    return;
  }
  const dry =
    isDry && change.changed ? "Dry run: the API server would take it, and nothing was changed. " : "";
  io.stdout.write(`${dry}${said}\n${changed ? `Take it back: ${undo}\n` : ""}`);
}
