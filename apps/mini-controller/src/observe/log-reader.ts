import { hasCode, type KubeApi, messageOf } from "@upgrade-halt/kube";
import type { Logger } from "pino";
import type { LogSource } from "../judge/log-source.ts";
import type { LogFinding } from "../model/log-finding.ts";
import { readLines } from "./log-lines.ts";
import { type LogPurpose, LogTurns } from "./log-turns.ts";
import { SilentMachines } from "./silent-machines.ts";

/** Whether logs of a namespace can be read, as the last answers tell. */
export type LogAccess =
  | { readonly kind: "readable" }
  /** The API server refused it (403). */
  | { readonly kind: "refused" }
  /** The log of this pod could not be read, whatever was tried. */
  | { readonly kind: "failing"; readonly pod: string; readonly why: string };

export interface LogReaderOptions {
  readonly api: Pick<KubeApi, "text">;
  /** Milliseconds of a clock that never goes back. */
  readonly steady: () => number;
  /** Told of a pod (by its key) that is to be looked at again. Must only take note. */
  readonly onRead: (key: string) => void;
  /** Told of a namespace in which logs turned out readable, or not. Must only take note. */
  readonly onAccess: (namespace: string) => void;
  readonly log: Logger;
}

/** How soon a log is read again that could not be read, or that has no line though its node stands still; doubled each time. */
const AGAIN_MS = { failed: 5_000, still: 30_000, most: 300_000 } as const;
/** After so many failures somebody is told. A run's log is given up then only if it is too large: any other cause may pass. */
const MOST_FAILURES = 6;

interface Entry {
  readonly run: string;
  finding: LogFinding | undefined;
  reads: number;
  failures: number;
  dueAt: number;
  isReading: boolean;
  /** Nothing new is to be expected of this run. */
  isOver: boolean;
}

/**
 * Reads the end of containers' logs through `pods/log`: a few at a time, by turns, so much of each, each run's once. A refusal
 * is remembered for the namespace, and nothing is asked for there for five minutes.
 */
export class LogReader {
  readonly #options: LogReaderOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #refusedUntil = new Map<string, number>();
  readonly #access = new Map<string, LogAccess>();
  readonly #turns = new LogTurns();
  readonly #machines: SilentMachines;

  constructor(options: LogReaderOptions) {
    this.#options = options;
    this.#machines = new SilentMachines(options.steady);
  }

  /** What was found last for the pod with this key. */
  get(key: string): LogFinding | undefined {
    return this.#entries.get(key)?.finding;
  }

  /** `undefined` before the first answer. */
  accessIn(namespace: string): LogAccess | undefined {
    return this.#access.get(namespace);
  }

  /** A pod that went takes along that its log could not be read. */
  forget(key: string): void {
    this.#entries.delete(key);
    const [namespace = "", pod] = key.split("/");
    const access = this.#access.get(namespace);
    if (access?.kind === "failing" && access.pod === pod) this.#note({ namespace }, { kind: "readable" });
  }

  /** Begins to read a log that was not read yet; the milliseconds until it is worth another try, if it is. */
  want(key: string, source: LogSource): number | undefined {
    const entry = this.#entryOf(key, source);
    if (entry.isReading || entry.isOver) return undefined;
    const refusedUntil = this.#refusedUntil.get(source.namespace) ?? 0;
    const due = Math.max(entry.dueAt, refusedUntil, this.#machines.restUntil(source));
    const left = due - this.#options.steady();
    if (left > 0) return left;
    void this.#read(key, entry, source, "discovery").then(() => this.#options.onRead(key));
    return undefined;
  }

  /** Reads a log once more, whatever was found before: where that fails, nothing is left of it. */
  async readAgain(key: string, source: LogSource): Promise<void> {
    const entry = { ...newEntry(source), reads: this.#entries.get(key)?.reads ?? 0 };
    this.#entries.set(key, entry);
    await this.#read(key, entry, source, "before-act");
  }

  #entryOf(key: string, source: LogSource): Entry {
    const known = this.#entries.get(key);
    if (known?.run === source.run.id) return known;
    const entry = newEntry(source);
    this.#entries.set(key, entry);
    return entry;
  }

  async #read(key: string, entry: Entry, source: LogSource, purpose: LogPurpose): Promise<void> {
    const { api, steady } = this.#options;
    entry.isReading = true;
    try {
      const { planLines, lost } = await this.#turns.take(purpose, source.namespace, () =>
        this.#machines.ask(source, () => readLines(api, source)),
      );
      entry.finding = { run: entry.run, planLines, lost };
      entry.isOver = source.run.end !== undefined || planLines.length > 0;
      entry.dueAt = steady() + backoff(AGAIN_MS.still, entry.reads);
      entry.reads += 1;
      this.#note(
        source,
        lost === undefined ? { kind: "readable" } : { kind: "failing", pod: source.pod, why: lost },
      );
    } catch (error) {
      this.#fail(key, entry, source, error);
    } finally {
      entry.isReading = false;
    }
  }

  #fail(key: string, entry: Entry, source: LogSource, error: unknown): void {
    const { steady, log } = this.#options;
    if (hasCode(error, "forbidden")) {
      this.#refusedUntil.set(source.namespace, steady() + AGAIN_MS.most);
      this.#note(source, { kind: "refused" });
      return;
    }
    entry.dueAt = steady() + backoff(AGAIN_MS.failed, entry.failures);
    entry.failures += 1;
    const isFailing = entry.failures >= MOST_FAILURES && !hasCode(error, "not-found");
    entry.isOver = hasCode(error, "not-found") || (isFailing && hasCode(error, "too-large"));
    log.debug({ pod: key, error: messageOf(error) }, "log not read");
    if (!isFailing) return;
    if (source.isAtPlan) entry.finding = { run: entry.run, planLines: [], lost: messageOf(error) };
    this.#note(source, { kind: "failing", pod: source.pod, why: messageOf(error) });
  }

  #note({ namespace }: Pick<LogSource, "namespace">, access: LogAccess): void {
    const before = this.#access.get(namespace);
    if (before?.kind === access.kind) return;
    this.#access.set(namespace, access);
    this.#options.onAccess(namespace);
  }
}

function newEntry({ run }: LogSource): Entry {
  const none = { finding: undefined, reads: 0, failures: 0, dueAt: 0 };
  return { run: run.id, ...none, isReading: false, isOver: false };
}

function backoff(ms: number, times: number): number {
  return Math.min(ms * 2 ** Math.min(times, 6), AGAIN_MS.most);
}
