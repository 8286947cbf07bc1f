/** The width of the terminal, or what `COLUMNS` says of one that isn't there; undefined in a pipe. */
export function columnsOf({ columns }: NodeJS.WriteStream): number | undefined {
  return columns ?? (Number(process.env.COLUMNS) || undefined);
}
