/** Reads a log from a time on, or from its begin: at most so many bytes of it, and whether that is all. */
export type AskForLog = (query: {
  readonly sinceTime?: string | undefined;
  readonly timestamps: true;
}) => Promise<{ readonly text: string; readonly isWhole: boolean }>;

/**
 * More pages than this are not read of one log at a time: a node's server holds no more of a container by default, which is
 * 10 MiB and the times that it puts before the lines.
 */
const MOST_PAGES = 14;
const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) /;

/** The time before the first line of a log, in ms since the epoch. */
export function firstTime(text: string): number | undefined {
  const [, second, fraction = "", zone] = STAMP.exec(text) ?? [];
  return second === undefined ? undefined : Date.parse(`${second}.${fraction.slice(0, 3) || "0"}${zone}`);
}

/**
 * A log from `since` to its end, put together from pages: a kubelet gives the begin of what it is asked for, and the times that it
 * puts before each line tell where the next page begins, in whole seconds. `undefined` where that leads nowhere: there are more
 * pages, more than one in a second, or no times.
 */
export async function readPages(ask: AskForLog, since: string | undefined): Promise<string | undefined> {
  const lines: string[] = [];
  let sinceTime = since;
  let last = "";
  /** So many lines had the last time: a runtime may give one time to all that it read at once. */
  let ofLast = 0;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { text, isWhole } = await ask({ ...(sinceTime && { sinceTime }), timestamps: true });
    const [known, read] = [last, ofLast];
    let again = 0;
    for (const line of (isWhole ? text : text.slice(0, text.lastIndexOf("\n") + 1)).split("\n")) {
      if (line === "") continue;
      const [stamp = "", second, fraction = "", zone] = STAMP.exec(line) ?? [];
      if (second === undefined) return undefined;
      const at = new Date(`${second}${zone}`).toISOString().slice(0, 19);
      const order = `${at}.${fraction.padEnd(9, "0")}`;
      if (order === known) again += 1;
      if (order < known || (order === known && again <= read)) continue;
      lines.push(line.slice(stamp.length));
      ofLast = order === last ? ofLast + 1 : 1;
      last = order;
    }
    if (isWhole) return lines.join("\n");
    if (last === known && ofLast === read) return undefined;
    sinceTime = `${last.slice(0, 19)}Z`;
  }
  return undefined;
}
