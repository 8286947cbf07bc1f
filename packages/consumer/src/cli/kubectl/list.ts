import type { Command } from "commander";
import { printable } from "../../printable.ts";
import { columnsOf } from "../output/columns.ts";
import type { Io } from "../output/io.ts";
import { toJsonLine } from "../output/json.ts";
import { adviceFor } from "./advice.ts";
import { isOver, type NodeHalt, nodeHalts, policyNameOf } from "./objects.ts";
import { type ClusterOptions, withClusterOptions } from "./options.ts";

interface ListOptions extends ClusterOptions {
  readonly allNamespaces?: boolean;
  readonly all?: boolean;
}

/** `kubectl upgrade-halt list` */
export function addList(program: Command, io: Io): void {
  withClusterOptions(program.command("list"))
    .summary("list the halts that are not over")
    .description(
      "Lists the halts that are not over: what each waits for, and the name by which others know it.",
    )
    .option("-A, --all-namespaces", "of all namespaces")
    .option("--all", "those that are over, too")
    .addHelpText("after", "\nExamples:\n  $ kubectl upgrade-halt list -A")
    .action((options: ListOptions) => list(options, io));
}

async function list(options: ListOptions, io: Io): Promise<void> {
  const everywhere = options.allNamespaces === true;
  const found = await nodeHalts(options, io, everywhere);
  const halts = found
    .filter((halt) => options.all === true || !isOver(halt))
    .toSorted((a, b) => (a.spec.detectedAt < b.spec.detectedAt ? -1 : 1));
  if (options.json === true) return void io.stdout.write(toJsonLine({ halts: halts.map(summaryOf) }));
  if (halts.length === 0) {
    const over = found.length === 0 ? "" : ` ${found.length} are over: see --all.`;
    return void io.stdout.write(`No halt is open.${over}\n`);
  }
  const head = ["POD", "REASON", "PLAN", "HEIGHT", "PHASE", "WHY", "NAME"];
  const rows = halts.map(({ metadata, spec, status }) => [
    ...(everywhere ? [metadata.namespace] : []),
    spec.podName,
    spec.reason,
    spec.planName ?? "-",
    String(spec.height ?? "-"),
    status?.phase ?? "Detected",
    status?.reason ?? "-",
    metadata.name,
  ]);
  io.stdout.write(table([everywhere ? ["NAMESPACE", ...head] : head, ...rows]));
}

/** One halt for a program: what it is, where it stands and what would help. */
export function summaryOf(halt: NodeHalt) {
  const { metadata, spec, status } = halt;
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    pod: spec.podName,
    policy: policyNameOf(halt),
    reason: spec.reason,
    plan: spec.planName ?? undefined,
    height: spec.height ?? undefined,
    phase: status?.phase ?? "Detected",
    why: status?.reason ?? undefined,
    message: status?.message ?? undefined,
    over: isOver(halt),
    advice: adviceFor(halt),
  };
}

function table(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map((cell) => printable(cell, 80)));
  const widths = (shown[0] ?? []).map((_, at) => Math.max(...shown.map((row) => columnsOf(row[at] ?? ""))));
  const lines = shown.map((row) =>
    row.map((cell, at) => cell + " ".repeat((widths[at] ?? 0) - columnsOf(cell))).join("   "),
  );
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}
