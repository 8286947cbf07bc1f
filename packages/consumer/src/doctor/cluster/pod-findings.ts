import { exitCode, ShutdownReason } from "@upgrade-halt/contract";
import { HALT_REASONS } from "../../halt-reasons.ts";
import { printable } from "../../printable.ts";
import { betweenInCommand, commandOfExec, outputIn, unseenIn } from "../command-chain.ts";
import type { Fate } from "../fate/fate.ts";
import { arrivalOf } from "../fate/way-out.ts";
import { type Finding, notChecked, ok, todo } from "../finding.ts";
import { announcerLacks, announcesUnread } from "../findings/contract.ts";
import type { ExecWrapper } from "../wrapper.ts";
import { crashFinding } from "./crash-finding.ts";
import { commandOf, unseenEntry } from "./entry.ts";
import { haltedFinding } from "./halted-finding.ts";
import { heldProbeFinding } from "./held-probe.ts";
import { kubeletFate } from "./kubelet-fate.ts";
import type { Container, HaltPolicy, Pod } from "./objects.ts";
import { rpcFinding, servedPort } from "./rpc-finding.ts";

/** What a kubelet would do at the next halt of a pod, and whether its reason could be read. */
export function podFindings(pod: Pod, policy: HaltPolicy | undefined): Finding[] {
  const { containers, initContainers } = pod.spec;
  const named = policy?.spec.container;
  const sidecars = (initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  const container = [...containers, ...sidecars].find(({ name }) => name === (named ?? containers[0]?.name));
  if (named === undefined && containers.length > 1)
    return [
      notChecked("process", "It has several containers, and no HaltPolicy says which one is the node."),
      ...containers.flatMap((each) => haltedFinding(pod, each, false)),
    ];
  if (container === undefined)
    return [
      todo("process", `It has no container ${printable(named ?? "")}.`, "Mend spec.container of the policy."),
    ];
  return [
    ...haltedFinding(pod, container, policy !== undefined),
    haltFinding(pod, container, policy !== undefined),
    crashFinding(pod, container),
    evidenceFinding(container),
    ...contractFinding(container, policy?.spec.inferredHalts),
    ...(policy === undefined ? [] : rpcFinding(container, policy.spec.rpcPort)),
  ];
}

function fateOfHalt(pod: Pod, container: Container, code: number): Fate | "held" | "lost" {
  const arrival = arrivalOf({ kind: "exited", code }, betweenInCommand(commandOf(container)), true);
  if (arrival.kind === "held") return "held";
  if (arrival.kind === "unsure" || arrival.end.kind !== "exited") return "lost";
  return kubeletFate(pod, container, arrival.end.code);
}

function haltFinding(pod: Pod, container: Container, isGoverned: boolean): Finding {
  const codes = HALT_REASONS.map(exitCode);
  const fates = codes.map((code) => fateOfHalt(pod, container, code));
  const again = codes.filter((_, index) => fates[index] === "started-again");
  if (fates.includes("lost"))
    return todo(
      "halt",
      "What stands before the node in its command may hide its exit code: a pipe, a loop or a further command of a shell does.",
      "Start the node with exec as the last command, and write its log to standard output.",
    );
  if (fates.includes("unsure"))
    return todo(
      "halt",
      "Its restart rules are not understood.",
      "Compare them with docs/guides/kubernetes.md.",
    );
  const served = fates.includes("held") ? servedPort(container) : undefined;
  const probed = served === undefined ? undefined : heldProbeFinding(container, served);
  if (probed !== undefined) return probed;
  const owner = controllerOf(pod);
  if (
    again.length === 0 &&
    !fates.includes("held") &&
    owner !== undefined &&
    pod.spec.containers.length === 1
  )
    return todo(
      "halt",
      `After 70, 71 and 72 its only container would stay down, and its ${printable(owner)} recreates a pod that failed at once.`,
      "Give it a second container that keeps running, such as registry.k8s.io/pause.",
    );
  if (again.length === 0 && !fates.includes("held") && owner !== undefined && !isKeptRunning(pod, container))
    return notChecked(
      "halt",
      `After 70, 71 and 72 its container would stay down, and its ${printable(owner)} recreates the pod once its other containers have ended as well: none of them is always started again.`,
      "Give it a second container that keeps running, such as registry.k8s.io/pause.",
    );
  const unseen = unseenEntry(container);
  if (unseen !== undefined)
    return notChecked(
      "halt",
      `Whether 70, 71 and 72 arrive is not known: ${printable(unseen)} was not looked into, and may start the node again or end with another code.`,
      "Let it start the node with exec as its last command, and once.",
    );
  if (again.length === 0) return ok("halt", "After 70, 71 and 72 its container would not be started again.");
  const words = `After ${again.join(", ")} its container would be started again into the same halt`;
  if (isGoverned) return ok("halt", `${words}, until ${whoActs(again)}.`);
  return todo("halt", `${words}, for ever.`, "Give it the restartPolicyRules of docs/guides/kubernetes.md.");
}

/** On a halt for a downgrade the controller never acts: it pages. */
function whoActs(codes: readonly number[]): string {
  const downgrade = exitCode(ShutdownReason.DowngradeDetected);
  if (!codes.includes(downgrade)) return "the controller or a person acts";
  if (codes.length === 1) return "a person acts, whom the controller pages";
  return `the controller or a person acts, and after ${downgrade} a person alone, whom the controller pages`;
}

/** Whether a pod goes on while this container stays down: a sidecar does not count. */
function isKeptRunning({ spec }: Pod, container: Container): boolean {
  return spec.containers.some(
    (other) => other !== container && (other.restartPolicy ?? spec.restartPolicy ?? "Always") === "Always",
  );
}

/** The kind of what makes the pod anew. */
function controllerOf({ metadata }: Pod): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)?.kind;
}

