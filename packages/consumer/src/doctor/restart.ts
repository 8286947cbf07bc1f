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
  | { readonly kind: "pm2"; readonly autorestart: boolean; readonly stopExitCodes: readonly number[] }
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
      return !rules.autorestart || stops ? "stays-down" : "started-again";
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
function systemdFate({ restart, prevented, forced, success }: SystemdRules, end: SeenEnd): Fate {
  const status = end.kind === "exited" ? String(end.code) : end.signal;
  const isOneOf = (statuses: readonly string[]) =>
    statuses.some((name) => name.replace(/^SIG/, "") === status);
  if (isOneOf(prevented)) return "stays-down";
  if (isOneOf(forced)) return "started-again";
  const isClean = status === "0" || isOneOf(success);
  return isRestarted(restart, isClean, end.kind) ? "started-again" : "stays-down";
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
