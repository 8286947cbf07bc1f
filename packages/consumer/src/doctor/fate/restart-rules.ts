import type { Fate, SeenEnd } from "./fate.ts";
import { finishFate } from "./finish-fate.ts";

/** What a supervisor's configuration says of a node that ended, as far as it was read. */
export type RestartRules =
  | SystemdRules
  /** Docker and Podman: `no`, `on-failure`, `always` or `unless-stopped`; `maximum` 0 is no bound. */
  | { readonly kind: "engine"; readonly policy: string; readonly maximum: number }
  | {
      readonly kind: "supervisord";
      readonly autorestart: "true" | "false" | "unexpected";
      readonly exitCodes: readonly number[];
      readonly startSeconds: number;
    }
  | {
      readonly kind: "pm2";
      readonly autorestart: boolean;
      readonly stopExitCodes: readonly number[];
      /** What starts the node whatever became of it: `cron_restart`, `watch`. */
      readonly startedBy: readonly string[];
    }
  /** runit and s6: the text of `finish`, where there is one. */
  | { readonly kind: "finish"; readonly of: "runit" | "s6"; readonly script: string | undefined }
  /** Whatever ends is started again. */
  | { readonly kind: "always" }
  /** Nothing is ever started again. */
  | { readonly kind: "never" }
  /** It was not read: why, as a clause, and what to do instead. */
  | { readonly kind: "unseen"; readonly why: string; readonly instead: string };

/** Of `systemctl show`, as systemd understood the unit. Statuses are numbers and names of signals, as it prints them. */
export interface SystemdRules {
  readonly kind: "systemd";
  /** `Restart=` */
  readonly restart: string;
  /** `RestartPreventExitStatus=` */
  readonly prevented: readonly string[];
  /** `RestartForceExitStatus=` */
  readonly forced: readonly string[];
  /** `SuccessExitStatus=` */
  readonly success: readonly string[];
  /** `ExecStart=-`: every end counts as a clean one. */
  readonly isAlwaysClean: boolean;
  readonly afterwards: Afterwards;
}

/** What systemd does after a unit ended and is not restarted. */
export interface Afterwards {
  /** `FailureAction=` and `SuccessAction=`; `none` is nothing. */
  readonly failureAction: string;
  readonly successAction: string;
  /** Units of `OnFailure=` and `OnSuccess=`. */
  readonly onFailure: readonly string[];
  readonly onSuccess: readonly string[];
  /** Units whose `Upholds=` names this one. */
  readonly upheldBy: readonly string[];
  /** Services with `Requires=`, `Wants=` or `BindsTo=` of it: systemd starts it with each start and restart of theirs. */
  readonly pulledInBy: readonly string[];
  /** Timers, paths and sockets that start it. */
  readonly triggeredBy: readonly string[];
  /** `ExecStop` and `ExecStopPost` where a command of theirs starts a unit: they run after each end. */
  readonly startingHooks: readonly string[];
}

/** What a supervisor does about an end, by its documented rules. */
export function fateOf(rules: RestartRules, end: SeenEnd): Fate {
  switch (rules.kind) {
    case "systemd":
      return systemdFate(rules, end);
    case "engine":
      return engineFate(rules.policy, end);
    case "supervisord":
      return supervisordFate(rules, end);
    case "pm2": {
      const stops = end.kind === "exited" && rules.stopExitCodes.includes(end.code);
      const isLeft = rules.startedBy.length === 0 && (!rules.autorestart || stops);
      return isLeft ? "stays-down" : "started-again";
    }
    case "finish":
      return finishFate(rules.script, rules.of, end);
    case "always":
      return "started-again";
    case "never":
      return "stays-down";
    case "unseen":
      return "unsure";
  }
}

/** systemd.service(5), table "Exit causes and the effect of the Restart= settings". */
function systemdFate(rules: SystemdRules, end: SeenEnd): Fate {
  const { restart, prevented, forced } = rules;
  if (isOneOf(prevented, end)) return "stays-down";
  if (isOneOf(forced, end)) return "started-again";
  return isRestarted(restart, isClean(rules, end), end.kind) ? "started-again" : "stays-down";
}

