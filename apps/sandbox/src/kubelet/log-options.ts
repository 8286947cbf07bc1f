/** core/v1 PodLogOptions as a kubelet reads them from a query. */
export interface LogOptions {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  /** The last so many lines; infinite for all. */
  readonly tailLines: number;
  /** At most so many bytes; infinite for all. */
  readonly limitBytes: number;
  /** Lines since then, in milliseconds. */
  readonly since: number;
}

/** `now` is in milliseconds: `sinceSeconds` counts back from it. */
export function logOptions(query: URLSearchParams, now: number): LogOptions {
  const number = (name: string, otherwise: number): number => Number(query.get(name) ?? otherwise);
  const flag = (name: string): boolean => query.get(name) === "true";
  const time = Date.parse(query.get("sinceTime") ?? "");
  const seconds = query.get("sinceSeconds");
  const sinceTime = Number.isNaN(time) ? 0 : time;
  return {
    follow: flag("follow"),
    previous: flag("previous"),
    timestamps: flag("timestamps"),
    tailLines: number("tailLines", Number.POSITIVE_INFINITY),
    limitBytes: number("limitBytes", Number.POSITIVE_INFINITY),
    since: seconds === null ? sinceTime : now - Number(seconds) * 1000,
  };
}

/** A line of a log with its end, if it has one yet, and when it was written in milliseconds. */
export interface LogLine {
  readonly bytes: Buffer;
  readonly at: number;
}

/** Splits bytes that begin at `offset` of a log into lines. */
export function linesOf(
  bytes: Buffer,
  offset: number,
  timeOf: (offset: number) => number,
): readonly LogLine[] {
  const lines: LogLine[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(0x0a, from);
    const next = end < 0 ? bytes.length : end + 1;
    lines.push({ bytes: bytes.subarray(from, next), at: timeOf(offset + next - 1) });
    from = next;
  }
  return lines;
}

/** A line as it is sent: with its time in front where that was asked for (RFC 3339 with nanoseconds). */
export function shownLine({ bytes, at }: LogLine, { timestamps }: LogOptions): Buffer {
  if (!timestamps) return bytes;
  return Buffer.concat([Buffer.from(`${new Date(at).toISOString().slice(0, -1)}000000Z `), bytes]);
}

/** The lines that the options select, of all that there are so far. */
export function selected(lines: readonly LogLine[], { tailLines, since }: LogOptions): readonly LogLine[] {
  const tail = tailLines >= lines.length ? lines : lines.slice(lines.length - tailLines);
  return since > 0 ? tail.filter(({ at }) => at >= since) : tail;
}
