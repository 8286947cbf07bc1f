import { ACKNOWLEDGED, hasAnnotation, isObjectName, isOver, type NodeHalt, policyNameOf } from "./objects.ts";

/** What this halt waits for that a person can give with this command; `undefined` where it is something else. */
export function adviceFor(halt: NodeHalt): string | undefined {
  const { metadata, status } = halt;
  const command = (words: string) => `kubectl upgrade-halt ${words} --namespace=${metadata.namespace}`;
  if (isOver(halt)) return undefined;
  if (status?.phase === "Failed" && status.reason !== "Aborted" && !hasAnnotation(halt, ACKNOWLEDGED))
    return `put the node right, then: ${command(`approve ${metadata.name}`)}`;
  switch (status?.reason) {
    case "ImageMappingMissing":
    case "HeightNotListed":
      return command(`approve ${metadata.name} --image=NAME@sha256:DIGEST`);
    case "Paused":
      return isObjectName(policyNameOf(halt)) ? command(`pause ${policyNameOf(halt)} --undo`) : undefined;
    case "Aborted":
      return status.phase === "Failed"
        ? "put the node right yourself: a swap that was aborted in the middle stays ended"
        : command(`abort ${metadata.name} --undo`);
    case "ErrorBudgetSpent":
      return `see which swaps failed, and approve each: ${command("list")}`;
    default:
      return undefined;
  }
}
