import type { Command } from "commander";
import { classify } from "../../classify.ts";
import { printable, quotedName } from "../../printable.ts";
import { PodDocumentSchema, podEvidence } from "../input/platform-documents.ts";
import type { Io } from "../output/io.ts";
import { toJsonLine } from "../output/json.ts";
import { renderVerdict } from "../output/render.ts";
import { adviceFor } from "./advice.ts";
import { askKubectl } from "./kubectl.ts";
import { summaryOf } from "./list.ts";
import { type NodeHalt, nodeHalts } from "./objects.ts";
import { type ClusterOptions, withClusterOptions } from "./options.ts";

interface WhyOptions extends ClusterOptions {
  readonly container?: string;
}

/** `kubectl upgrade-halt why NAME` */
export function addWhy(program: Command, io: Io): void {
  withClusterOptions(program.command("why"))
    .summary("say why a node stopped, and what its halt waits for")
    .description(
      "Says why a node stopped: what was seen, what the controller did step by step, and what it waits for. A pod without a NodeHalt is judged by its own status.",
    )
    .argument("<name>", "a pod, or a NodeHalt")
    .option("--container <name>", "the pod's container, where it has several and no NodeHalt")
    .addHelpText("after", "\nExamples:\n  $ kubectl upgrade-halt why sei-0-0 -n sei")
    .action((name: string, options: WhyOptions) => why(name, options, io));
}

async function why(name: string, options: WhyOptions, io: Io): Promise<void> {
  const found = await nodeHalts(options, io);
  const halts = found
    .filter(({ metadata, spec }) => metadata.name === name || spec.podName === name)
    .toSorted((a, b) => (a.spec.detectedAt < b.spec.detectedAt ? 1 : -1));
  if (halts.length === 0) return judgePod(name, options, io);
  if (options.json === true) {
    const told = halts.map((halt) => ({
      ...summaryOf(halt),
      verdict: halt.spec.verdict,
      steps: halt.status?.steps ?? [],
    }));
    return void io.stdout.write(toJsonLine({ halts: told }));
  }
  io.stdout.write(halts.map(render).join("\n"));
}

async function judgePod(name: string, options: WhyOptions, io: Io): Promise<void> {
  const pod = await askKubectl(["get", "pods", name], options, PodDocumentSchema, io);
  const verdict = classify(podEvidence(pod, options.container));
  if (options.json === true) return void io.stdout.write(toJsonLine({ halts: [], verdict }));
  io.stdout.write(
    `There is no NodeHalt of pod ${printable(name)}. By its own status:\n${renderVerdict(verdict, undefined, io)}`,
  );
}

function render(halt: NodeHalt): string {
  const { metadata, spec, status } = halt;
  const lines = [
    `${spec.podName}: ${spec.reason}${spec.planName ? `, plan ${quotedName(spec.planName)}` : ""}${spec.height ? ` at height ${spec.height}` : ""}`,
    `  halt:   ${metadata.namespace}/${metadata.name}, seen ${spec.detectedAt}`,
    `  why:    ${spec.verdict}`,
    `  image:  ${spec.image}${status?.toImage ? ` -> ${status.toImage}` : ""}`,
    `  stands: ${status?.phase ?? "Detected"}${status?.reason ? `, ${status.reason}` : ""}${status?.message ? `. ${status.message}` : ""}`,
    ...pageLines(halt),
    ...(status?.steps ?? []).map(({ at, phase, message }) => `  step:   ${at} ${phase}: ${message}`),
  ];
  const advice = adviceFor(halt);
  if (advice !== undefined) lines.push(`  do:     ${advice}`);
  return lines.map((line) => `${printable(line, 1_400)}\n`).join("");
}

function pageLines({ status }: NodeHalt): readonly string[] {
  const { page } = status ?? {};
  if (page === undefined || page === null) return [];
  return [`  page:   ${page.reason}, ${page.state}${page.lastError ? `: ${page.lastError}` : ""}`];
}
