import { printable } from "../../printable.ts";
import { betweenInCommand } from "../command-chain.ts";
import { CRASHES, codeOf, listed } from "../crashes.ts";
import { arrivalOf } from "../fate/way-out.ts";
import { type Finding, notChecked, ok, todo } from "../finding.ts";
import { commandOf, unseenEntry } from "./entry.ts";
import { kubeletFate } from "./kubelet-fate.ts";
import type { Container, Pod } from "./objects.ts";

/** Whether a kubelet would start a node again after each way to crash, through what stands before it. */
export function crashFinding(pod: Pod, container: Container): Finding {
  const between = betweenInCommand(commandOf(container));
  const ends = CRASHES.map((end) => {
    const arrival = arrivalOf(end, between, false);
    const code = arrival.kind === "arrives" ? codeOf(arrival.end) : undefined;
    return {
      code: codeOf(end),
      fate: code === undefined ? "lost" : kubeletFate(pod, container, code),
    } as const;
  });
  const down = ends.filter(({ fate }) => fate === "stays-down").map(({ code }) => code);
  if (down.length > 0)
    return todo(
      "crash",
      `A crash${down.length === ends.length ? "" : ` that ends with ${listed(down)}`} would stay down.`,
      RESTART_ALL,
    );
  if (ends.some(({ fate }) => fate === "unsure"))
    return todo(
      "crash",
      "Whether a crash would be started again is not known: its restart rules are not understood.",
      RESTART_ALL,
    );
  // Where any code is started again, it does not matter which one arrives.
  const isAny = [0, ...CRASHES.map(codeOf)].every(
    (code) => kubeletFate(pod, container, code) === "started-again",
  );
  if (isAny) return ok("crash", "A crash would be started again.");
  if (ends.some(({ fate }) => fate === "lost"))
    return todo(
      "crash",
      "Whether a crash would be started again is not known: what stands before the node in its command may hide its exit code.",
      `Start the node with exec as the last command. ${RESTART_ALL}`,
    );
  const unseen = unseenEntry(container);
  if (unseen === undefined) return ok("crash", "A crash would be started again.");
  return notChecked(
    "crash",
    `Whether a crash would be started again is not known: ${printable(unseen)} was not looked into, and may end with another code.`,
    RESTART_ALL,
  );
}

const RESTART_ALL = "Let restartPolicyRules restart every exit code but 70, 71 and 72.";
