import { codeOf } from "../crashes.ts";
import type { EngineClient } from "../engine-client.ts";
import type { Wrapper } from "../wrapper.ts";
import type { SeenEnd } from "./fate.ts";

/** What becomes of a node's end on its way to the supervisor. */
export type Arrival =
  | ({
      readonly kind: "arrives";
      readonly end: SeenEnd;
      readonly changedBy?: string | undefined;
    } & ThroughEngine)
  /** `upgrade-halt exec` waits in the node's place. */
  | ({ readonly kind: "held" } & ThroughEngine)
  | ({ readonly kind: "unsure"; readonly because: string } & ThroughEngine);

/** Behind a client there is a container that was not looked at: all hangs on what that does with an end. */
interface ThroughEngine {
  readonly client?: EngineClient | undefined;
}

/** How an end of the node arrives, through what stands between. `isHalt`: the node announced it, or its log tells it. */
export function arrivalOf(end: SeenEnd, between: readonly Wrapper[], isHalt: boolean): Arrival {
  let seen = end;
  let changedBy: string | undefined;
  let lostTo: string | undefined;
  let client: EngineClient | undefined;
  for (const step of between) {
    switch (step.kind) {
      case "exec":
        // Where something below lost the code of a halt, the announcer reads it off the log.
        if (isHalt && step.announce) [seen, changedBy, lostTo] = [end, undefined, undefined];
        if (lostTo !== undefined) break;
        if (isHalt && changedBy === undefined && (step.hold || (step.announce && step.stayAlive)))
          return { kind: "held", client };
        seen = asExitCode(seen);
        break;
      case "cosmovisor":
        [seen, changedBy] = [{ kind: "exited", code: 1 }, "cosmovisor"];
        break;
      case "init":
        seen = asExitCode(seen);
        if (seen.kind === "exited" && step.hides.includes(seen.code))
          [seen, changedBy] = [{ kind: "exited", code: 0 }, `${step.name} -e`];
        break;
      case "shell":
        if (step.hides === "end" || step.hides === "unseen") return { kind: "unsure", because: step.name };
        if (step.hides === "code") lostTo ??= step.name;
        seen = asExitCode(seen);
        break;
      case "passes-on":
        seen = asExitCode(seen);
        break;
      case "client":
        if (step.hides !== undefined) return { kind: "unsure", because: step.name, client: step };
        client = step;
        seen = asExitCode(seen);
        break;
      case "unknown":
        return { kind: "unsure", because: step.name };
    }
  }
  return lostTo === undefined
    ? { kind: "arrives", end: seen, changedBy, client }
    : { kind: "unsure", because: lostTo };
}

/** What a program that waits for another ends with after its death by a signal. */
function asExitCode(end: SeenEnd): SeenEnd {
  return { kind: "exited", code: codeOf(end) };
}
