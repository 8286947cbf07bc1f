import type { Around, HaltState, NodeDetails, NodeState, RunState, Write } from "./run-state.ts";
import type { ViewChange } from "./view-change.ts";

/** Lines of a log that are shown, and kept. */
export const LOG_LINES = 60;
const MOST_WRITES = 100;

/** Nothing is there yet. */
export const NOTHING_AROUND: Around = {
  name: "",
  title: "",
  question: "",
  namespace: "",
  steps: 0,
  isReady: false,
  fault: "",
  pages: [],
  controllers: [],
  isNetworkCut: false,
  isolated: [],
  isPagerDown: false,
  armed: [],
  held: [],
  policy: {},
};

/** What the page shows at one moment, made by applying changes in their order. */
export class Views {
  #around: Around = NOTHING_AROUND;
  readonly #nodes = new Map<string, NodeState>();
  readonly #halts = new Map<string, HaltState>();
  readonly #logs = new Map<string, string>();
  readonly #answers = new Map<string, { readonly body: string; readonly fault: string }>();
  #writes: readonly Write[] = [];

  apply(change: ViewChange): void {
    switch (change.kind) {
      case "view-node":
        put(this.#nodes, change.node, change.is);
        break;
      case "view-halt":
        put(this.#halts, change.halt, change.is);
        break;
      case "view-around":
        // An older recording does not tell everything.
        this.#around = { ...NOTHING_AROUND, ...change.is };
        break;
      case "view-write":
        this.#writes = [...this.#writes, change.is].slice(-MOST_WRITES);
        break;
      case "view-log":
        this.#logs.set(change.node, lastLines((this.#logs.get(change.node) ?? "") + change.more));
        break;
      case "view-status": {
        const { node, from, drop, text, fault } = change;
        const before = this.#answers.get(node)?.body ?? "";
        this.#answers.set(node, { body: before.slice(0, from) + text + before.slice(from + drop), fault });
        break;
      }
      default:
        change satisfies never;
    }
  }

  /** What a page shows; the number of the run and the time come from elsewhere. */
  state(of: Pick<RunState, "run" | "now" | "noChanges" | "replay">): RunState {
    const nodes = [...this.#nodes.values()].toSorted((left, right) => left.node.localeCompare(right.node));
    return { ...this.#around, ...of, nodes, halts: [...this.#halts.values()], writes: this.#writes };
  }

  details(node: string): NodeDetails {
    if (!this.#nodes.has(node)) return { log: "", status: "", fault: `there is no node ${node}` };
    const { body = "", fault = "" } = this.#answers.get(node) ?? {};
    return { log: (this.#logs.get(node) ?? "").trimEnd(), status: body, fault };
  }

  /** All that is there, as changes from nothing. */
  changes(at: string): readonly ViewChange[] {
    return [
      { kind: "view-around", at, is: this.#around },
      ...[...this.#nodes].map(([node, is]): ViewChange => ({ kind: "view-node", at, node, is })),
      ...[...this.#halts].map(([halt, is]): ViewChange => ({ kind: "view-halt", at, halt, is })),
      ...this.#writes.map((is): ViewChange => ({ kind: "view-write", at, is })),
      ...[...this.#logs].map(([node, more]): ViewChange => ({ kind: "view-log", at, node, more })),
      ...[...this.#answers].map(
        ([node, { body, fault }]): ViewChange => ({
          kind: "view-status",
          at,
          node,
          from: 0,
          drop: 0,
          text: body,
          fault,
        }),
      ),
    ];
  }
}

function put<V>(map: Map<string, V>, key: string, value: V | null): void {
  if (value === null) map.delete(key);
  else map.set(key, value);
}

/** The end of a log that is made of whole lines. */
function lastLines(text: string): string {
  const lines = text.split("\n");
  return lines.length <= LOG_LINES + 1 ? text : lines.slice(-LOG_LINES - 1).join("\n");
}
