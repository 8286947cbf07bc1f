import { backoffMs, hasCode } from "@upgrade-halt/kube";
import { ControllerError } from "../controller-error.ts";
import type { LogSource } from "../judge/log-source.ts";

const REST = { baseMs: 5_000, maxMs: 300_000 } as const;

interface Silence {
  readonly times: number;
  readonly restUntil: number;
}

/**
 * Machines whose kubelet gave no answer in time rest, longer each time, for one namespace: its pods there cost one time-out
 * together, and not one each. What one namespace sees of a machine is nothing that another has to believe.
 */
export class SilentMachines {
  readonly #steady: () => number;
  readonly #silences = new Map<string, Silence>();

  constructor(steady: () => number) {
    this.#steady = steady;
  }

  /** Until when the machine of this log rests, by the steady clock; 0 where it does not. */
  restUntil(source: Pick<LogSource, "namespace" | "machine">): number {
    return this.#silences.get(keyOf(source))?.restUntil ?? 0;
  }

  /**
   * Asks the machine of a log, and takes note of whether it answers. One that rested is asked once before it is asked for more.
   *
   * @throws {ControllerError} `timeout` at once while the machine rests.
   */
  async ask<T>(source: Pick<LogSource, "namespace" | "machine">, read: () => Promise<T>): Promise<T> {
    const key = keyOf(source);
    const known = this.#silences.get(key);
    const began = this.#steady();
    if (known !== undefined && known.restUntil > began)
      throw new ControllerError("timeout", `the kubelet of ${source.machine} did not answer a moment ago`);
    if (known !== undefined) this.#rest(key, known.times);
    try {
      const answer = await read();
      this.#silences.delete(key);
      return answer;
    } catch (error) {
      // Several that were asked at a time are one silence.
      const isNew = this.#silences.get(key)?.times === known?.times;
      const isSilent = source.machine !== undefined && hasCode(error, "timeout");
      if (isSilent && isNew) this.#rest(key, (known?.times ?? 0) + 1);
      throw error;
    }
  }

  #rest(key: string, times: number): void {
    const now = this.#steady();
    for (const [other, { restUntil }] of this.#silences)
      if (restUntil + REST.maxMs < now) this.#silences.delete(other);
    this.#silences.set(key, { times, restUntil: now + backoffMs(times, REST) });
  }
}

function keyOf({ namespace, machine = "" }: Pick<LogSource, "namespace" | "machine">): string {
  return `${namespace}/${machine}`;
}
