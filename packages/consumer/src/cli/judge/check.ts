import { type Command, Option } from "commander";
import { classify } from "../../classify.ts";
import { ConsumerError } from "../../consumer-error.ts";
import { readOnce } from "../../status/read-once.ts";
import { sightingOf } from "../../status/status-reader.ts";
import type { Verdict } from "../../verdict.ts";
import { parseMillis } from "../input/millis.ts";
import type { Io } from "../output/io.ts";
import { toJsonLine } from "../output/json.ts";
import { headline } from "../output/render.ts";
import { givenUrl, shownUrl } from "../output/shown-url.ts";

interface CheckFlags {
  readonly expectNotHalted?: boolean;
  readonly expectHalted?: boolean;
  readonly json?: boolean;
  readonly timeout: number;
}

/** `upgrade-halt check URL` */
export function addCheck(program: Command, io: Io): void {
  program
    .command("check")
    .summary("probe a node: exit 0 where an expectation holds, 1 where not")
    .description(
      "Probes a node once, for readiness. On a chain that halted everywhere no node lags behind another, so a probe of /lag_status passes on nodes that stand still: this one does not.",
    )
    .argument("<url>", "the node's RPC address")
    .addOption(
      new Option("--expect-not-halted", "it answers, and announces no halt").conflicts("expectHalted"),
    )
    .option("--expect-halted", "it announces a halt")
    .option("--json", "print one line of JSON, also where the expectation does not hold")
    .option("--timeout <ms>", "deadline of the whole reading", parseMillis, 2_000)
    .addHelpText("after", "\nExamples:\n  $ upgrade-halt check http://127.0.0.1:26657 --expect-not-halted")
    .action((url: string, flags: CheckFlags) => check(url, flags, io));
}

async function check(
  url: string,
  { expectNotHalted, expectHalted, json, timeout }: CheckFlags,
  io: Io,
): Promise<void> {
  if (expectNotHalted !== true && expectHalted !== true) {
    throw new ConsumerError("usage", "Say what to expect: --expect-not-halted or --expect-halted.");
  }
  const verdict = classify({
    status: sightingOf(await readOnce(givenUrl(url), { timeoutMs: timeout, now: io.now })),
  });
  const held = expectHalted === true ? isHalted(verdict) : verdict.kind === "running";
  if (json === true) io.stdout.write(toJsonLine({ url: shownUrl(url), ok: held, verdict }));
  if (!held) throw new ConsumerError("failure", `${shownUrl(url)} is ${headline(verdict)}. ${verdict.why}`);
  if (json !== true) io.stdout.write(`${headline(verdict)}\n`);
}

function isHalted({ kind }: Verdict): boolean {
  return kind === "halted" || kind === "unrecognised-halt";
}
