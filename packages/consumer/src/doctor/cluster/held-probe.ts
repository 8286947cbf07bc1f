import { HALTED_PATHS } from "../../halted-paths.ts";
import { printable } from "../../printable.ts";
import { type Finding, notChecked, todo } from "../finding.ts";
import type { Container, Probe } from "./objects.ts";

const PROBES = ["livenessProbe", "startupProbe"] as const;

/** What is to be said of a probe by which a kubelet would kill a node whose halt is served at `served` alone. */
export function heldProbeFinding(container: Container, served: number): Finding | undefined {
  const asked = PROBES.map((name) => ({ name, is: answerTo(container[name], container, served) }));
  const failing = asked.find(({ is }) => is === "none");
  const paths = HALTED_PATHS.join(" and ");
  if (failing !== undefined)
    return todo(
      "halt",
      `After a halt upgrade-halt exec answers ${paths} at port ${served} alone: its ${failing.name} would have the container started again and again.`,
      `Let the ${failing.name} ask for /health at port ${served}, or take it out.`,
    );
  const unseen = asked.find(({ is }) => is === "unknown");
  if (unseen === undefined) return undefined;
  return notChecked(
    "halt",
    `Whether its ${printable(unseen.name)} has it started again is not known: it runs a program.`,
    `See that it succeeds where ${paths} at port ${served} alone are answered.`,
  );
}

/** Whether a halted node that is held gives a probe the answer that keeps its container. */
function answerTo(
  probe: Probe | null | undefined,
  { ports }: Container,
  served: number,
): "kept" | "none" | "unknown" {
  if (probe === null || probe === undefined) return "kept";
  const { httpGet, tcpSocket, exec } = probe;
  if (exec) return "unknown";
  const port = httpGet?.port ?? tcpSocket?.port;
  const number = ports?.find(({ name }) => name === port)?.containerPort ?? Number(port);
  if (number !== served) return "none";
  if (!httpGet) return "kept";
  const path = (httpGet.path ?? "/").split("?")[0];
  const isAnswered = HALTED_PATHS.some((known) => known === path) && httpGet.scheme !== "HTTPS";
  return isAnswered ? "kept" : "none";
}
