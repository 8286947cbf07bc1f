import { type Halt, type State, type Step, stepsOf } from "./types.ts";

type Write = State["writes"][number];

/** A step of a journal, and what was written to the API server with it and for it. */
interface StepWithWrites {
  readonly step: Step;
  readonly writes: readonly Write[];
}

/** A halt's steps, each with the writes behind it: to the halt itself, and from one step to the next to its node. */
export function stepsWithWrites(halt: Halt, all: readonly Write[]): readonly StepWithWrites[] {
  const steps = stepsOf(halt);
  const own = all.filter(({ path }) => isOf(halt, path));
  return steps.map((step, index) => {
    const from = Date.parse(step.at);
    const next = Date.parse(steps[index + 1]?.at ?? "");
    const writes = own.filter(({ path, at }) => {
      // The object itself tells that its halt was detected and recorded.
      if (path.endsWith("/nodehalts")) return step.phase === "Recorded" && isNear(at, from);
      const time = Date.parse(at);
      return time >= from && !(time >= next);
    });
    return { step, writes };
  });
}

export function lineOfWrite({ method, path, status }: Write): string {
  return `${method} ${path} → ${status}`;
}

const NEAR_MS = 5_000;
function isNear(at: string, time: number): boolean {
  return Math.abs(Date.parse(at) - time) < NEAR_MS;
}

function isOf({ name, node }: Halt, path: string): boolean {
  const [resource = "", of = ""] = path.split("/").slice(path.endsWith("/status") ? -3 : -2);
  if (path.endsWith("/nodehalts")) return true;
  if (resource === "nodehalts") return of === name;
  return (resource === "statefulsets" || resource === "pods") && (of === node || of === `${node}-0`);
}
