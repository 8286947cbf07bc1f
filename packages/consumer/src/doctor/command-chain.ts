import { engineClientOf } from "./engine-client.ts";
import { baseName } from "./process.ts";
import { hasUserScript, shellFate } from "./shell-script.ts";
import { handsOn, isShell, type Wrapper, wrapperOf } from "./wrapper.ts";

/** What stands before a node in a command line that has not been started, the nearest to the node first. */
export function betweenInCommand(args: readonly string[]): readonly Wrapper[] {
  const [file] = args;
  if (file === undefined) return [];
  const step = wrapperOf({ pid: 0, name: file, args });
  if (runsScript(step, args)) {
    const { command, hides } = shellFate(args);
    const shell: Wrapper = step.kind === "shell" ? step : { kind: "shell", name: "sh", hides };
    const own = step.kind === "shell" ? [] : [step];
    return [...betweenInCommand(command), ...(hides === undefined ? [] : [shell]), ...own];
  }
  if (step.kind === "client") return [step];
  return [...betweenInCommand(innerOf(step, args)), ...(step.kind === "unknown" ? [] : [step])];
}

/**
 * Where a command line sends the node's output by a shell, instead of the output that it was given itself: a file, or a logger's
 * name. `undefined` where nothing shows that it does.
 */
export function outputIn(args: readonly string[]): string | undefined {
  const [file] = args;
  if (file === undefined) return undefined;
  const step = wrapperOf({ pid: 0, name: file, args });
  if (!runsScript(step, args)) return step.kind === "client" ? undefined : outputIn(innerOf(step, args));
  const { command, output } = shellFate(args);
  return outputIn(command) ?? output;
}

/** The command that `upgrade-halt exec` runs in a command line; `undefined` where there is no exec. */
export function commandOfExec(args: readonly string[]): readonly string[] | undefined {
  const [file] = args;
  if (file === undefined) return undefined;
  const step = wrapperOf({ pid: 0, name: file, args });
  if (step.kind === "client") return undefined;
  const inner = runsScript(step, args) ? shellFate(args).command : innerOf(step, args);
  return step.kind === "exec" ? (commandOfExec(inner) ?? inner) : commandOfExec(inner);
}

function runsScript({ kind }: Wrapper, args: readonly string[]): boolean {
  return kind === "shell" || (kind === "passes-on" && hasUserScript(args));
}

/** The command that a step before it starts, as far as it is known by a `--` or as a step itself; empty where there is none. */
function innerOf({ kind }: Wrapper, args: readonly string[]): readonly string[] {
  if (kind === "exec") return args.slice(endOfExec(args));
  const end = args.indexOf("--");
  return kind === "init" && end >= 0 ? args.slice(end + 1) : args.slice(stepWithin(args));
}

/** How many words come after an option of exec. */
const VALUES: Readonly<Record<string, number>> = {
  "--home": 1,
  "--rpc": 1,
  "--policy": 1,
  "--standstill": 1,
  "--on": 2,
};

/** Index of the command of exec: after a `--`, or the first word that is none of its own. */
function endOfExec(args: readonly string[]): number {
  let at = args.indexOf("exec") + 1;
  while (args[at]?.startsWith("-") && args[at] !== "--") at += 1 + (VALUES[args[at] ?? ""] ?? 0);
  return args[at] === "--" ? at + 1 : at;
}

/**
 * The program of a command line that may be no node, but a script or another program that starts one: what it makes of the node's
 * end cannot be seen. `undefined` where a node's own name stands there, or what is known to change an end.
 */
export function unseenIn(args: readonly string[]): string | undefined {
  const [file] = args;
  if (file === undefined) return "an entry point";
  const step = wrapperOf({ pid: 0, name: file, args });
  if (runsScript(step, args)) {
    const { command, hides } = shellFate(args);
    return hides === undefined ? unseenIn(command) : hides === "unseen" ? "a script" : undefined;
  }
  switch (step.kind) {
    case "shell":
      return step.name;
    case "exec":
      return unseenIn(innerOf(step, args));
    case "cosmovisor":
      return undefined;
    case "client":
      return step.name;
    case "init":
    case "passes-on": {
      const at = args.findIndex((word, index) => index > 0 && (isNode(args.slice(index)) || isStep(word)));
      return at < 0 || !handsOn(step, args.slice(0, at)) ? step.name : unseenIn(args.slice(at));
    }
    case "unknown":
      return isNode(args) ? undefined : step.name;
  }
}

/** Whether a word is the name of a shell or of another program that is known to stand before a node. */
function isStep(word: string): boolean {
  return wrapperOf({ pid: 0, name: word, args: [word, "exec"] }).kind !== "unknown";
}

/** Chains call their node `<chain>d` and start it by `start`, which takes options alone. */
function isNode([file = "", ...words]: readonly string[]): boolean {
  const program = baseName(file);
  const start = words.indexOf(program === STORY ? "run" : "start");
  const others = words.filter((word, at) => {
    const before = words[at - 1] ?? "";
    // A home is often called as its node, and so are a moniker and a chain.
    return !word.startsWith("-") && before !== "--home" && (at < start || !/^--?\w/.test(before));
  });
  const isNamed = program === STORY || (isNodeName(program) && !STARTS_NODE.test(program));
  return start >= 0 && isNamed && !others.some(isNodeName);
}

/** A node of the Cosmos SDK that is called, and started, otherwise. */
const STORY = "story";

/** Programs that are called as a node is, `seid` or `mock-node`, and are none. */
const NO_NODES = /^(?:supervisord|systemd|circusd|containerd|crond|sshd|setsid)$/;

/** As scripts around a node are called: `seid-supervised`, `start-node`. */
const STARTS_NODE = /[-_]\w*ed$|^(?:start|run|launch|exec|supervise|wrap)[-_]/;

function isNodeName(word: string): boolean {
  const program = baseName(word);
  return /^[\w-]+(?:d|node)$/.test(program) && !NO_NODES.test(program);
}

/**
 * Index of a shell that a wrapper starts with a script, as `gosu sei sh -c SCRIPT` does, or of an engine's client; the end where
 * there is none.
 */
function stepWithin(args: readonly string[]): number {
  const at = args.findIndex(
    (word, index) =>
      index > 0 &&
      ((isShell(baseName(word)) && /^-[a-z]*c$/i.test(args[index + 1] ?? "")) ||
        engineClientOf(args.slice(index)) !== undefined),
  );
  return at < 0 ? args.length : at;
}
