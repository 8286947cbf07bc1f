import { API_VERSION } from "../api/group.ts";
import type { NodeHalt, Phase } from "../api/node-halt.ts";
import type { EventDraft } from "../kube/event-recorder.ts";

const WARNINGS: ReadonlySet<Phase | undefined> = new Set<Phase | undefined>(["Held", "Paged", "Failed"]);

/** The Event that tells a halt's newest step. Held and Failed say why as their reason. */
export function haltEvent(halt: NodeHalt): EventDraft {
  const { phase, reason, message = "" } = halt.status ?? {};
  const warning = WARNINGS.has(phase);
  return {
    regarding: { apiVersion: API_VERSION, kind: "NodeHalt", metadata: halt.metadata },
    type: warning ? "Warning" : "Normal",
    reason: (warning ? reason : phase) ?? "Recorded",
    message,
  };
}
