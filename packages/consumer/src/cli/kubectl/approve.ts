import type { Command } from "commander";
import { ConsumerError } from "../../consumer-error.ts";
import { printable, quotedName } from "../../printable.ts";
import type { Io } from "../output/io.ts";
import { type Approved, approvalOf, approvedIn, isSameEntry } from "./approval.ts";
import {
  ACKNOWLEDGED,
  APPROVED,
  type HaltPolicy,
  haltPolicy,
  hasAnnotation,
  type NodeHalt,
  oneHalt,
  patch,
  policyNameOf,
  type Upgrade,
} from "./objects.ts";
import { type ChangeOptions, tellChange, withChangeOptions } from "./options.ts";

interface ApproveOptions extends ChangeOptions {
  readonly image?: string;
}

/** `kubectl upgrade-halt approve NAME` */
export function addApprove(program: Command, io: Io): void {
  withChangeOptions(program.command("approve"))
    .summary("list the image that a halt waits for, or acknowledge a failed swap")
    .description(
      "Approves what a halt waits for. With --image: lists that image in the halt's HaltPolicy, for exactly the plan and the height of this halt. Without: acknowledges a swap that failed, which frees its place in the policy's error budget; the swap is not tried again.",
    )
    .argument("<name>", "a NodeHalt, or the pod of the only one that is not over")
    .option("--image <image>", "the image that runs past the plan, by digest: name@sha256:...")
    .addHelpText(
      "after",
      "\nExamples:\n  $ kubectl upgrade-halt approve sei-0-0 -n sei --image ghcr.io/sei-protocol/sei@sha256:...\n  $ kubectl upgrade-halt approve sei-0-0 -n sei",
    )
    .action((name: string, options: ApproveOptions) => approve(name, options, io));
}

async function approve(name: string, options: ApproveOptions, io: Io): Promise<void> {
  const halt = await oneHalt(name, options, io);
  if (options.image === undefined && halt.status?.phase === "Failed") return acknowledge(halt, options, io);
  if (options.image === undefined && options.undo !== true) {
    const { phase = "Detected", reason } = halt.status ?? {};
    throw new ConsumerError(
      "usage",
      `NodeHalt ${halt.metadata.name} is ${phase}${reason ? ` (${reason})` : ""}, which is no failed swap to acknowledge. To list an image for its plan, give --image.`,
    );
  }
  const policy = await haltPolicy(policyNameOf(halt), options, io);
  if (options.undo === true) return withdraw(halt, policy, options, io);
  await listImage(halt, policy, options.image ?? "", options, io);
}

async function acknowledge(halt: NodeHalt, options: ChangeOptions, io: Io): Promise<void> {
  const { metadata } = halt;
  const isWanted = options.undo !== true;
  const changed = hasAnnotation(halt, ACKNOWLEDGED) !== isWanted;
  const annotations = { [ACKNOWLEDGED]: isWanted ? "true" : null };
  if (changed) await patch("nodehalts", metadata, { metadata: { annotations } }, options, io);
  const already = changed ? "" : "already ";
  const said = isWanted
    ? `NodeHalt ${metadata.namespace}/${metadata.name} is ${already}acknowledged: its failed swap no longer counts against the error budget of HaltPolicy ${policyNameOf(halt)}, so that other nodes may be swapped. This one is not tried again.`
    : `NodeHalt ${metadata.namespace}/${metadata.name} is ${already}not acknowledged: its failed swap counts against the error budget of HaltPolicy ${policyNameOf(halt)}.`;
  const undo = `approve ${metadata.name}${isWanted ? " --undo" : ""}`;
  const { namespace } = metadata;
  tellChange({ object: `nodehalts/${metadata.name}`, namespace, changed, said, undo }, options, io);
}

async function listImage(
  halt: NodeHalt,
  policy: HaltPolicy,
  image: string,
  options: ChangeOptions,
  io: Io,
): Promise<void> {
  const { upgrades, upgrade, changed, isNew } = approvalOf(halt, policy, image);
  const approved = isNew ? [...approvedIn(policy), upgrade] : approvedIn(policy);
  if (changed) await write(policy, upgrades, approved, options, io);
  const said = `HaltPolicy ${nameOf(policy)} ${changed ? "lists" : "lists already"} ${upgrade.image} for plan ${quotedName(upgrade.planName)} at height ${upgrade.height}, for every node that it governs and that halts for exactly that.${caution(policy)}`;
  const undo = isNew
    ? `approve ${halt.metadata.name} --undo`
    : `kubectl edit haltpolicies ${policy.metadata.name}`;
  tell(policy, { changed, said, undo }, options, io);
}

