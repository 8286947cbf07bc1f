import type { Command } from "commander";
import type { Io } from "../output/io.ts";
import { haltPolicy, patch } from "./objects.ts";
import { type ChangeOptions, tellChange, withChangeOptions } from "./options.ts";

/** `kubectl upgrade-halt pause POLICY` */
export function addPause(program: Command, io: Io): void {
  withChangeOptions(program.command("pause"))
    .summary("have the controller change nothing under a policy")
    .description(
      "Pauses a HaltPolicy: halts are recorded, and nothing is changed. Nobody is paged for a halt that waits for this alone. A swap that has begun stops where it is: a node whose image is set and whose pod is not replaced yet stays down until the pause is taken back, unless its workload replaces its pods by itself (a Deployment, a StatefulSet that rolls its updates, a custom resource): that goes on with an image that is set.",
    )
    .argument("<policy>", "the HaltPolicy")
    .addHelpText(
      "after",
      "\nExamples:\n  $ kubectl upgrade-halt pause sei -n sei\n  $ kubectl upgrade-halt pause sei -n sei --undo",
    )
    .action((name: string, options: ChangeOptions) => pause(name, options, io));
}

async function pause(name: string, options: ChangeOptions, io: Io): Promise<void> {
  const policy = await haltPolicy(name, options, io);
  const { namespace } = policy.metadata;
  const paused = options.undo !== true;
  const changed = (policy.spec.paused ?? false) !== paused;
  if (changed) await patch("haltpolicies", policy.metadata, { spec: { paused } }, options, io);
  const already = changed ? "" : "already ";
  const said = paused
    ? `HaltPolicy ${namespace}/${name} is ${already}paused: halts are recorded, and nothing is changed. Nobody is paged for a halt that waits for this alone. A swap that has begun stops where it is, and its node may be down; a workload that replaces its pods by itself goes on with an image that is set: kubectl get nodehalts -n ${namespace} shows which.`
    : `HaltPolicy ${namespace}/${name} is ${already}not paused: halts that wait go on, each for what is listed.`;
  const undo = `pause ${name}${paused ? " --undo" : ""}`;
  tellChange({ object: `haltpolicies/${name}`, namespace, changed, said, undo }, options, io);
}
