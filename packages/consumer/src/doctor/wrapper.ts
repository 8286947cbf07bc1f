import { type EngineClient, engineClientOf, engineHelperOf } from "./engine-client.ts";
import { baseName, type ProcessFacts, programOf } from "./process.ts";
import { type Hidden, shellFate } from "./shell-script.ts";

/** `upgrade-halt exec` in front of a node, with the options that change what a halt comes to. */
export interface ExecWrapper {
  readonly kind: "exec";
  readonly pid: number;
  readonly announce: boolean;
  readonly hold: boolean;
  readonly stayAlive: boolean;
  readonly home?: string | undefined;
  readonly rpc?: string | undefined;
  readonly policy?: string | undefined;
}

/** A program between the node and its supervisor. */
export type Wrapper =
  | ExecWrapper
  | EngineClient
  | { readonly kind: "cosmovisor"; readonly pid: number }
  /** `hides`: exit codes that it turns into 0. */
  | { readonly kind: "init"; readonly name: string; readonly hides: readonly number[] }
  /** `hides`: as `ShellFate` has it; missing where the code arrives. */
  | { readonly kind: "shell"; readonly name: string; readonly hides?: Hidden | undefined }
  /** Hands on what its command ended with, as sudo does. */
  | { readonly kind: "passes-on"; readonly name: string }
  | { readonly kind: "unknown"; readonly name: string };

const SHELLS = new Set(["sh", "bash", "dash", "ash", "zsh", "ksh", "busybox"]);
const INITS = new Set(["tini", "tini-static", "docker-init", "dumb-init", "catatonit", "podman-init"]);
const PASS_ON = new Set(["sudo", "su", "runuser", "setpriv", "gosu", "timeout"]);

/** The command, also as its releases name the one file for each machine. */
const OWN_NAME = /^upgrade-halt(?:-linux-(?:x64|arm64))?$/;

/** What a process is that stands between a node and its supervisor. */
export function wrapperOf(process: ProcessFacts): Wrapper {
  const program = programOf(process);
  if (OWN_NAME.test(program) && process.args.includes("exec")) return execOf(process);
  if (program === "cosmovisor") return { kind: "cosmovisor", pid: process.pid };
  if (INITS.has(program)) return { kind: "init", name: program, hides: hiddenBy(process.args) };
  if (SHELLS.has(program) || isShellScript(process))
    return { kind: "shell", name: program, hides: shellFate(process.args).hides };
  const client =
    engineClientOf(process.args) ?? engineClientOf(process.args.slice(1)) ?? engineHelperOf(program);
  if (client !== undefined) return client;
  if (PASS_ON.has(program)) return { kind: "passes-on", name: program };
  return { kind: "unknown", name: program };
}

/** Whether this is the name of a shell's program. */
export function isShell(program: string): boolean {
  return SHELLS.has(program);
}

/** Whether a program hands on its command's end, and so that of a node behind it. False with an option to leave it behind. */
export function handsOn({ kind }: Wrapper, [, ...words]: readonly string[]): boolean {
  if (kind !== "passes-on") return kind === "init";
  return !words.some((word) => /^(?:--background|-[a-zA-Z]*b[a-zA-Z]*)$/.test(word));
}

/** The kernel starts a script by its interpreter, whose name stays that of the script. */
function isShellScript({ args }: ProcessFacts): boolean {
  return SHELLS.has(baseName(args[0] ?? ""));
}

/** The codes of `tini -e N`, which it turns into 0. */
function hiddenBy(args: readonly string[]): number[] {
  const hidden: number[] = [];
  for (let i = 1; i < args.length && args[i] !== "--"; i += 1) {
    const [, joined] = /^-e(\d+)$/.exec(args[i] ?? "") ?? [];
    const code = joined ?? (args[i] === "-e" ? args[i + 1] : undefined);
    if (code !== undefined && /^\d+$/.test(code)) hidden.push(Number(code));
  }
  return hidden;
}

function execOf({ pid, args, cwd }: ProcessFacts): ExecWrapper {
  const end = args.indexOf("--");
  const words = args.slice(args.indexOf("exec") + 1, end < 0 ? undefined : end);
  const optionOf = (flag: string) => {
    const joined = words.find((word) => word.startsWith(`${flag}=`));
    const at = words.indexOf(flag);
    return joined?.slice(flag.length + 1) ?? (at < 0 ? undefined : words[at + 1]);
  };
  return {
    kind: "exec",
    pid,
    announce: words.includes("--announce"),
    hold: words.includes("--hold"),
    stayAlive: words.includes("--stay-alive"),
    home: seenFrom(cwd, optionOf("--home")),
    rpc: optionOf("--rpc"),
    policy: seenFrom(cwd, optionOf("--policy")),
  };
}

/** A path as another process means it. */
function seenFrom(cwd: string | undefined, path: string | undefined): string | undefined {
  if (path === undefined || path.startsWith("/") || cwd === undefined) return path;
  return `${cwd}/${path}`;
}
