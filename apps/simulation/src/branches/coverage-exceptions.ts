/** Branches that no simulated cluster takes, and why they need not. */
export interface Exception {
  readonly why: string;
  /** Path below `apps/mini-controller/src`, or `*` for every file, and with what the branch's text begins. */
  readonly branches: readonly (readonly [file: string, text: string])[];
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    why: "The API server fills in names, UIDs, versions, counts and times: the types say only that they may be missing.",
    branches: [
      ["*", 'binary-expr: ""'],
      ["*", "binary-expr: {}"],
      ["*", "binary-expr: 0"],
      ["*", "binary-expr: 1"],
      ["*", "binary-expr: []"],
      ["*", "binary-expr: null"],
      ["*", "default-arg: []"],
      ["detect/halt-spec.ts", "if: if (restartCount === undefined)"],
      ["detect/halt-spec.ts", "if: if (reason === undefined || podUID === undefined"],
      ["detect/halt-spec.ts", "cond-expr: {}"],
      ["detect/detector.ts", "if: if (spec === undefined)"],
      ["detect/detector.ts", "not if: if (seen !== undefined && uid !== undefined)"],
      ["journal/journal-entry.ts", "cond-expr: {}"],
      ["observe/previous-image.ts", "binary-expr: Number.POSITIVE_INFINITY"],
      ["workloads/pod-template.ts", "if: if (status?.observedGeneration === undefined"],
      ["workloads/stateful-set.ts", 'binary-expr: "none"'],
      ["observe/node-recorder.ts", "cond-expr: {}"],
      ["observe/recovery-timer.ts", "binary-expr: name"],
    ],
  },
  {
    why: "The compiler asks for it: those who call have ruled it out.",
    branches: [
      ["act/actor.ts", 'switch: case "send-page":'],
      ["act/actor.ts", 'switch: case "resolve-page":'],
      ["act/actor.ts", 'if: if (pod.kind === "gone") return;'],
      ["act/page-teller.ts", "if: if (page === undefined) return;"],
      ["act/page-teller.ts", "if: if (halt === undefined) throw"],
      ["act/page-teller.ts", "cond-expr: {}"],
      ["decide/before-swap.ts", "cond-expr: {}"],
      ["decide/page-delivery.ts", "if: if (nextAttemptAt === undefined)"],
      ["decide/refusals/already-deleted.ts", 'cond-expr: "its owner"'],
      ["detect/detector.ts", "not if: if (taken !== undefined)"],
      ["judge/log-evidence.ts", "if: if (previous === undefined) return evidence;"],
      ["journal/step-writer.ts", 'binary-expr: "Recorded"'],
      ["observe/previous-image.ts", "binary-expr: height"],
      ["workloads/workload.ts", 'if: if (strategy?.kind !== "RollingUpdate")'],
      ["decide/before-swap.ts", "if: if (policy === undefined || recommendation === undefined)"],
      ["decide/during-swap.ts", "binary-expr: status?.phase"],
      ["decide/during-swap.ts", 'binary-expr: "Recreating"'],
      ["decide/during-swap.ts", 'binary-expr: "Swapping"'],
      ["decide/during-swap.ts", "cond-expr: 0"],
      ["decide/unknown-phase.ts", "if: if (status?.phase === undefined)"],
      ["decide/template-change.ts", 'if: if (workload.kind !== "found")'],
      ["decide/refusals/reach.ts", 'if: if (observation.workload.kind !== "found")'],
      ["decide/refusals/siblings-not-halted.ts", 'switch: case "halted":'],
      ["journal/halt-event.ts", 'binary-expr: "Recorded"'],
      ["model/workload-sight.ts", 'cond-expr: "The workload"'],
      ["workloads/custom-resource.ts", "if: if (custom === undefined)"],
      ["workloads/workload.ts", "cond-expr: []"],
    ],
  },
  {
    why: "A last barrier behind one that always holds first.",
    branches: [
      ["act/actor.ts", 'if: if (isAct({ kind: "effect", effect }) && observation.from !== "server")'],
      ["act/actor.ts", 'if: if (workload.kind !== "found")'],
      ["model/governing-policy.ts", "if: if (policy.metadata.namespace !== pod.metadata.namespace)"],
      ["decide/during-swap.ts", 'if: if (observation.from === "memory") return move;'],
    ],
  },
  {
    why: "The API server refuses a second controller reference, and a StatefulSet's controller writes both revisions at once.",
    branches: [
      ["workloads/manager.ts", "(anonymous_1): controller === true"],
      ["decide/refusals/reach.ts", "cond-expr: image !== group.image"],
    ],
  },
  {
    why: "A StatefulSet of a thousand pods, or of a strategy that no API server has yet: unit tests cover both.",
    branches: [
      ["workloads/stateful-set.ts", "if: if (tooMany !== undefined) return tooMany;"],
      ["workloads/stateful-set.ts", "not if: if (replicas <= MOST_PODS)"],
      ["workloads/stateful-set.ts", "cond-expr: `$"],
      ["workloads/stateful-set.ts", 'if: if (type !== "RollingUpdate")'],
    ],
  },
  {
    why: "For a metric, or an orderly end: nobody reads the one here, and a simulated replica only ever crashes.",
    branches: [
      ["observe/status-watch.ts", "size: "],
      ["observe/status-watch.ts", "stop: "],
    ],
  },
  {
    why: "The simulated kubelet has IPv4 alone: unit tests cover the other.",
    branches: [["model/pod.ts", "cond-expr: `["]],
  },
];
