import type { Command } from "commander";
import { Option } from "commander";
import { classify } from "../../classify.ts";
import { ConsumerError } from "../../consumer-error.ts";
import type { Evidence } from "../../evidence.ts";
import { recommend } from "../../recommend.ts";
import type { Policy } from "../../recommendation.ts";
import { isObject, parseDocument, readPolicy } from "../input/documents.ts";
import { EvidenceDocumentSchema } from "../input/evidence-document.ts";
import {
  containerEvidence,
  isInspection,
  PodDocumentSchema,
  podEvidence,
} from "../input/platform-documents.ts";
import { type Io, readInput } from "../output/io.ts";
import { toJsonLine } from "../output/json.ts";
import { renderVerdict } from "../output/render.ts";

interface ClassifyOptions {
  readonly from: "evidence" | "pod" | "docker" | "podman";
  readonly container?: string;
  readonly json?: boolean;
  readonly policy?: string;
}

/** `upgrade-halt classify` */
export function addClassify(program: Command, io: Io): void {
  program
    .command("classify")
    .summary("judge evidence given as JSON on standard input")
    .description("Judges what was seen of a node, given as JSON on standard input.")
    .addOption(
      new Option(
        "--from <kind>",
        "what standard input is: evidence, a Kubernetes pod, docker inspect or podman inspect",
      )
        .choices(["evidence", "pod", "docker", "podman"])
        .default("evidence"),
    )
    .option("--container <name>", "the pod's container, where it has several")
    .option("--json", "print one line of JSON")
    .option("--policy <file>", "listed upgrades as JSON: they corroborate, and it says what to do")
    .addHelpText(
      "after",
      `
Examples:
  $ kubectl get pod sei-0 -o json | upgrade-halt classify --from pod --container seid
  $ docker inspect seid | upgrade-halt classify --from docker
  $ echo '{"process":{"kind":"ended","end":{"kind":"exited","code":70}}}' | upgrade-halt classify`,
    )
    .action((options: ClassifyOptions) => judge(options, io));
}

async function judge(options: ClassifyOptions, io: Io): Promise<void> {
  const policy = options.policy === undefined ? undefined : await readPolicy(options.policy);
  const text = await readInput(io);
  if (text.trim() === "")
    throw new ConsumerError("usage", "Standard input is empty: give the evidence as JSON.");
  const evidence = evidenceFrom(text, { from: options.from, container: options.container });
  const verdict = classify({ ...evidence, ...expectations(evidence, policy) });
  const recommendation = policy && recommend(verdict, policy);
  io.stdout.write(
    options.json === true
      ? toJsonLine({ verdict, recommendation })
      : renderVerdict(verdict, recommendation, io),
  );
}

/** What the evidence itself does not say is the policy's to say. */
function expectations({ chainId, listed }: Evidence, policy: Policy | undefined): Evidence {
  return { chainId: chainId ?? policy?.chainId, listed: listed ?? policy?.upgrades };
}

function evidenceFrom(
  text: string,
  { from, container }: { readonly from: ClassifyOptions["from"]; readonly container: string | undefined },
): Evidence {
  switch (from) {
    case "evidence":
      // What is no pod, a list of them for one, is refused by what is said of pods.
      if (isObject(text)) return evidenceFrom(text, { from: "pod", container });
      if (isInspection(text)) return containerEvidence(text);
      return parseDocument(EvidenceDocumentSchema, text, "the evidence");
    case "pod":
      return podEvidence(parseDocument(PodDocumentSchema, text, "the pod"), container);
    case "docker":
    case "podman":
      return containerEvidence(text);
  }
}
