import { exitCode } from "@upgrade-halt/contract";
import { HALT_REASONS } from "../../halt-reasons.ts";
import { printable } from "../../printable.ts";
import { describeEnd, listed } from "../crashes.ts";
import type { EngineClient } from "../engine-client.ts";
import type { Supervised } from "../facts.ts";
import { fateOf, type RestartRules, type Revival, revivalOf } from "../fate/restart-rules.ts";
import { type Arrival, arrivalOf } from "../fate/way-out.ts";
import { type Finding, notChecked, ok, todo } from "../finding.ts";
import { crashFinding } from "./crash.ts";
import { describeSupervisor, lowerFirst } from "./supervisor.ts";

/** Whether 70, 71 and 72 would be started again, and whether a crash would. */
export function restartFindings(supervised: Supervised): Finding[] {
  return [...haltFindings(supervised), crashFinding(supervised)];
}

/** The codes of each outcome, told together. */
function haltFindings(supervised: Supervised): Finding[] {
  const { rules, between, supervisor } = supervised;
  if (rules.kind === "unseen")
    return [
      todo("halt", `Whether 70, 71 and 72 would be started again is not known: ${rules.why}.`, rules.instead),
    ];
  const outcomes = new Map<string, { readonly codes: number[]; readonly say: (codes: string) => Finding }>();
  for (const code of HALT_REASONS.map(exitCode)) {
    const arrival = arrivalOf({ kind: "exited", code }, between, true);
    const { key, say } = outcomeOf(arrival, rules, describeSupervisor(supervisor));
    const told = outcomes.get(key);
    if (told === undefined) outcomes.set(key, { codes: [code], say });
    else told.codes.push(code);
  }
  return [...outcomes.values()].map(({ codes, say }) => say(listed(codes)));
}

interface Outcome {
  readonly key: string;
  readonly say: (codes: string) => Finding;
}

function outcomeOf(arrival: Arrival, rules: RestartRules, who: string): Outcome {
  const { client } = arrival;
  if (client !== undefined && arrival.kind !== "arrives") return ofContainer(client, who);
  if (arrival.kind === "held")
    return {
      key: "held",
      say: (codes) =>
        ok(
          "halt",
          `After ${codes} upgrade-halt exec waits in the node's place, and nothing is started again.`,
        ),
    };
  if (arrival.kind === "unsure")
    return {
      key: "unsure",
      say: (codes) =>
        todo(
          "halt",
          `Whether ${codes} would be started again is not known: ${printable(arrival.because)} may change them.`,
          "Make sure that exit codes arrive unchanged.",
        ),
    };
  const { end, changedBy } = arrival;
  const fate = fateOf(rules, end);
  const revival = fate === "stays-down" && rules.kind === "systemd" ? revivalOf(rules, end) : undefined;
  const as = changedBy === undefined ? "" : `, which ${changedBy} turns into ${describeEnd(end)},`;
  if (revival !== undefined)
    return { key: `${revival.by} ${as}`, say: (codes) => sayRevival(revival, `${codes}${as}`, who) };
  if (fate === "stays-down" && client !== undefined) return ofContainer(client, who);
  if (fate === "stays-down" && rules.kind === "engine")
    return { key: `engine ${as}`, say: (codes) => sayEngine(`${codes}${as}`, who) };
  return {
    key: `${fate} ${changedBy === undefined ? "" : `${changedBy} ${describeEnd(end)}`}`,
    say: (codes) =>
      sayFate(fate, `${codes}${as}`, who, changedBy === undefined ? adviceFor(rules) : keepCodes(changedBy)),
  };
}

/** Behind a client only the container tells what becomes of a halt. */
function ofContainer({ name, hides }: EngineClient, who: string): Outcome {
  const command = printable(name);
  if (hides === undefined)
    return {
      key: "container",
      say: (codes) =>
        notChecked(
          "halt",
          `${codes} would stay down under ${lowerFirst(who)} as far as ${command} hands them on: the container was not looked at.`,
          "Ask about the container with --container: it needs the restart policy no.",
        ),
    };
  return {
    key: "container",
    say: (codes) =>
      todo(
        "halt",
        `${codes} would not reach ${lowerFirst(who)} through ${command}: what is started again hangs on the container.`,
        "Ask about the container with --container, and put upgrade-halt exec --hold before its command: docs/guides/docker-compose.md.",
      ),
  };
}

function sayFate(fate: ReturnType<typeof fateOf>, what: string, who: string, advice: string): Finding {
  switch (fate) {
    case "stays-down":
      return ok("halt", `${what} would stay down under ${lowerFirst(who)}.`);
    case "started-again":
      return todo("halt", `${what} would be started again by ${lowerFirst(who)}, for ever.`, advice);
    case "unsure":
      return todo("halt", `Whether ${what} would stay down under ${lowerFirst(who)} is not sure.`, advice);
  }
}

function sayRevival({ fate, by, advice }: Revival, what: string, who: string): Finding {
  const found =
    fate === "started-again"
      ? `${what} would not be restarted by ${lowerFirst(who)}, and ${printable(by)} brings the node back all the same.`
      : `${what} would stay down under ${lowerFirst(who)}, unless ${printable(by)} starts it again.`;
  return fate === "started-again"
    ? todo("halt", found, printable(advice))
    : notChecked("halt", found, printable(advice));
}

/** An engine knows nothing of what ran it: a unit around `docker run` sees the same code. */
function sayEngine(what: string, who: string): Finding {
  return notChecked(
    "halt",
    `${what} would stay down under ${lowerFirst(who)}, unless something outside of it starts the container again.`,
    "If a unit runs it by docker run, docker start -a or podman run, that unit needs RestartPreventExitStatus=70 71 72: ask about it with --unit.",
  );
}

function keepCodes(changedBy: string): string {
  return changedBy === "cosmovisor"
    ? "Run the node inside cosmovisor, or cosmovisor itself, under upgrade-halt exec --announce: docs/guides/cosmovisor.md."
    : `Take the option off: ${changedBy} hides the halt.`;
}

/** What makes a supervisor hold, in one sentence. */
export function adviceFor(rules: RestartRules): string {
  switch (rules.kind) {
    case "systemd":
      return "Add RestartPreventExitStatus=70 71 72 to the unit, as single numbers and no range.";
    case "engine":
      return "No restart policy tells one exit code from another: put upgrade-halt exec --hold before the command (docs/guides/docker-compose.md).";
    case "supervisord":
      return "Set autorestart=unexpected, exitcodes=0,70,71,72 and startsecs=0 in the program's section.";
    case "pm2":
      return rules.startedBy.length === 0
        ? "Set stop_exit_codes: [70, 71, 72] in an ecosystem file, and start it from there."
        : `Take ${rules.startedBy.join(" and ")} out: pm2 starts by it what stop_exit_codes holds, too.`;
    case "finish":
      return rules.of === "runit"
        ? "Let the service's finish call `sv down .` for 70, 71 and 72: docs/supervisors.md has the script."
        : "Let the service's finish exit with 125 for 70, 71 and 72: docs/supervisors.md has the script.";
    case "always":
      return "It restarts whatever ends: put upgrade-halt exec --hold before the command.";
    case "never":
      return "Run it under a supervisor that restarts crashes.";
    case "unseen":
      return rules.instead;
  }
}
