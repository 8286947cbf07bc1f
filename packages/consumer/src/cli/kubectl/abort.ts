import type { Command } from "commander";
import { ConsumerError } from "../../consumer-error.ts";
import type { Io } from "../output/io.ts";
import { ABORT, isAborted, isOver, type NodeHalt, oneHalt, patch } from "./objects.ts";
import { type ChangeOptions, tellChange, withChangeOptions } from "./options.ts";

/** `kubectl upgrade-halt abort NAME` */
export function addAbort(program: Command, io: Io): void {
  withChangeOptions(program.command("abort"))
    .summary("have nothing more done about a halt")
    .description(
      "Has the controller do nothing more about a halt, whatever its step. A swap that it stops in the middle ends as Failed, the image stays as it is set, and the node is yours to put right. A Deployment, a StatefulSet that rolls its updates or a custom resource goes on with an image that is set: set that back to keep the pod.",
    )
    .argument("<name>", "a NodeHalt, or the pod of the only one that is not over")
    .addHelpText("after", "\nExamples:\n  $ kubectl upgrade-halt abort sei-0-0 -n sei")
    .action((name: string, options: ChangeOptions) => abort(name, options, io));
}

async function abort(name: string, options: ChangeOptions, io: Io): Promise<void> {
  const halt = await oneHalt(name, options, io);
  const { metadata } = halt;
  const { namespace } = metadata;
  const isWanted = options.undo !== true;
  const changed = isAborted(halt) !== isWanted;
  if (changed && isWanted && isOver(halt))
    throw new ConsumerError(
      "failure",
      `NodeHalt ${metadata.name} is over (${halt.status?.phase}): there is nothing to abort.`,
    );
  const annotations = { [ABORT]: isWanted ? "true" : null };
  if (changed) await patch("nodehalts", metadata, { metadata: { annotations } }, options, io);
  const said = `NodeHalt ${metadata.namespace}/${metadata.name} is ${changed ? "" : "already "}${isWanted ? aborted(halt) : resumed(halt)}`;
  const undo = `abort ${metadata.name}${isWanted ? " --undo" : ""}`;
  tellChange({ object: `nodehalts/${metadata.name}`, namespace, changed, said, undo }, options, io);
}

const IN_THE_MIDDLE = ["Swapping", "Recreating"];

function aborted({ status }: NodeHalt): string {
  if (status?.phase === "Recovering")
    return "aborted. Its image is set: the controller changes nothing more, and watches whether the node comes back in its time.";
  return IN_THE_MIDDLE.includes(status?.phase ?? "")
    ? `aborted in the middle of its swap (${status?.phase}): it ends as Failed, and stays so. See which image the workload has: a Deployment, a StatefulSet that rolls its updates or a custom resource goes on with that by itself. Put the node right.`
    : "aborted: nothing more is done about this halt, nor about the same halt of a pod that is made anew.";
}

function resumed({ status }: NodeHalt): string {
  return status?.phase === "Failed"
    ? "no longer aborted. Its swap stays ended: put the node right yourself."
    : "no longer aborted: the controller goes on with it.";
}