function isOneOf(statuses: readonly string[], end: SeenEnd): boolean {
  const status = end.kind === "exited" ? String(end.code) : end.signal;
  return statuses.some((name) => name.replace(/^SIG/, "") === status);
}

function isClean({ success, isAlwaysClean }: SystemdRules, end: SeenEnd): boolean {
  return isAlwaysClean || (end.kind === "exited" && end.code === 0) || isOneOf(success, end);
}

/** What may start a unit that stays down after this end: how sure that is, as what is set, and what to do about it. */
export interface Revival {
  readonly fate: Exclude<Fate, "stays-down">;
  readonly by: string;
  readonly advice: string;
}

/** systemd.unit(5): what systemd does by itself once a unit has failed, or ended well. */
export function revivalOf(rules: SystemdRules, end: SeenEnd): Revival | undefined {
  const { afterwards } = rules;
  const clean = isClean(rules, end);
  const [unit] = afterwards.upheldBy;
  if (unit !== undefined)
    return {
      fate: "started-again",
      by: `Upholds= of ${unit}`,
      advice: `Take it out of Upholds= of ${unit}.`,
    };
  if (afterwards.pulledInBy.length > 0) {
    const services = afterwards.pulledInBy.join(" and ");
    return {
      fate: "unsure",
      by: services,
      advice: `Leave it After= alone in ${services}: with Requires=, Wants= or BindsTo= each restart there starts this one, too.`,
    };
  }
  const [name, action] = clean
    ? (["SuccessAction", afterwards.successAction] as const)
    : (["FailureAction", afterwards.failureAction] as const);
  if (action !== "" && action !== "none")
    return { fate: "started-again", by: `${name}=${action}`, advice: `Take ${name}= out of the unit.` };
  const [setting, units] = clean
    ? (["OnSuccess", afterwards.onSuccess] as const)
    : (["OnFailure", afterwards.onFailure] as const);
  if (units.length > 0)
    return {
      fate: "unsure",
      by: `${setting}=${units.join(" ")}`,
      advice: `See that ${units.join(" and ")} does not start it again.`,
    };
  if (afterwards.startingHooks.length > 0) {
    const hooks = afterwards.startingHooks.map((hook) => `${hook}=`).join(" and ");
    return {
      fate: "unsure",
      by: `a command of ${hooks}`,
      advice: `See that no command of ${hooks} starts a halted node: each runs after every end.`,
    };
  }
  if (afterwards.triggeredBy.length === 0) return undefined;
  const triggers = afterwards.triggeredBy.join(" and ");
  return {
    fate: "unsure",
    by: triggers,
    advice: `Stop ${triggers}, or see that it does not start a halted node.`,
  };
}

function isRestarted(restart: string, isClean: boolean, kind: SeenEnd["kind"]): boolean {
  switch (restart) {
    case "always":
      return true;
    case "on-success":
      return isClean;
    case "on-failure":
      return !isClean;
    case "on-abnormal":
    case "on-abort":
      return !isClean && kind === "signalled";
    default:
      return false;
  }
}

/** A number of attempts is spent in a moment and holds nothing. */
function engineFate(policy: string, end: SeenEnd): Fate {
  switch (policy) {
    case "":
    case "no":
      return "stays-down";
    case "on-failure":
      return end.kind === "exited" && end.code === 0 ? "stays-down" : "started-again";
    case "always":
    case "unless-stopped":
      return "started-again";
    default:
      return "unsure";
  }
}

function supervisordFate(
  { autorestart, exitCodes, startSeconds }: RestartRules & { kind: "supervisord" },
  end: SeenEnd,
): Fate {
  if (autorestart === "false") return startSeconds > 0 ? "unsure" : "stays-down";
  const isExpected = end.kind === "exited" && exitCodes.includes(end.code);
  if (autorestart === "true" || !isExpected) return "started-again";
  // An end within startsecs is a failed start, whatever its code.
  return startSeconds > 0 ? "unsure" : "stays-down";
}
