import { AroundSchema, type NodeDetails, type RunState, type Write } from "./run-state.ts";
import { spliceOf, type ViewChange } from "./view-change.ts";

/** So much of an answer is kept: a real one has some 2 KiB. */
const LARGEST_ANSWER = 16 * 1024;

export type Answer = Pick<NodeDetails, "status" | "fault">;

/** Finds what changed in what is shown since it was looked at last. */
export class Recorder {
  readonly #texts = new Map<string, string>();
  readonly #answers = new Map<string, Answer>();
  #lastWrite: Write | undefined;

  /** The changes since the last call. */
  changes(state: RunState, answerOf: (node: string) => Answer | undefined): readonly ViewChange[] {
    const at = state.now;
    const changes: ViewChange[] = [];
    const around = AroundSchema.parse(state);
    if (this.#isNew("around", around)) changes.push({ kind: "view-around", at, is: around });
    for (const is of state.nodes) {
      if (this.#isNew(`node ${is.node}`, is)) changes.push({ kind: "view-node", at, node: is.node, is });
      const answer = answerOf(is.node);
      if (answer !== undefined) changes.push(...this.#answered(at, is.node, answer));
    }
    for (const is of state.halts)
      if (this.#isNew(`halt ${is.name}`, is)) changes.push({ kind: "view-halt", at, halt: is.name, is });
    changes.push(...this.#gone(at, state));
    const known = this.#lastWrite === undefined ? -1 : state.writes.indexOf(this.#lastWrite);
    for (const is of state.writes.slice(known + 1)) changes.push({ kind: "view-write", at, is });
    this.#lastWrite = state.writes.at(-1) ?? this.#lastWrite;
    return changes;
  }

  #isNew(what: string, value: unknown): boolean {
    const text = JSON.stringify(value);
    if (this.#texts.get(what) === text) return false;
    this.#texts.set(what, text);
    return true;
  }

  #answered(at: string, node: string, { status, fault }: Answer): readonly ViewChange[] {
    const before = this.#answers.get(node) ?? { status: "", fault: "" };
    const now = { status: status.slice(0, LARGEST_ANSWER), fault };
    if (before.status === now.status && before.fault === fault) return [];
    this.#answers.set(node, now);
    return [{ kind: "view-status", at, node, ...spliceOf(before.status, now.status), fault }];
  }

  #gone(at: string, { nodes, halts }: RunState): readonly ViewChange[] {
    const there = new Set([
      "around",
      ...nodes.map(({ node }) => `node ${node}`),
      ...halts.map(({ name }) => `halt ${name}`),
    ]);
    return [...this.#texts.keys()]
      .filter((what) => !there.has(what))
      .map((what): ViewChange => {
        this.#texts.delete(what);
        const [kind, name = ""] = what.split(" ");
        return kind === "node"
          ? { kind: "view-node", at, node: name, is: null }
          : { kind: "view-halt", at, halt: name, is: null };
      });
  }
}
