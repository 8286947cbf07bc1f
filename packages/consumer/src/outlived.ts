import type { EndedProcess, HaltBelief } from "./evidence.ts";
import type { Facts } from "./facts.ts";
import type { Claim } from "./halt-case.ts";
import { announcedBy, announces, hasWorked } from "./process-end.ts";

/**
 * A run that lasted longer is no crash of the restart after a halt, in ms: a node that is started again at its halt ends while
 * it replays that block. A kubelet takes a container that ran for as long to be over its crash, too.
 */
const RESTART_CRASH_MS = 10 * 60_000;

/**
 * Whether a whole run came after a halt that an earlier instance announced: it lived on for longer than a restart at the halt
 * does, ended otherwise, and its own log does not show the halt again.
 */
export function isOutlived(claim: Claim | undefined, { latest }: Facts): boolean {
  if (latest === undefined || announcedBy(latest.end).kind !== "outside") return false;
  return isLongRun(latest) && !showsAgain(claim, latest);
}

/** The same for a halt that was believed, where the run that ended cannot be the one that halted. */
export function isBeliefOutlived(believed: HaltBelief, facts: Facts): boolean {
  const claim = believed.kind === "halted" ? believed : undefined;
  return (
    facts.latest !== undefined && isOutlived(claim, facts) && isOfAnotherRun(believed, facts.latest, facts)
  );
}

/**
 * Whether the newest process leaves a halt from before it as it was: it ended as one does that is started again at its halt, or its
 * log tells of that very halt. One that runs has to announce the halt itself, and so has one that worked for a while or ended otherwise.
 */
export function isShown(claim: Claim, { evidence, running, latest, earlier }: Facts): boolean {
  if (running !== undefined) return false;
  // Nobody looked at the process.
  if (latest === undefined) return evidence.process === undefined;
  if (tells(latest, claim)) return true;
  return isRestart(latest) && (earlier === undefined || isRestart(earlier) || isOfHalt(earlier, claim));
}

/** As a process ends that was stopped or panics while it starts: by 2 or a signal, and soon. */
function isRestart(process: EndedProcess): boolean {
  const { end } = process;
  const isSignal = end.kind === "signalled" || (end.kind === "exited" && end.code > 128 && end.code <= 192);
  return (isSignal || (end.kind === "exited" && end.code === 2)) && !hasWorked(process);
}

/** Whether the halt is one of the instance before the newest, which had a whole run since, and does not tell of it. */
export function isLeftBehind(claim: Claim, { latest, earlier }: Facts): boolean {
  if (latest === undefined || earlier === undefined) return false;
  return isLongRun(latest) && isOfHalt(earlier, claim) && !tells(latest, claim);
}

/** Whether it announced a halt for that reason as it ended, or its log tells of it. */
function isOfHalt(process: EndedProcess, claim: Claim): boolean {
  return announces(process, claim.reason) || tells(process, claim);
}

function tells({ planLines = [] }: EndedProcess, { reason, plan, height }: Claim): boolean {
  return planLines.some(
    (line) =>
      line.replaced !== true &&
      line.reason === reason &&
      line.plan !== undefined &&
      line.plan === plan &&
      line.height === height,
  );
}

/** Whether it ran for longer than a restart at a halt does. Unknown is no. */
export function isLongRun({ startedAt, endedAt }: EndedProcess): boolean {
  return startedAt !== undefined && endedAt !== undefined && endedAt - startedAt > RESTART_CRASH_MS;
}

function showsAgain(claim: Claim | undefined, { planLines = [] }: EndedProcess): boolean {
  return planLines.some((line) => line.replaced !== true && (claim === undefined || agrees(line, claim)));
}

/**
 * A node that exits at its halt has ended by it. One that stays alive is ended from outside alone, by a signal; one that
 * announces nothing and stands still also exits with 0 then.
 */
function isOfAnotherRun(believed: HaltBelief, { end }: EndedProcess, { earlier }: Facts): boolean {
  if (believed.kind === "halted" && believed.sources.includes("exit-code")) return true;
  if (end.kind !== "exited" || end.code > 128) return false;
  if (believed.kind !== "halted" || believed.inferred !== true) return true;
  const before = earlier?.planLines ?? [];
  return end.code !== 0 || before.some((line) => agrees(line, believed));
}

function agrees(line: Claim, claim: Claim): boolean {
  return (
    line.reason === claim.reason &&
    (claim.plan === undefined || line.plan === claim.plan) &&
    (claim.height === undefined || line.height === undefined || line.height === claim.height)
  );
}
