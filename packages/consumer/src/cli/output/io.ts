import { ConsumerError } from "../../consumer-error.ts";

/** What the command touches outside itself, so that a test can stand in for it. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WritableStream & {
    readonly isTTY?: boolean;
    readonly columns?: number;
    readonly rows?: number;
  };
  readonly stderr: NodeJS.WritableStream;
  readonly stdin: AsyncIterable<Buffer | string> & { readonly isTTY?: boolean };
  readonly now: () => number;
  /** Calls `handle` for each of these signals in place of what they do by default; the result ends that. */
  readonly onSignal: (
    signals: readonly NodeJS.Signals[],
    handle: (signal: NodeJS.Signals) => void,
  ) => () => void;
}

/** Longest document on standard input, in bytes. */
const MAX_INPUT = 16 * 1024 * 1024;

/** Reads standard input to its end, or throws a `ConsumerError` where that is past 16 MiB. */
export async function readInput({ stdin }: Io): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > MAX_INPUT) throw new ConsumerError("failure", "Standard input is longer than 16 MiB.");
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString();
}
