import type { End } from "@upgrade-halt/testing";
import type { UpgradeInfoFile, Validator } from "./validator.ts";

/** What a real node said and left behind at one moment. Times in ms since the epoch. */
export interface Sample {
  readonly name: string;
  readonly handlers: readonly string[];
  readonly flags: readonly string[];
  readonly startedAt: number;
  /** Absent while it runs. */
  readonly end?: End & { readonly at: number };
  /** The bodies of its RPC, absent where it doesn't serve. */
  readonly status?: string;
  readonly abciInfo?: string;
  readonly upgradeInfo?: UpgradeInfoFile;
  /** Lines of standard output and standard error, in order of arrival, from a little before the first that is sampled. */
  readonly output: readonly string[];
}

/** The first line of interest: what the node says of an upgrade, or as it fails. */
const INTERESTING = /NEEDED at|BINARY UPDATED|SKIPPED at|CONSENSUS FAILURE|wrong app version|^panic: /i;
const LINES_BEFORE = 3;
const LINES = 40;

/** Takes a sample of the validator's node as it is now. */
export async function sampleOf(name: string, validator: Validator): Promise<Sample> {
  const { program, release, startedAt, end } = validator.started;
  const served = end === undefined;
  const [status, abciInfo] = served
    ? await Promise.all([validator.get("status"), validator.get("abci_info")])
    : [];
  const upgradeInfo = validator.upgradeInfo();
  return {
    name,
    handlers: release.handlers ?? [],
    flags: release.flags ?? [],
    startedAt,
    ...(end ? { end } : {}),
    ...(status && abciInfo ? { status, abciInfo } : {}),
    ...(upgradeInfo ? { upgradeInfo } : {}),
    output: excerpt(program.output()),
  };
}

function excerpt(output: string): readonly string[] {
  const lines = output.trimEnd().split("\n");
  const first = lines.findIndex((line) => INTERESTING.test(line));
  const start = Math.max(0, first === -1 ? lines.length - LINES_BEFORE : first - LINES_BEFORE);
  return lines.slice(start, start + LINES);
}
