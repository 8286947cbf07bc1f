import type { Halt, Node } from "./types.ts";

export interface Standing {
  readonly shape: string;
  readonly word: string;
  readonly tone: string;
}

/** How a node stands, with its last halt, in a shape and a word: colour alone says nothing. */
export function standing(node: Node, halt: Halt | undefined): Standing {
  const phase = String(halt?.status.phase ?? "");
  const isOpen = phase !== "" && phase !== "Recovered" && phase !== "Withdrawn";
  if (isOpen && ["Held", "Paged", "Failed"].includes(phase)) return { shape: "▲", word: phase, tone: "bad" };
  if (isOpen) return { shape: "◆", word: phase, tone: "busy" };
  if (node.isRunning && node.isReady) return { shape: "●", word: "running", tone: "good" };
  if (node.isRunning) return { shape: "○", word: "starting", tone: "busy" };
  return node.exitCode === undefined
    ? { shape: "○", word: "waiting", tone: "busy" }
    : { shape: "✖", word: `exit ${node.exitCode}`, tone: "bad" };
}

export function tagOf(image: string): string {
  return (image.split("/").at(-1)?.split(":").slice(1).join(":") ?? image).replace(/(@sha256:.{8}).*/, "$1…");
}
