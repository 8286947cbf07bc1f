import { printable } from "../../printable.ts";
import { CRASHES, describeEnd, listed } from "../crashes.ts";
import type { Supervised } from "../facts.ts";
import { fateOf } from "../fate/restart-rules.ts";
import { arrivalOf } from "../fate/way-out.ts";
import { type Finding, ok, todo } from "../finding.ts";
import { describeSupervisor, lowerFirst } from "./supervisor.ts";

/** Whether a supervisor would start a node again after each way to crash. */
export function crashFinding({ rules, between, supervisor }: Supervised): Finding {
  if (rules.kind === "unseen")
    return todo("crash", `Whether a crash would be started again is not known: ${rules.why}.`, rules.instead);
  const arrivals = CRASHES.map((end) => arrivalOf(end, between, false));
  const fates = arrivals.map((arrival) =>
    arrival.kind === "arrives" ? fateOf(rules, arrival.end) : "unsure",
  );
  const who = lowerFirst(describeSupervisor(supervisor));
  if (fates.every((fate) => fate === "started-again"))
    return ok("crash", `A crash would be started again by ${who}.`);
  const down = CRASHES.filter((_, index) => fates[index] === "stays-down").map(describeEnd);
  if (down.length > 0)
    return todo(
      "crash",
      `A crash${down.length === CRASHES.length ? "" : ` that ends with ${listed(down)}`} would stay down under ${who}.`,
      "Set a restart for crashes, unless a person is to look at each one.",
    );
  const lost = arrivals.find((arrival) => arrival.kind === "unsure");
  if (lost !== undefined)
    return todo(
      "crash",
      `Whether a crash would be started again by ${who} is not sure: ${printable(lost.because)} may change its exit code.`,
      "Make sure that exit codes arrive unchanged.",
    );
  return todo(
    "crash",
    `Whether a crash would be started again by ${who} is not sure.`,
    rules.kind === "finish"
      ? "Let the service's finish do nothing but hold 70, 71 and 72: docs/supervisors.md has the script."
      : "Try it once on a node that no one needs.",
  );
}
