const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** The longest delay of a timer, in milliseconds: not quite 25 days. */
const LONGEST = 2 ** 31 - 1;

/** Milliseconds of a Go duration such as `200ms` or `1m30s`; `undefined` when it is none, not positive or over 596 h. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * UNITS[unit as keyof typeof UNITS];
  }
  return total > 0 && total <= LONGEST ? total : undefined;
}
