/** The part of a V8 `.cpuprofile` that is read (`Profiler.Profile` of the Chrome DevTools protocol). */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
    readonly children?: readonly number[];
  }[];
  /** The node that ran, sample by sample. */
  readonly samples: readonly number[];
  /** Microseconds from one sample to the next; the first since the start. */
  readonly timeDeltas: readonly number[];
}

/** Where a function is: lines and columns count from 0. */
export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** A function as it was called from one place, and what it called. */
export interface Call {
  readonly name: string;
  readonly place: string;
  /** Microseconds in the function itself. */
  readonly self: number;
  /** Microseconds in it and in what it called. */
  readonly total: number;
  readonly calls: readonly Call[];
}

/** What ran, from its root on, without the time in which nothing did. `placeOf` says where a function is. */
export function callTree(
  { nodes, samples, timeDeltas }: CpuProfile,
  placeOf: (frame: CallFrame) => string,
): Call {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const self = new Map<number, number>();
  for (const [index, id] of samples.entries())
    self.set(id, (self.get(id) ?? 0) + Math.max(0, timeDeltas[index + 1] ?? 0));
  const callOf = (id: number): readonly Call[] => {
    const node = byId.get(id);
    if (node === undefined || node.callFrame.functionName === "(idle)") return [];
    const calls = (node.children ?? []).flatMap(callOf);
    const own = self.get(id) ?? 0;
    const total = calls.reduce((sum, call) => sum + call.total, own);
    const name = node.callFrame.functionName || "(anonymous)";
    return [{ name, place: placeOf(node.callFrame), self: own, total, calls }];
  };
  const [root] = nodes.slice(0, 1).flatMap(({ id }) => callOf(id));
  if (root === undefined) throw new Error("the profile has no calls");
  return root;
}
