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
import {
  finishEvidence,
  pm2Evidence,
  s6Evidence,
  supervisordEvidence,
  unitEvidence,
} from "../input/supervisor-evidence.ts";
import { type Io, readInput } from "../output/io.ts";
import { toJsonLine } from "../output/json.ts";
import { renderVerdict } from "../output/render.ts";

/** What reads standard input, by what it is. */
const READERS = {
  evidence: anyEvidence,
  pod: (text, container) => podEvidence(parseDocument(PodDocumentSchema, text, "the pod"), container),
  docker: containerEvidence,
  podman: containerEvidence,
  systemd: unitEvidence,
  supervisord: supervisordEvidence,
  pm2: pm2Evidence,
  s6: s6Evidence,
  finish: finishEvidence,
} satisfies Record<string, (text: string, container: string | undefined) => Evidence>;

interface ClassifyOptions {
  readonly from: keyof typeof READERS;
  readonly container?: string;
  readonly json?: boolean;
  readonly policy?: string;
}

/** `upgrade-halt classify` */
export function addClassify(program: Command, io: Io): void {
  program
    .command("classify")
    .summary("judge evidence given as JSON on standard input")
    .description(
      "Judges what was seen of a node, given on standard input: as JSON, or as a supervisor tells it.",
    )
    .addOption(
      new Option(
        "--from <kind>",
        "what standard input is: evidence, a Kubernetes pod, docker inspect, podman inspect, systemctl show, the log of supervisord, pm2 jlist, s6-svstat, or the arguments of a finish of runit or s6",
      )
        .choices(Object.keys(READERS))
        .default("evidence"),
    )
    .option(
      "--container <name>",
      "the pod's container, or the process of pm2 or supervisord, where there are several",
    )
    .option("--json", "print one line of JSON")
    .option("--policy <file>", "listed upgrades as JSON: they corroborate, and it says what to do")
    .addHelpText(
      "after",
      `
Examples:
  $ kubectl get pod sei-0 -o json | upgrade-halt classify --from pod --container seid
  $ docker inspect seid | upgrade-halt classify --from docker
  $ systemctl show seid | upgrade-halt classify --from systemd
  $ echo '{"process":{"kind":"ended","end":{"kind":"exited","code":70}}}' | upgrade-halt classify`,
    )
    .action((options: ClassifyOptions) => judge(options, io));
}

async function judge(options: ClassifyOptions, io: Io): Promise<void> {
  const policy = options.policy === undefined ? undefined : await readPolicy(options.policy);
  const text = await readInput(io);
  if (text.trim() === "")
    throw new ConsumerError(
      "usage",
      "Standard input is empty: give the evidence as JSON, or what --from names.",
    );
  const evidence = READERS[options.from](text, options.container);
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

function anyEvidence(text: string, container: string | undefined): Evidence {
  // What is no pod, a list of them for one, is refused by what is said of pods.
  if (isObject(text)) return READERS.pod(text, container);
  if (isInspection(text)) return containerEvidence(text);
  return parseDocument(EvidenceDocumentSchema, text, "the evidence");
}
