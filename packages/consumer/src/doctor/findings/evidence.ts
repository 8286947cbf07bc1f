import { printable } from "../../printable.ts";
import type { EngineClient } from "../engine-client.ts";
import type { EvidenceFacts, FileFacts, OutputFacts, Supervised } from "../facts.ts";
import { type Finding, notChecked, ok, todo } from "../finding.ts";

/** Whether the halt line can be read after the node ended: a code alone is no proof. */
export function evidenceFindings({ between, evidence, past }: Supervised): Finding[] {
  const behind = between.find(
    (step): step is EngineClient => step.kind === "client" && step.hides !== undefined,
  );
  if (behind !== undefined)
    return [
      notChecked(
        "evidence",
        `The node's log is its container's, which ${printable(behind.name)} may not hand on.`,
        "Ask about the container with --container.",
      ),
    ];
  const exec = between.find(({ kind }) => kind === "exec");
  if (exec !== undefined && past !== undefined)
    return [
      todo(
        "evidence",
        `The node's output goes to ${printable(past)} past upgrade-halt exec, which so reads no halt line.`,
        "Take the redirection out: exec passes on what it reads.",
      ),
    ];
  if (exec !== undefined)
    return [ok("evidence", "upgrade-halt exec reads the node's output itself, and says why it ended.")];
  switch (evidence.kind) {
    case "systemd":
      return systemdEvidence(evidence, past);
    case "engine":
      return [engineEvidence(evidence, past)];
    case "output":
      return [outputEvidence(evidence.goesTo)];
  }
}

/** Where what a unit writes is found by its invocation: not as `kmsg`, which names no unit. */
const JOURNALED = /^(?:journal|syslog|inherit|)(?:\+console)?$/;

type SystemdEvidence = EvidenceFacts & { kind: "systemd" };

function systemdEvidence(facts: SystemdEvidence, past: string | undefined): Finding[] {
  const { hook, journal, output, error, logNamespace } = facts;
  if (hook === undefined)
    return [
      todo(
        "evidence",
        "No ExecStopPost= of the unit runs upgrade-halt systemd-hook, so nothing says why the node ended.",
        "Add ExecStopPost=/usr/bin/upgrade-halt systemd-hook --journal: docs/guides/systemd.md.",
      ),
    ];
  if (hook.log !== undefined) return [logEvidence(hook.log)];
  if (!hook.journal)
    return [
      todo(
        "evidence",
        "The hook reads no log, so an exit code is never corroborated.",
        "Add --journal to it, or --log FILE.",
      ),
    ];
  if (journal.kind === "missing")
    return [
      todo(
        "evidence",
        "There is no journalctl on this PATH, and the hook needs it.",
        "Install it, or give the hook --log FILE.",
      ),
    ];
  for (const [name, what, goesTo] of [
    ["StandardOutput", "output", output],
    ["StandardError", "standard error", error],
  ] as const) {
    if (JOURNALED.test(goesTo)) continue;
    return [
      todo(
        "evidence",
        `The unit sends its ${what} to ${printable(goesTo)}, and the hook looks in the journal.`,
        `Take ${name}= out of the unit, or give the hook --log FILE.`,
      ),
    ];
  }
  if (logNamespace !== "")
    return [
      todo(
        "evidence",
        `The unit logs to the journal's namespace ${printable(logNamespace)}, and the hook looks in the system's journal alone.`,
        "Take LogNamespace= out of the unit, or give the hook --log FILE.",
      ),
    ];
  if (past !== undefined)
    return [
      todo(
        "evidence",
        `The node's output goes to ${printable(past)}, and the hook looks in the journal.`,
        "Take the redirection out of the command, or give the hook --log FILE.",
      ),
    ];
  return [hookEvidence(facts, hook.isPrivileged), ...ownJournal(journal)];
}

/** systemd-journald.service(8), "Access control". */
const MAY_READ_JOURNAL = new Set(["systemd-journal", "adm", "wheel"]);

function hookEvidence({ user, groups }: SystemdEvidence, isPrivileged: boolean): Finding {
  if (isPrivileged || user === undefined || user === "root" || user === "0")
    return ok("evidence", "The hook reads the halt line from the journal, as root.");
  if (groups.some((group) => MAY_READ_JOURNAL.has(group)))
    return ok("evidence", `The hook reads the halt line from the journal, as ${printable(user)}.`);
  return todo(
    "evidence",
    `The hook runs as ${printable(user)}, who is in no group that may read the journal, so the halt line is lost.`,
    "Add SupplementaryGroups=systemd-journal to the unit.",
  );
}

function ownJournal(journal: SystemdEvidence["journal"]): Finding[] {
  if (journal.kind !== "refused") return [];
  return [
    todo(
      "evidence",
      `You cannot read the journal of the unit yourself (${printable(journal.words, 120)}).`,
      "Join the group systemd-journal, or ask again as root.",
    ),
  ];
}

function logEvidence({ path, refused }: FileFacts): Finding {
  if (refused === undefined) return ok("evidence", `The halt line can be read from ${printable(path)}.`);
  return todo(
    "evidence",
    `The log ${printable(path)} cannot be read: ${printable(refused)}.`,
    "Make it readable, or name another.",
  );
}

function engineEvidence(
  { driver, isRemoved }: EvidenceFacts & { kind: "engine" },
  past: string | undefined,
): Finding {
  if (isRemoved)
    return todo(
      "evidence",
      "The container is removed when it ends, and its log and exit code with it.",
      "Start it without --rm.",
    );
  if (driver === "none")
    return todo(
      "evidence",
      "The container has no log (driver none), so the halt line is lost.",
      "Use the driver local or json-file.",
    );
  if (past !== undefined)
    return todo(
      "evidence",
      `The node's output goes to ${printable(past)}, and the engine's log has no halt line.`,
      "Take the redirection out of the command.",
    );
  return ok("evidence", `The engine keeps the log (driver ${printable(driver)}).`);
}

function outputEvidence(output: OutputFacts): Finding {
  switch (output.kind) {
    case "file":
      return logEvidence(output);
    case "pipe":
      return ok("evidence", "The node's output goes to its supervisor or a logger.");
    case "null":
      return todo(
        "evidence",
        "The node's output is thrown away (/dev/null), and the halt line with it.",
        "Send it to a file, or put upgrade-halt exec before the command.",
      );
    case "terminal":
      return todo(
        "evidence",
        "The node's output goes to a terminal and is kept nowhere.",
        "Send it to a file, or put upgrade-halt exec before the command.",
      );
    case "unseen":
      return todo(
        "evidence",
        `Where the node's output goes was not seen: ${printable(output.why)}.`,
        "Ask again as the node's user or root.",
      );
  }
}
