import type { Fate } from "../fate/fate.ts";
import type { Container, Pod } from "./objects.ts";

/** What a kubelet does about an exit code, by the container's restart rules (KEP-5307) and restart policies. */
export function kubeletFate(pod: Pod, container: Container, code: number): Fate {
  for (const { action, exitCodes } of container.restartPolicyRules ?? []) {
    if (exitCodes === null || exitCodes === undefined) return "unsure";
    const isListed = (exitCodes.values ?? []).includes(code);
    if (isListed !== (exitCodes.operator === "In")) continue;
    return action?.startsWith("Restart") === true ? "started-again" : "unsure";
  }
  switch (container.restartPolicy ?? pod.spec.restartPolicy ?? "Always") {
    case "Always":
      return "started-again";
    case "OnFailure":
      return code === 0 ? "stays-down" : "started-again";
    case "Never":
      return "stays-down";
    default:
      return "unsure";
  }
}
