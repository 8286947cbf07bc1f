import type { Command } from "commander";
import { ConsumerError } from "../../consumer-error.ts";
import { findingsOf } from "../../doctor/findings.ts";
import { parseMillis } from "../input/millis.ts";
import type { Io } from "../output/io.ts";
import { toJsonLine } from "../output/json.ts";
import { type ClusterTarget, doctorOfCluster } from "./cluster.ts";
import { collectFacts, type DoctorTarget } from "./facts.ts";
import { renderFindings } from "./report.ts";

interface DoctorFlags extends DoctorTarget, ClusterTarget {
  readonly json?: boolean;
}

/** `upgrade-halt doctor`. Its exit code, given to `exitWith`, is 1 where something is to be done. */
export function addDoctor(program: Command, io: Io, exitWith: (code: number) => void): void {
  program
    .command("doctor")
    .summary("say what would happen at a node's next halt, and what to do before")
    .description(
      "Looks at a node from beside it and says what would happen at its next halt, one line each: which supervisor it has, whether a halt would be started again, whether the reason could be read afterwards, what is listed ahead. It changes nothing. What it cannot see it says. Exits with 1 where something is to be done.",
    )
    .option("--pid <pid>", "the node's process; otherwise it is looked for by its home and its RPC address")
    .option("--unit <name>", "the node's systemd unit")
    .option("--container <name>", "the node's container, of Docker or Podman")
    .option("--home <dir>", "the node's home")
    .option(
      "--rpc <url>",
      "the node's RPC address (default that of its config.toml, or http://127.0.0.1:26657)",
    )
    .option("--policy <file>", "the chain and the upgrades with their heights, as JSON")
    .option(
      "--objects <file>",
      "look at a cluster instead: what kubectl get pods,statefulsets,deployments,haltpolicies -o json printed; - is standard input",
    )
    .option("--kubeconfig <file>", "look at a cluster instead, by kubectl get")
    .option("--namespace <name>", "look at this namespace of a cluster, by kubectl get")
    .option("--registry", "ask the registries of the listed images whether they have them")
    .option("--timeout <ms>", "deadline of reading /status, and of each registry", parseMillis, 5_000)
    .option("--json", "print one line of JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ upgrade-halt doctor
  $ upgrade-halt doctor --unit seid --home /var/lib/sei --policy /etc/upgrade-halt/policy.json
  $ upgrade-halt doctor --container seid --json
  $ kubectl get pods,statefulsets,haltpolicies,noderecords -o json | upgrade-halt doctor --objects -`,
    )
    .action(async (flags: DoctorFlags) => exitWith(await doctor(flags, io)));
}

/** A cluster is told apart from a node beside which the command runs. */
function isOfCluster({
  objects,
  kubeconfig,
  namespace,
  pid,
  unit,
  container,
  home,
  rpc,
  policy,
}: DoctorFlags): boolean {
  if ([objects, kubeconfig, namespace].every((flag) => flag === undefined)) return false;
  if ([pid, unit, container, home, rpc, policy].some((flag) => flag !== undefined))
    throw new ConsumerError("usage", "--objects, --kubeconfig and --namespace go with no other target.");
  if (objects !== undefined && (kubeconfig !== undefined || namespace !== undefined))
    throw new ConsumerError("usage", "--objects excludes --kubeconfig and --namespace.");
  return true;
}

async function doctor(flags: DoctorFlags, io: Io): Promise<number> {
  const { pid, unit, container } = flags;
  if ([pid, unit, container].filter((target) => target !== undefined).length > 1)
    throw new ConsumerError("usage", "--pid, --unit and --container exclude each other.");
  if (pid !== undefined && !/^[1-9]\d{0,9}$/.test(pid))
    throw new ConsumerError("usage", "--pid is no process: give a number above 0.");
  const findings = isOfCluster(flags)
    ? await doctorOfCluster(flags, io)
    : findingsOf(await collectFacts(flags, io));
  const isWell = findings.every(({ state }) => state !== "todo");
  io.stdout.write(flags.json === true ? toJsonLine({ ok: isWell, findings }) : renderFindings(findings, io));
  return isWell ? 0 : 1;
}
