import type { NodeProcess } from "../cluster/node.ts";
import type { Act, Observer } from "./observer.ts";

/** Something that must never happen, in words and as a check that says what did. */
export interface Invariant {
  readonly name: string;
  readonly words: string;
  /** Asked at each act of the controller. */
  readonly onAct?: (act: Act, observer: Observer) => string | undefined;
  /** Asked as a process of a node starts. */
  readonly onStart?: (process: NodeProcess, observer: Observer) => string | undefined;
  /** Asked once all faults have ended and everything had time to settle. */
  readonly atEnd?: (observer: Observer) => string | undefined;
}