function evidenceFinding(container: Container): Finding {
  const { terminationMessagePolicy } = container;
  const past = outputIn(commandOf(container));
  if (past !== undefined)
    return todo(
      "evidence",
      `Its output goes to ${printable(past)}, and not into the container's log: the halt line is in no termination message.`,
      "Take the redirection out of its command.",
    );
  if (terminationMessagePolicy === "FallbackToLogsOnError")
    return ok("evidence", "The end of its log becomes the termination message.");
  return todo(
    "evidence",
    "The halt line does not become its termination message.",
    "Set terminationMessagePolicy: FallbackToLogsOnError.",
  );
}

function contractFinding(
  container: Container,
  inferred: HaltPolicy["spec"]["inferredHalts"] | undefined,
): Finding[] {
  const command = commandOf(container);
  const exec = betweenInCommand(command).find(
    (step): step is ExecWrapper => step.kind === "exec" && step.announce,
  );
  const lacks = exec === undefined ? [] : announcerLacks(exec, outputIn(commandOfExec(command) ?? []));
  if (lacks.length > 0) return lacks;
  const unseen = unseenIn(command);
  if (exec !== undefined && unseen !== undefined) return [announcesUnread(unseen)];
  if (exec !== undefined) return [ok("contract", "upgrade-halt exec --announce announces its halts.")];
  const where =
    command.length === 0 || container.command === undefined || container.command === null
      ? " (its image's entry point was not seen)"
      : "";
  const then = inferred === undefined ? "" : ` ${WITHOUT_ANNOUNCEMENT[inferred]}`;
  return [
    todo(
      "contract",
      `Nothing shows that it announces its halts${where}, and no released node does.${then}`,
      "Put upgrade-halt exec --announce before its command: docs/guides/today.md.",
    ),
  ];
}

/** What a policy makes of a halt that the controller inferred. */
const WITHOUT_ANNOUNCEMENT = {
  Ignore: "Its policy ignores halts that are inferred.",
  Page: "Its policy only pages for a halt that is inferred.",
  Act: "Its policy acts on a halt that is inferred.",
} as const;