/** Takes the image that `approve` listed for this halt's plan out again, and nothing that somebody else listed. */
async function withdraw(halt: NodeHalt, policy: HaltPolicy, options: ApproveOptions, io: Io): Promise<void> {
  const { planName, height } = halt.spec;
  const plan = planName == null ? "(not named)" : quotedName(planName);
  const before = policy.spec.upgrades ?? [];
  const upgrade = before.find((one) => one.planName === planName && one.height === height);
  const approved = approvedIn(policy);
  if (upgrade !== undefined && !approved.some((one) => isSameEntry(one, upgrade)))
    throw new ConsumerError(
      "failure",
      printable(
        `HaltPolicy ${nameOf(policy)} lists ${upgrade.image} for plan ${plan} at height ${height}, and approve did not list that. Ask who did; to take it out, kubectl edit haltpolicy ${policy.metadata.name} --namespace=${policy.metadata.namespace}.`,
        1_000,
      ),
    );
  if (upgrade !== undefined) {
    const upgrades = before.filter((one) => one !== upgrade);
    const left = approved.filter((one) => !isSameEntry(one, upgrade));
    await write(policy, upgrades, left, options, io);
  }
  const said =
    upgrade === undefined
      ? `HaltPolicy ${nameOf(policy)} lists nothing for plan ${plan} at height ${height ?? "(not named)"}.`
      : `HaltPolicy ${nameOf(policy)} no longer lists ${upgrade.image} for plan ${plan} at height ${height}. A swap for it whose pod is not replaced yet ends as Failed and is paged: put that node right yourself.`;
  const again = `approve ${halt.metadata.name} --image=${upgrade?.image}`;
  tell(policy, { changed: upgrade !== undefined, said, undo: again }, options, io);
}

/** Lists `upgrades` in place of those that were read, unless somebody listed others meanwhile, and notes which are approved here. */
async function write(
  { metadata, spec }: HaltPolicy,
  upgrades: readonly Upgrade[],
  approved: readonly Approved[],
  options: ChangeOptions,
  io: Io,
): Promise<void> {
  const path = "/spec/upgrades";
  const test = spec.upgrades == null ? [] : [{ op: "test", path, value: spec.upgrades }];
  const list = { op: "add", path, value: upgrades };
  await patch("haltpolicies", metadata, [...test, list, ...noting(metadata, approved)], options, io);
}

/** The note of what is approved here, as steps of a JSON Patch. */
function noting(
  { annotations, resourceVersion }: HaltPolicy["metadata"],
  approved: readonly Approved[],
): readonly object[] {
  const value = JSON.stringify(approved);
  if ((annotations?.[APPROVED] ?? "[]") === value) return [];
  if (annotations == null)
    return [
      // Nobody else's first annotation is lost.
      ...(resourceVersion == null
        ? []
        : [{ op: "test", path: "/metadata/resourceVersion", value: resourceVersion }]),
      { op: "add", path: "/metadata/annotations", value: { [APPROVED]: value } },
    ];
  return [{ op: "add", path: `/metadata/annotations/${APPROVED.replace("/", "~1")}`, value }];
}

function tell(
  { metadata }: HaltPolicy,
  change: { readonly changed: boolean; readonly said: string; readonly undo: string },
  options: ChangeOptions,
  io: Io,
): void {
  const said = printable(change.said, 2_000);
  const { namespace } = metadata;
  tellChange({ ...change, said, namespace, object: `haltpolicies/${metadata.name}` }, options, io);
}

function nameOf({ metadata }: HaltPolicy): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** What keeps the policy from acting although the image is listed. */
function caution({ spec }: HaltPolicy): string {
  if (spec.paused === true) return " The policy is paused, so nothing is changed yet.";
  if (spec.chainId == null) return " The policy names no chain (spec.chainId), so nothing is changed yet.";
  return "";
}
