import type { ClusterEvent } from "../events/cluster-event.ts";
import type { Around, HaltState, NodeState } from "./run-state.ts";
import type { ViewChange } from "./view-change.ts";
import { NOTHING_AROUND } from "./views.ts";

type Step = Extract<ClusterEvent, { kind: "halt-step" }>;
type OfNode = Extract<ClusterEvent, { kind: "node-started" | "node-ready" | "node-ended" | "image-changed" }>;

/** What can be shown of events alone, as `sandbox play --json` tells it: without logs but for their telling line, and without `/status`. */
export class ViewsOfEvents {
  readonly #nodes = new Map<string, NodeState>();
  readonly #halts = new Map<string, HaltState>();
  #around: Around = { ...NOTHING_AROUND, isReady: true };

  /** What an event changes, besides the events. */
  changes(event: ClusterEvent): readonly ViewChange[] {
    switch (event.kind) {
      case "chapter":
        return this.#around.title === "" ? this.#change(event.at, { title: event.title }) : [];
      case "controller-started":
        return this.#change(event.at, {
          controllers: [
            ...this.#around.controllers,
            { pid: event.pid, leads: this.#around.controllers.length === 0 },
          ],
        });
      case "controller-ended":
        return this.#change(event.at, {
          controllers: this.#around.controllers.filter(({ pid }) => pid !== event.pid),
        });
      case "paged": {
        const { key, summary } = event;
        const page = { key, summary, reason: "", nodeHalt: "", isOver: false };
        return this.#change(event.at, { pages: [...this.#around.pages, page] });
      }
      case "node-started":
      case "node-ready":
      case "node-ended":
      case "image-changed":
        return this.#ofNode(event);
      case "halt-step":
        return this.#ofHalt(event);
      default:
        return [];
    }
  }

  #change(at: string, change: Partial<Around>): readonly ViewChange[] {
    this.#around = { ...this.#around, ...change };
    return [{ kind: "view-around", at, is: this.#around }];
  }

  #ofNode(event: OfNode): readonly ViewChange[] {
    const { at, node } = event;
    const before = this.#nodes.get(node) ?? unknownNode(node);
    const is = { ...before, ...changeOf(event) };
    this.#nodes.set(node, is);
    const said: readonly ViewChange[] =
      event.kind === "node-ended" && event.lastLine !== ""
        ? [{ kind: "view-log", at, node, more: `${event.lastLine}\n` }]
        : [];
    return [{ kind: "view-node", at, node, is }, ...said];
  }

  #ofHalt({ at, node, halt, reason, plan, phase, action, message }: Step): readonly ViewChange[] {
    const before = this.#halts.get(halt)?.status.steps;
    const steps = [...(Array.isArray(before) ? before : []), { phase, at, message }];
    const is = {
      name: halt,
      node,
      spec: { reason, planName: plan },
      status: { phase, action, message, steps },
    };
    this.#halts.set(halt, is);
    return [{ kind: "view-halt", at, halt, is }];
  }
}

function changeOf(event: OfNode): Partial<NodeState> {
  switch (event.kind) {
    case "node-started": {
      const { image, podUid, restartCount } = event;
      return { podImage: image, podUid, restartCount, isRunning: true, isReady: false, exitCode: undefined };
    }
    case "node-ready":
      return { podImage: event.image, isRunning: true, isReady: true };
    case "node-ended":
      return { isRunning: false, isReady: false, exitCode: event.exitCode };
    case "image-changed":
      return { wantedImage: event.to };
  }
}

function unknownNode(node: string): NodeState {
  return {
    node,
    wantedImage: "",
    podImage: "",
    podUid: "",
    podIp: "",
    isReady: false,
    isRunning: false,
    restartCount: 0,
    pid: 0,
    height: 0,
    generation: 0,
    statusFault: "the recording holds no answers of /status",
  };
}
