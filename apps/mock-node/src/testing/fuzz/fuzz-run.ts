import { exchange } from "./exchange.ts";
import { defectOf } from "./judge.ts";
import { Random } from "./random.ts";
import { type FuzzRequest, fuzzRequest } from "./requests.ts";

export interface Finding {
  readonly index: number;
  readonly defect: string;
  readonly request: string;
}

export interface FuzzReport {
  readonly requests: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

export interface FuzzRun {
  readonly port: number;
  readonly seed: number;
  readonly runs: number;
  /** Called now and then, between requests. */
  readonly onProgress?: (done: number) => void;
}

const CONCURRENCY = 32;
const PATIENCE_MS = 60_000;
/** An unfinished request is left hanging this long, while others go on. */
const UNFINISHED_PATIENCE_MS = 100;
const MAX_FINDINGS = 10;

/** Sends `runs` mutated requests to a node, many at a time, and judges every answer. */
export async function runFuzz({ port, seed, runs, onProgress }: FuzzRun): Promise<FuzzReport> {
  const random = new Random(seed);
  const findings: Finding[] = [];
  const kinds: Record<string, number> = {};
  let sent = 0;
  const sendSome = async (): Promise<void> => {
    while (sent < runs && findings.length < MAX_FINDINGS) {
      const index = sent;
      sent += 1;
      const request = fuzzRequest(random);
      kinds[request.kind] = (kinds[request.kind] ?? 0) + 1;
      const defect = await answerDefect(port, request);
      if (defect !== undefined)
        findings.push({ index, defect, request: request.bytes.toString("latin1").slice(0, 400) });
      if (index % 1_000 === 0) onProgress?.(index);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, sendSome));
  return { requests: sent, kinds, findings };
}

async function answerDefect(port: number, request: FuzzRequest): Promise<string | undefined> {
  const isOpenEnded = request.kind === "unfinished" || request.kind === "garbage";
  const reply = await exchange(port, request, isOpenEnded ? UNFINISHED_PATIENCE_MS : PATIENCE_MS);
  return defectOf(request.kind, reply);
}
