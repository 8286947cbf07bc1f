import { parseExitCode, reasonToken, ShutdownReason } from "@upgrade-halt/contract";
import { printable } from "../../printable.ts";
import { type Finding, notChecked, todo } from "../finding.ts";
import type { Container, Pod } from "./objects.ts";

/** What is to be done about a halt that a pod's node ended with already. */
export function haltedFinding(pod: Pod, { name }: Container, isGoverned: boolean): Finding[] {
  const { containerStatuses, initContainerStatuses } = pod.status ?? {};
  const status = [...(containerStatuses ?? []), ...(initContainerStatuses ?? [])].find(
    (one) => one.name === name,
  );
  const code = (status?.state?.terminated ?? status?.lastState?.terminated)?.exitCode;
  const meaning = parseExitCode(code);
  if (meaning.kind === "outside") return [];
  const reason = meaning.kind === "reason" ? meaning.reason : undefined;
  const token = reason === undefined ? "reserved for halts to come" : reasonToken(reason);
  const ended = `Its container ${printable(name)} ended with ${code} (${token})`;
  if (status?.state?.running !== undefined && status.state.running !== null)
    return [notChecked("process", `${ended}, and runs again.`, "See that its height rises.")];
  const advice = reason === undefined ? undefined : ADVICE[reason];
  if (advice === undefined)
    return [todo("process", `${ended}: a newer node halted.`, "Read its log, and update what reads it.")];
  if (isGoverned && reason === ShutdownReason.UpgradeRequired)
    return [
      notChecked(
        "process",
        `${ended}: the controller sets the listed image, or pages.`,
        "See its NodeHalt: kubectl upgrade-halt why.",
      ),
    ];
  return [todo("process", `${ended}${isGoverned ? advice.governed : ""}.`, advice.what)];
}

/** What a person is to do: docs/guides/alerts.md. */
const ADVICE: Readonly<Record<number, { readonly governed: string; readonly what: string }>> = {
  [ShutdownReason.UpgradeRequired]: {
    governed: "",
    what: "Find the release for its plan, and start that.",
  },
  [ShutdownReason.BinaryTooNew]: {
    governed:
      ": the controller pages, and goes back to the image before only where it saw the node run with it",
    what: "Find out which release applied the last plan, and start that one: docs/guides/alerts.md.",
  },
  [ShutdownReason.DowngradeDetected]: {
    governed: ": the controller pages, and never changes or restarts such a node",
    what: "Find out how the older release got there, and start the one that applied the last plan: docs/guides/alerts.md.",
  },
};
