import { betweenInCommand, commandOfExec, outputIn, unseenIn } from "../command-chain.ts";
import type { EvidenceFacts, OutputFacts, Supervised } from "../facts.ts";
import type { RestartRules } from "../fate/restart-rules.ts";
import type { ProcessFacts } from "../process.ts";
import { type Supervision, type Supervisor, supervisionOf } from "../supervisor.ts";
import { wrapperOf } from "../wrapper.ts";
import { type Container, readContainer } from "./engine.ts";
import { readFinish } from "./finish-script.ts";
import type { Located } from "./locate.ts";
import { outputOf } from "./output.ts";
import { readPm2 } from "./pm2.ts";
import { groupsOf, parentsOf } from "./process-table.ts";
import type { Env } from "./run-program.ts";
import { readSupervisord } from "./supervisord.ts";
import { readUnit } from "./systemd.ts";

interface Configured {
  readonly rules: RestartRules;
  readonly evidence: EvidenceFacts;
}

/** Who supervises a node that was located, with what its configuration says; `undefined` where no node was found. */
export async function describeSupervised(located: Located, env: Env): Promise<Supervised | undefined> {
  const { process, unit, container } = located;
  if (process === undefined) return (unit ?? container) ? notRunning(located) : undefined;
  // What stands in front of a node and has none below it now, such as exec while it holds, is a parent all the same.
  const above = wrapperOf(process).kind === "unknown" ? [] : [process];
  const parents = [...above, ...parentsOf(process.pid)];
  const found = supervisionOf(parents, groupsOf(process.pid));
  const supervision = { ...found, supervisor: await startedByUnit(found.supervisor, located, env) };
  const step = parents[supervision.between.length - 1] ?? process;
  const { rules, evidence } = await configured(supervision.supervisor, step, located, env);
  const own = wrapperOf(process).kind === "unknown" ? outputOf(process.pid) : undefined;
  const isPlain = evidence.kind === "output" && supervision.between.every(({ kind }) => kind !== "exec");
  return {
    ...supervision,
    rules,
    // A shell before the node may have redirected it: its own output counts.
    evidence: isPlain && own !== undefined && isElsewhere(own) ? { kind: "output", goesTo: own } : evidence,
    past: pastOf(own, evidence) ?? outputIn(commandOfExec(step.args) ?? step.args),
  };
}

function isElsewhere({ kind }: OutputFacts): boolean {
  return kind === "file" || kind === "null";
}

/** Where a node writes, as its own descriptors tell. An engine keeps what goes to the terminal that it made. */
function pastOf(own: OutputFacts | undefined, evidence: EvidenceFacts): string | undefined {
  switch (own?.kind) {
    case "file":
      return own.path;
    case "null":
      return "/dev/null";
    case "terminal":
      return evidence.kind === "engine" ? undefined : "a terminal";
    default:
      return undefined;
  }
}

/** A container of Podman without a restart policy is started again by its unit, where it has one: its own policy comes first. */
async function startedByUnit(supervisor: Supervisor, located: Located, env: Env): Promise<Supervisor> {
  if (supervisor.kind !== "podman") return supervisor;
  const { container } = await containerOf(supervisor, located, env);
  if (container === undefined || !isLeftDown(container.rules)) return supervisor;
  if (located.unit !== undefined) return { kind: "systemd", unit: located.unit.name, isUser: false };
  if (container.unit === undefined) return supervisor;
  const isSystems = (await readUnit(container.unit, false, env)).kind === "unit";
  return { kind: "systemd", unit: container.unit, isUser: !isSystems };
}

function isLeftDown(rules: RestartRules): boolean {
  return rules.kind === "engine" && (rules.policy === "" || rules.policy === "no");
}

async function containerOf(
  { kind, container }: Supervisor & { kind: "docker" | "podman" },
  located: Located,
  env: Env,
): Promise<{ readonly container?: Container; readonly why?: string }> {
  if (located.container !== undefined) return { container: located.container };
  const reading = await readContainer(kind, container, env);
  return reading.kind === "container" ? { container: reading.container } : { why: reading.why };
}

/** What a unit or a container would start. */
function notRunning({ unit, container }: Located): Supervised | undefined {
  if (unit !== undefined)
    return supervisedBy({ kind: "systemd", unit: unit.name, isUser: false }, unit.command, unit);
  if (container === undefined) return undefined;
  return supervisedBy({ kind: container.engine, container: container.id }, container.command, container);
}

function supervisedBy(
  supervisor: Supervisor,
  command: readonly string[],
  { rules, evidence }: Configured,
): Supervised {
  const past = outputIn(commandOfExec(command) ?? command);
  const steps = betweenInCommand(command);
  const isTold = steps.some(({ kind }) => kind === "shell" || kind === "client" || kind === "cosmovisor");
  const unseenProgram = isTold ? undefined : unseenIn(command);
  const between: Supervised["between"] =
    unseenProgram === undefined ? steps : [{ kind: "unknown", name: unseenProgram }, ...steps];
  return { supervisor, between, rules, evidence, past };
}

/** `started` is the process that the supervisor itself started. */
async function configured(
  supervisor: Supervision["supervisor"],
  started: ProcessFacts,
  located: Located,
  env: Env,
): Promise<Configured> {
  const output: EvidenceFacts = { kind: "output", goesTo: outputOf(started.pid) };
  switch (supervisor.kind) {
    case "systemd": {
      if (located.unit !== undefined) return located.unit;
      const reading = await readUnit(supervisor.unit, supervisor.isUser, env);
      return reading.kind === "unit"
        ? reading.unit
        : unseen(reading.why, "Ask again where systemctl show works.", output);
    }
    case "docker":
    case "podman": {
      const { container, why = "" } = await containerOf(supervisor, located, env);
      return container ?? unseen(why, `Ask again as root or as one who may use ${supervisor.kind}.`, output);
    }
    case "kubelet":
      return unseen(
        "what the pod says is in the cluster",
        "Ask with --objects: kubectl get pods,statefulsets,haltpolicies -o json | upgrade-halt doctor --objects -.",
        output,
      );
    case "supervisord":
      return readSupervisord(supervisor, started);
    case "pm2":
      return await readPm2(supervisor.home, started, env);
    case "runit":
    case "s6":
      return { rules: readFinish(supervisor.kind, supervisor.folder), evidence: output };
    case "daemontools":
      return { rules: { kind: "always" }, evidence: output };
    case "by-name":
      return byName(supervisor.name, output);
    case "nobody":
      return { rules: { kind: "never" }, evidence: output };
    case "unseen":
      return unseen(
        "its supervisor is not known",
        "Find out what starts it again, and try it with a command that ends with 70.",
        output,
      );
  }
}

function byName(name: (Supervisor & { kind: "by-name" })["name"], output: EvidenceFacts): Configured {
  switch (name) {
    case "OpenRC":
    case "monit":
      return { rules: { kind: "always" }, evidence: output };
    case "honcho":
      return { rules: { kind: "never" }, evidence: output };
    case "circus":
      return unseen(
        "the configuration of circus is not read",
        "Put upgrade-halt exec --hold before the command: circus holds no single code.",
        output,
      );
  }
}

function unseen(why: string, instead: string, evidence: EvidenceFacts): Configured {
  return { rules: { kind: "unseen", why, instead }, evidence };
}
