import { baseName, type ProcessFacts, programOf } from "./process.ts";
import { type Wrapper, wrapperOf } from "./wrapper.ts";

/** Who starts a node again, or does not. */
export type Supervisor =
  /** `unit` is missing where the node is in none that this user can see. */
  | { readonly kind: "systemd"; readonly unit: string; readonly isUser: boolean }
  | { readonly kind: "docker"; readonly container: string }
  | { readonly kind: "podman"; readonly container: string }
  | { readonly kind: "kubelet" }
  | { readonly kind: "supervisord"; readonly pid: number }
  | { readonly kind: "pm2"; readonly home: string }
  | { readonly kind: "runit" | "s6" | "daemontools"; readonly folder: string }
  /** It is known by name, and its configuration is not read. */
  | { readonly kind: "by-name"; readonly name: ByName }
  /** A login session: nothing starts it again. */
  | { readonly kind: "nobody"; readonly session: string }
  /** Nothing that is known: the names of the node's parents, the nearest first. */
  | { readonly kind: "unseen"; readonly parents: readonly string[] };

export type ByName = "circus" | "honcho" | "monit" | "OpenRC";

/** Who supervises a node, and what stands between the two, the nearest to the node first. */
export interface Supervision {
  readonly supervisor: Supervisor;
  readonly between: readonly Wrapper[];
}

/** The paths of a process in `/proc/PID/cgroup`, one a line. */
export type Groups = string;

/**
 * Finds the supervisor of a node among its parents, given the nearest first and the first process last. What is not known
 * stands between or is told as unseen: it is never guessed.
 */
export function supervisionOf(parents: readonly ProcessFacts[], groups: Groups): Supervision {
  const between: Wrapper[] = [];
  for (const [at, parent] of parents.entries()) {
    const supervisor = isSystemd(parent)
      ? systemdOf(parents.slice(at), groups)
      : supervisorIn(parent, groups);
    if (supervisor !== undefined) return { supervisor, between };
    between.push(wrapperOf(parent));
  }
  // Who is at the top without being known is the one that was looked for.
  return { supervisor: unseen(parents, groups), between: between.slice(0, lastKnown(between) + 1) };
}

function lastKnown(between: readonly Wrapper[]): number {
  return between.findLastIndex(({ kind }) => kind !== "unknown" && kind !== "shell" && kind !== "passes-on");
}

/** Where a pod's or a container's processes are, as containerd, CRI-O, Docker and Podman name their groups. */
const POD_GROUP = /(?:^|\/)kubepods(?:[.\-/]|$)/m;

function unseen(parents: readonly ProcessFacts[], groups: Groups): Supervisor {
  if (POD_GROUP.test(groups)) return { kind: "kubelet" };
  return {
    kind: "unseen",
    parents: parents.map((parent) => (isSystemd(parent) ? "systemd" : programOf(parent))),
  };
}

/** As the first process it is started as `/sbin/init` on Debian: the kernel's name of it stays. */
function isSystemd(parent: ProcessFacts): boolean {
  return parent.name === "systemd" || programOf(parent) === "systemd";
}

function supervisorIn(parent: ProcessFacts, groups: Groups): Supervisor | undefined {
  const { pid, args, cwd = "" } = parent;
  const program = programOf(parent);
  const pm2 = /^PM2 .*God Daemon \((.*)\)/.exec(args.join(" "));
  if (pm2 !== null) return { kind: "pm2", home: pm2[1] ?? "" };
  switch (program) {
    case "containerd-shim":
    case "containerd-shim-runc-v2":
      return engineOf(args, groups);
    case "conmon":
      return POD_GROUP.test(groups)
        ? { kind: "kubelet" }
        : { kind: "podman", container: after(args, "-c") ?? "" };
    case "kubelet":
      return { kind: "kubelet" };
    case "supervisord":
      return { kind: "supervisord", pid };
    case "runsv":
      return { kind: "runit", folder: cwd };
    case "s6-supervise":
      return { kind: "s6", folder: cwd };
    case "supervise":
      return { kind: "daemontools", folder: cwd };
    case "circusd":
      return { kind: "by-name", name: "circus" };
    case "honcho":
    case "monit":
      return { kind: "by-name", name: program };
    case "supervise-daemon":
      return { kind: "by-name", name: "OpenRC" };
    default:
      return undefined;
  }
}

/** containerd's shim serves Docker as `moby`, and a kubelet as `k8s.io`. */
function engineOf(args: readonly string[], groups: Groups): Supervisor | undefined {
  const container = after(args, "-id");
  const namespace = after(args, "-namespace");
  if (namespace === "k8s.io" || POD_GROUP.test(groups)) return { kind: "kubelet" };
  return namespace === "moby" && container !== undefined ? { kind: "docker", container } : undefined;
}

/** What is in a scope is started by no systemd. That is known of a login and of `systemd-run --scope`; others are of engines. */
const SESSION = /^(?:session|run)-.*\.scope$|^user@\d+\.service$/;

/** The innermost unit that the process is in, of the systemd that is asked: not of one in a container, whose units are its own. */
function systemdOf(parents: readonly ProcessFacts[], groups: Groups): Supervisor {
  const isHere = parents.filter(isSystemd).every(({ pid, args }) => pid === 1 || args.includes("--user"));
  const line = groups
    .split("\n")
    .find((text) => /^(?:0::|\d+:name=systemd:).*\.(?:service|scope)(?:\/|$)/.test(text));
  if (line === undefined || !isHere) return unseen(parents, groups);
  const units = line.split("/").filter((part) => /\.(?:service|scope)$/.test(part));
  const unit = units.at(-1) ?? "";
  const isUser = units.some((name) => /^user@\d+\.service$/.test(name));
  if (SESSION.test(unit)) return { kind: "nobody", session: unit };
  if (unit.endsWith(".scope")) return unseen(parents, groups);
  return { kind: "systemd", unit: baseName(unit), isUser };
}

function after(args: readonly string[], flag: string): string | undefined {
  const at = args.indexOf(flag);
  return at < 0 ? undefined : args[at + 1];
}
