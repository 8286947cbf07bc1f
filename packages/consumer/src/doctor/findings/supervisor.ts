import { printable } from "../../printable.ts";
import type { EngineClient } from "../engine-client.ts";
import type { Facts } from "../facts.ts";
import { type Finding, notChecked, ok, todo } from "../finding.ts";
import type { Supervision, Supervisor } from "../supervisor.ts";

/** Which process is the node, who supervises it, and what stands between. */
export function supervisorFindings({ node, supervised }: Facts): Finding[] {
  return [processFinding(node), ...(supervised === undefined ? [] : around(supervised))];
}

function processFinding(node: Facts["node"]): Finding {
  switch (node.kind) {
    case "running":
      return ok(
        "process",
        `The node is process ${node.pid} (${printable(node.command, 80)}), found by ${node.foundBy}.`,
      );
    case "not-running":
      return todo(
        "process",
        `${printable(node.name)} does not run.`,
        "Start it and ask again: its parents and its output are seen only while it runs.",
      );
    case "in-container":
      return notChecked(
        "process",
        `The node is in a container behind ${printable(node.client.name)}, found by ${node.foundBy}.`,
        askContainer(node.client),
      );
    case "out-of-sight":
      return todo(
        "process",
        `${printable(node.name)} runs where its processes cannot be seen from here.`,
        "Ask again as root on the machine of the engine itself.",
      );
    case "not-found":
      return todo(
        "process",
        `The node was not found: ${node.why}.`,
        "Say which it is with --pid, --unit or --container.",
      );
  }
}

/** Whom to ask about a container that was not looked at. */
function askContainer({ container }: EngineClient): string {
  return `Ask again with --container ${container === undefined ? "and its name" : printable(container)}.`;
}

function around({ supervisor, between }: Supervision): Finding[] {
  return [supervisorFinding(supervisor), ...between.flatMap(betweenFinding)];
}

function supervisorFinding(supervisor: Supervisor): Finding {
  switch (supervisor.kind) {
    case "nobody":
      return todo(
        "supervisor",
        `Nothing supervises it: it runs in the session ${printable(supervisor.session)}.`,
        "Run it under a supervisor that holds 70, 71 and 72: docs/supervisors.md has a configuration for each.",
      );
    case "unseen":
      return todo("supervisor", unseenWords(supervisor.parents), UNSEEN_ADVICE);
    default:
      return ok("supervisor", `${describeSupervisor(supervisor)} supervises it.`);
  }
}

const UNSEEN_ADVICE =
  "Find out what starts it again, and whether 70, 71 and 72 hold it; inside a container, ask again on the host with --container, or with --objects for a pod.";

function unseenWords(parents: readonly string[]): string {
  if (parents.length === 0)
    return "What supervises it is not known: it is the first process that can be seen, as in a container.";
  return `What supervises it is not known: its parents are ${printable(parents.join(", then "), 200)}.`;
}

/** `systemd (seid.service)` */
export function describeSupervisor(supervisor: Supervisor): string {
  switch (supervisor.kind) {
    case "systemd":
      return `systemd${supervisor.isUser ? " of a user" : ""} (${printable(supervisor.unit)})`;
    case "docker":
      return `Docker (container ${printable(supervisor.container.slice(0, 12))})`;
    case "podman":
      return `Podman (container ${printable(supervisor.container.slice(0, 12))})`;
    case "kubelet":
      return "A kubelet";
    case "runit":
    case "s6":
    case "daemontools":
      return `${supervisor.kind} (${printable(supervisor.folder)})`;
    case "supervisord":
    case "pm2":
      return supervisor.kind;
    case "by-name":
      return supervisor.name;
    case "nobody":
    case "unseen":
      return "Nothing that is known";
  }
}

/** `A kubelet` in the middle of a sentence. */
export function lowerFirst(text: string): string {
  return text.replace(/^(?:A|Nothing)\b/, (word) => word.toLowerCase());
}

function betweenFinding(step: Supervision["between"][number]): Finding[] {
  switch (step.kind) {
    case "shell":
      return [
        todo(
          "between",
          `The shell ${printable(step.name)} stands between: it hands on the exit code only where the node is its last command, and no SIGTERM.`,
          "Start the node with exec in that script.",
        ),
      ];
    case "client":
      return [clientFinding(step)];
    case "unknown":
      return [
        todo(
          "between",
          `${printable(step.name)} stands between, and what it makes of an exit code is not known.`,
          "Try it with a command that ends with 70, or take it out.",
        ),
      ];
    case "init":
    case "passes-on":
      return [ok("between", `${printable(step.name)} stands between, and hands on exit codes.`)].filter(
        () => step.kind === "passes-on" || step.hides.length === 0,
      );
    case "exec":
      return [
        ok(
          "between",
          `upgrade-halt exec${step.announce ? " --announce" : ""}${step.hold ? " --hold" : ""} stands between, and keeps exit codes.`,
        ),
      ];
    case "cosmovisor":
      return [
        ok(
          "between",
          "cosmovisor stands between: it acts on upgrade-info.json, and ends with 1 for every other halt.",
        ),
      ];
  }
}

function clientFinding(client: EngineClient): Finding {
  const name = printable(client.name);
  if (client.hides === undefined)
    return notChecked(
      "between",
      `${name} stands between, and hands on the exit code of its container only where no restart policy starts that again.`,
      `${askContainer(client)} It needs the restart policy no, and a command that ends as the node does.`,
    );
  return todo(
    "between",
    `${name} stands between, and what the node ends with does not arrive: ${printable(client.hides)}.`,
    `${askContainer(client)} With any restart policy but no, put upgrade-halt exec --hold before the command in the container: docs/guides/docker-compose.md.`,
  );
}
