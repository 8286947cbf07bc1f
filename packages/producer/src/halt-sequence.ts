import { exitCode, type HaltIntent, type HaltReason } from "@upgrade-halt/contract";
import type { Artifact } from "./artifact.ts";
import { bestEffort } from "./best-effort.ts";
import type { HaltHolder } from "./halt-holder.ts";
import type { StepObserver } from "./halt-steps.ts";
import { ProducerError } from "./producer-error.ts";
import { type StopHook, type StopReport, stopInOrder } from "./stop-hooks.ts";

/** What every state of a halt works with. */
export interface HaltContext {
  readonly reason: HaltReason;
  readonly intent: HaltIntent;
  readonly holder: HaltHolder;
  readonly onStep: StepObserver;
}

/*
 * A halt is a chain of states, and a state has only the one method that leads to the next: no program that
 * compiles can print, publish or exit before what must come first. From `Decided` to `Published` nothing is
 * awaited, so no signal handler, request or timer runs in between.
 */

/** The block is not applied, nothing is known outside. */
export class Decided {
  readonly #context: HaltContext;
  constructor(context: HaltContext) {
    this.#context = { ...context, onStep: careful(context.onStep) };
    this.#context.onStep("decided");
  }
  /** Makes every artifact durable, in order. Throws `artifact-not-durable`: then there is no graceful halt. */
  persist(artifacts: readonly Artifact[]): Persisted {
    for (const artifact of artifacts) {
      try {
        artifact.persist(this.#context.onStep);
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new ProducerError("artifact-not-durable", `${artifact.name} could not be written: ${why}`, {
          cause,
        });
      }
    }
    return new Persisted(this.#context);
  }
}

/** What supervisors will look for is on disk. */
class Persisted {
  readonly #context: HaltContext;
  constructor(context: HaltContext) {
    this.#context = context;
    context.onStep("artifacts-durable");
  }
  log(log: () => void): Logged {
    bestEffort(log);
    return new Logged(this.#context);
  }
}

/** The node's log tells of the halt. */
class Logged {
  readonly #context: HaltContext;
  constructor(context: HaltContext) {
    this.#context = context;
    context.onStep("logged");
  }
  print(print: () => void): Printed {
    bestEffort(print);
    return new Printed(this.#context);
  }
}

/** The raw line is on standard error. */
class Printed {
  readonly #context: HaltContext;
  constructor(context: HaltContext) {
    this.#context = context;
    context.onStep("printed");
  }
  publish(): Published {
    this.#context.holder.publish(this.#context.intent);
    return new Published(this.#context);
  }
}

/** `/status` shows the intent. From here on the process can only end with the reason's code. */
export class Published {
  readonly #context: HaltContext;
  constructor(context: HaltContext) {
    this.#context = context;
    context.onStep("published");
  }
  async stopConsensus(
    hooks: readonly StopHook[],
    deadlineMs: number,
  ): Promise<[ConsensusStopped, StopReport]> {
    const report = await stopInOrder(hooks, deadlineMs);
    return [new ConsensusStopped(this.#context), report];
  }
}

/** No block comes any more; servers still serve. A node in stay-alive mode rests here. */
class ConsensusStopped {
  readonly #context: HaltContext;
  constructor(context: HaltContext) {
    this.#context = context;
    context.onStep("consensus-stopped");
  }
  async stopServers(hooks: readonly StopHook[], deadlineMs: number): Promise<[ServersStopped, StopReport]> {
    const report = await stopInOrder(hooks, deadlineMs);
    return [new ServersStopped(this.#context), report];
  }
}

/** Nothing is left to do but to end. */
class ServersStopped {
  readonly #code: number;
  constructor(context: HaltContext) {
    this.#code = exitCode(context.reason);
    context.onStep("servers-stopped");
  }
  exit(exit: (code: number) => void): void {
    exit(this.#code);
  }
}

/** An observer watches; what it throws is its own affair. */
function careful(onStep: StepObserver): StepObserver {
  return (step) => bestEffort(() => onStep(step));
}
