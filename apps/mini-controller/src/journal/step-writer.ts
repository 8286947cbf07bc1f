import { hasCode, keyOf, messageOf } from "@upgrade-halt/kube";
import type { Logger } from "pino";
import type { NodeHalt, NodeHaltStatus, Phase } from "../api/node-halt.ts";
import { between, type OnBoundary } from "../model/boundary.ts";
import type { HaltJournal } from "./halt-journal.ts";
import { isPaged, journalMove, pageWords } from "./journal-entry.ts";
import { advice } from "./words.ts";

export interface StepWriterOptions {
  readonly journal: HaltJournal;
  readonly onBoundary: OnBoundary;
  readonly onPhase: (halt: NodeHalt, before: Phase | undefined) => void;
  readonly log: Logger;
  readonly now: () => number;
}

/**
 * Writes the steps of halts into their journals, and tells of each: a log line, an Event, a metric. A step is written before what it
 * announces is done: a reconcile makes one move, and that one is the step.
 */
export class StepWriter {
  readonly #options: StepWriterOptions;

  constructor(options: StepWriterOptions) {
    this.#options = options;
  }

  /** The halt with the step in its journal. */
  async write(halt: NodeHalt, status: NodeHaltStatus): Promise<NodeHalt> {
    const { journal, onBoundary, onPhase, log } = this.#options;
    const phase = status.phase ?? "Recorded";
    const written = await between(`journal-${phase}`, onBoundary, async () => {
      try {
        return await journal.write(halt, status);
      } catch (error) {
        if (hasCode(error, "invalid")) await this.#tellRefused(halt, status, error);
        throw error;
      }
    });
    const object = keyOf(halt);
    log.info(
      { object, phase, action: status.action, reason: status.reason, toImage: status.toImage },
      status.message,
    );
    onPhase(written, halt.status?.phase);
    return written;
  }

  /**
   * Pages for a journal that the API server does not take: without it nothing can be done about the halt, nor told. What its pod showed
   * is kept, as it may show that no more once the rest is taken; unless that is what is refused.
   */
  async #tellRefused(halt: NodeHalt, { seen }: NodeHaltStatus, { message: refusal }: Error): Promise<void> {
    const { journal, onPhase, log, now } = this.#options;
    const reason = "JournalRefused";
    if (isPaged(halt.status, reason)) return;
    const message = {
      found: `The API server does not take what is to be written about this halt, so nothing is done: ${refusal}`,
      toDo: advice`Apply the CustomResourceDefinitions of this release.`,
    };
    const page = { reason, summary: pageWords(halt, "halted", message) };
    const { phase = "Held", steps } = halt.status ?? {};
    const { status } = journalMove(halt, { phase, reason, message, page }, now());
    const { steps: _, ...rest } = status;
    const told = { ...rest, ...(steps && { steps }) };
    try {
      const written = await journal
        .write(halt, { ...told, ...(seen && { seen }) })
        .catch((error: unknown) => {
          if (seen === undefined || !hasCode(error, "invalid")) throw error;
          return journal.write(halt, told);
        });
      onPhase(written, halt.status?.phase);
    } catch (error) {
      log.warn({ object: keyOf(halt), error: messageOf(error) }, "nor can it be written that it is refused");
    }
  }
}
