import type { PlanLine } from "@upgrade-halt/consumer";
import type { BoundedText, KubeApi, Query } from "@upgrade-halt/kube";
import { ControllerError } from "../controller-error.ts";
import type { LogSource } from "../judge/log-source.ts";
import { objectPath, PODS } from "../kube/paths.ts";
import { firstTime, readPages } from "./log-pages.ts";
import { planLinesOf } from "./merged-lines.ts";

/** So much is taken of one answer at most, in bytes. */
const MOST_BYTES = 1_048_576;
/** Enough to read the time of a log's first line. */
const HEAD_BYTES = 256;
/**
 * Lines from the end that are asked for, fewer where these are longer than what is taken: a log may have no line breaks.
 * A container runtime breaks a line after 16 KiB, so 60 lines fit.
 */
const TAILS = [1_000, 60, 10] as const;
/** By so much more than to a time itself a log is read back to it, in ms: clocks differ, and a node says what it does a moment late. */
const EARLIER_MS = 60_000;

/** What a log says, and why a part of it that may have a halt line could not be read. */
export interface LogReading {
  readonly planLines: readonly PlanLine[];
  readonly lost?: string | undefined;
}

/**
 * The halt lines at the end of a log. Only what reaches to its end is taken: a run that began later, of a node that a
 * wrapper started again in the same container, leaves a line behind. A node that came to the height of a listed plan may go
 * on to write for as long as it stands there, so its log is read as far back as to when it was seen below that height.
 *
 * @throws {ControllerError} what the API server said; `too-large` for a log whose last lines are too long.
 */
export async function readLines(api: Pick<KubeApi, "text">, source: LogSource): Promise<LogReading> {
  const log = new LogText(api, source);
  const { stillSince, isAtPlan = false, run } = source;
  const recent: LogReading = stillSince === undefined ? NOTHING : await log.since(stillSince - EARLIER_MS);
  if (recent.planLines.length > 0) return recent;
  const tail = await log.tail();
  if (tail.planLines.length > 0) return { planLines: tail.planLines };
  if (recent.lost !== undefined || !isAtPlan) return recent;
  const startedAt = Date.parse(run.startedAt ?? "") || Number.NEGATIVE_INFINITY;
  const from = Math.max(startedAt, source.belowAt ?? Number.NEGATIVE_INFINITY);
  if (from === Number.NEGATIVE_INFINITY) return NOTHING;
  const isReadSo = tail.isWhole || (stillSince !== undefined && from >= stillSince - EARLIER_MS / 2);
  const back = isReadSo ? NOTHING : await log.since(from - EARLIER_MS);
  if (back.planLines.length > 0 || back.lost !== undefined) return back;
  const begin = await log.begin();
  // What a node says first it may say a while after it was started.
  const isAll = begin === undefined || begin <= Math.max(from, startedAt + EARLIER_MS);
  return isAll ? NOTHING : { planLines: [], lost: BEGINS_LATER };
}

const NOTHING: LogReading = { planLines: [] };
const TOO_LONG = "it wrote more since it came to stand than can be read, so a halt line in it may be lost";
const BEGINS_LATER =
  "what is left of its log begins after the node came to this height, so a halt line in it may be lost";

/** The log of one run, as the API server gives it. */
class LogText {
  readonly #path: string;
  readonly #ask: (query: Query, mostBytes?: number) => Promise<BoundedText>;
  readonly #told: Parameters<typeof planLinesOf>[1];

  constructor(api: Pick<KubeApi, "text">, { namespace, pod, container, run, isInParts }: LogSource) {
    this.#path = objectPath(PODS, namespace, pod, "log");
    const previous = run.isPrevious ? { previous: true } : {};
    this.#ask = (query, mostBytes = MOST_BYTES) =>
      api.text(this.#path, { container, limitBytes: mostBytes + 1, ...previous, ...query }, mostBytes);
    const startedAt = run.startedAt === undefined ? undefined : Date.parse(run.startedAt);
    this.#told = { isInParts, startedAt, isUnwrapped: true, withUnsure: true };
  }

  /** What it says since a time, in ms since the epoch, to its end. */
  async since(ms: number): Promise<LogReading> {
    const sinceTime = `${new Date(ms).toISOString().slice(0, 19)}Z`;
    const { text, isWhole } = await this.#ask({ sinceTime });
    const whole = isWhole ? text : await readPages(this.#ask, sinceTime);
    if (whole === undefined) return { planLines: [], lost: TOO_LONG };
    return { planLines: planLinesOf(whole, { ...this.#told, isCut: true }) };
  }

  /** What its last lines say, and whether there are no more. */
  async tail(): Promise<LogReading & { readonly isWhole: boolean }> {
    for (const tailLines of TAILS) {
      const { text, isWhole } = await this.#ask({ tailLines });
      const isCut = lineBreaksIn(text) >= tailLines;
      if (isWhole) return { planLines: planLinesOf(text, { ...this.#told, isCut }), isWhole: !isCut };
    }
    const why = `${this.#path}: the last ${TAILS.at(-1)} lines have more than ${MOST_BYTES} bytes`;
    throw new ControllerError("too-large", why);
  }

  /** The time of its first line, in ms since the epoch, where that is told. */
  async begin(): Promise<number | undefined> {
    return firstTime((await this.#ask({ timestamps: true }, HEAD_BYTES)).text);
  }
}

function lineBreaksIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
