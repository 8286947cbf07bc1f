import type { Command } from "commander";
import { classify } from "../../classify.ts";
import { ConsumerError } from "../../consumer-error.ts";
import { recommend } from "../../recommend.ts";
import { readOnce } from "../../status/read-once.ts";
import { sightingOf } from "../../status/status-reader.ts";
import { readPolicy } from "../input/documents.ts";
import { parseMillis } from "../input/millis.ts";
import type { Io } from "../output/io.ts";
import { toJsonLine } from "../output/json.ts";
import { renderVerdict } from "../output/render.ts";
import { givenUrl, shownUrl } from "../output/shown-url.ts";

interface StatusOptions {
  readonly json?: boolean;
  readonly policy?: string;
  readonly timeout: number;
}

/** `upgrade-halt status URL` */
export function addStatus(program: Command, io: Io): void {
  program
    .command("status")
    .summary("read a node's /status once and judge it")
    .description(
      "Reads a node's /status once and says whether it runs or has halted. Exits with 1 when it gave no status.",
    )
    .argument("<url>", "the node's RPC address, such as http://127.0.0.1:26657")
    .option("--json", "print one line of JSON")
    .option("--policy <file>", "listed upgrades as JSON: adds what to do")
    .option("--timeout <ms>", "deadline of the whole reading", parseMillis, 5_000)
    .addHelpText("after", "\nExamples:\n  $ upgrade-halt status http://127.0.0.1:26657")
    .action((url: string, options: StatusOptions) => showStatus(url, options, io));
}

async function showStatus(
  url: string,
  { json, policy: path, timeout }: StatusOptions,
  io: Io,
): Promise<void> {
  const target = givenUrl(url);
  const policy = path === undefined ? undefined : await readPolicy(path);
  const result = await readOnce(target, { timeoutMs: timeout, now: io.now });
  const verdict = classify({ status: sightingOf(result), listed: policy?.upgrades });
  const recommendation = policy && recommend(verdict, policy);
  if (json === true)
    io.stdout.write(toJsonLine({ url: shownUrl(url), status: result, verdict, recommendation }));
  if (result.kind !== "ok") {
    throw new ConsumerError(
      "failure",
      `${shownUrl(url)} gave no status (${result.kind}): ${result.problem}.`,
    );
  }
  if (json !== true) io.stdout.write(renderVerdict(verdict, recommendation, io));
}
