import { baseName } from "./process.ts";
import { isLogger, type Piped, placeOf, type Redirection } from "./shell-output.ts";
import { type ShellToken, shellTokens } from "./shell-words.ts";

/**
 * `code`: another exit code may arrive. `end`: none may arrive, as it starts the node again or leaves it behind. `unseen`: what it
 * does was not seen, which may be either.
 */
export type Hidden = "code" | "end" | "unseen";

/** What a shell leaves of the exit code of the node that it runs, as far as its script tells. */
export interface ShellFate {
  readonly hides?: Hidden | undefined;
  /** The node's command, where the code arrives. */
  readonly command: readonly string[];
  /** Where the node's output goes instead of the shell's own: a file, or a logger's name. */
  readonly output?: string | undefined;
}

/** Programs that give `-c SCRIPT` to the shell of another user. */
const BY_USER = /^(?:su|runuser)$/;

/** Whether a program that is no shell has one run a script. */
export function hasUserScript([file = "", ...words]: readonly string[]): boolean {
  return BY_USER.test(baseName(file)) && words.some(isScriptFlag);
}

function isScriptFlag(word: string): boolean {
  return /^-[a-z]*c$|^--command$/.test(word);
}

/** What comes of a node's exit code under `sh -c SCRIPT`. Of the script in a file nothing is known. */
export function shellFate(args: readonly string[]): ShellFate {
  const { script, options, others } = invocationOf(args);
  const tokens = script === undefined ? undefined : shellTokens(script);
  if (script === undefined || tokens === undefined) return { hides: "unseen", command: [] };
  const isPipeSafe =
    /\bpipefail\b/.test(options) || /(?:^|[;\n&])\s*set\s[^;\n|&]*-\w*o\s+pipefail\b/.test(script);
  const fate = fateOf(commandsOf(tokens), isPipeSafe);
  const at = fate.command.findIndex((word) => /^\$[@*]$/.test(word));
  return at < 0 ? fate : { ...fate, command: [...fate.command.slice(0, at), ...others] };
}

/** Options of a shell that have a word of their own after them. */
const WITH_VALUE = /^[-+]\w*[oO]$|^--(?:rcfile|init-file)$/;

function invocationOf([file = "", ...rest]: readonly string[]) {
  if (BY_USER.test(baseName(file)))
    return { script: rest[rest.findIndex(isScriptFlag) + 1], options: "", others: [] };
  const options: string[] = [];
  let at = 0;
  let isCommand = false;
  for (; at < rest.length && /^[-+]\S/.test(rest[at] ?? ""); at += 1) {
    const word = rest[at] ?? "";
    options.push(word);
    if (/^-[a-z]*c/i.test(word) && !word.startsWith("--")) isCommand = true;
    if (WITH_VALUE.test(word)) {
      at += 1;
      options.push(rest[at] ?? "");
    }
    if (word === "--") {
      at += 1;
      break;
    }
  }
  // After the script come $0 and the arguments.
  return { script: isCommand ? rest[at] : undefined, options: options.join(" "), others: rest.slice(at + 2) };
}

interface Command extends Piped {
  /** Its own, after those of the compound commands around it and of an `exec` before it. */
  readonly redirections: readonly Redirection[];
  /** The compound commands around it, the outermost first. */
  readonly within: readonly string[];
  /** The operators before and after it. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

const OPENING: ReadonlySet<string> = new Set(["while", "until", "for", "select", "if", "case", "{", "("]);
const CLOSING: ReadonlySet<string> = new Set(["done", "fi", "esac", "}", ")"]);
const BETWEEN: ReadonlySet<string> = new Set(["do", "then", "else", "elif", "time"]);

function commandsOf(tokens: readonly ShellToken[]): readonly Command[] {
  const commands: Command[] = [];
  const within: string[] = [];
  /** How many commands there were before each compound command that is open, and before the one that closed last. */
  const starts: number[] = [];
  let closed: number | undefined;
  let words: string[] = [];
  let redirections: Redirection[] = [];
  let lasting: readonly Redirection[] = [];
  let before: string | undefined;
  const end = (after: string | undefined) => {
    if (words.length > 0)
      commands.push({
        words,
        redirections: [...lasting, ...redirections],
        within: [...within],
        before,
        after,
      });
    else if (closed !== undefined && redirections.length > 0)
      for (const [at, command] of commands.entries())
        if (at >= closed)
          commands[at] = { ...command, redirections: [...redirections, ...command.redirections] };
    if (words.length === 1 && words[0] === "exec") lasting = [...lasting, ...redirections];
    [words, redirections, closed] = [[], [], undefined];
    before = after;
  };
  const open = (text: string) => {
    within.push(text);
    starts.push(commands.length);
  };
  const close = () => {
    within.pop();
    closed = starts.pop();
  };
  for (const token of tokens) {
    if (token.kind === "redirection") {
      redirections.push(token);
      continue;
    }
    const { kind, text } = token;
    const isFirst = words.length === 0 && (kind === "operator" || !token.isQuoted);
    if (kind === "operator" && text !== "(" && text !== ")") end(text);
    else if (kind === "operator" && text === "(") {
      end(text);
      open(text);
    } else if (kind === "operator") {
      end(undefined);
      // In a case, a parenthesis ends a pattern.
      if (within.at(-1) === "(") close();
    } else if (isFirst && OPENING.has(text)) open(text);
    else if (isFirst && CLOSING.has(text)) close();
    else if (!(isFirst && BETWEEN.has(text))) words.push(text);
  }
  end(undefined);
  return commands;
}

/** What no one would call a node, and what ends with a code of its own. */
const HELPERS: ReadonlySet<string> = new Set(
  "set export cd umask ulimit sleep mkdir chmod chown cp mv ln rm touch cat echo printf test [ [[ true false : source . unset local shift exit return trap wait date env-file tee grep sed awk curl wget nc".split(
    " ",
  ),
);

function isHelper({ words }: Command): boolean {
  const program = words.find((word) => word !== "!" && !/^\w+=/.test(word));
  return program === undefined || HELPERS.has(baseName(program)) || isLogger(baseName(program));
}

/** What may end the script with a code of its own, or runs words that are no commands of this script. */
const OPAQUE: ReadonlySet<string> = new Set(["trap", "eval", "coproc"]);

function isOpaque({ words: [first = ""] }: Command): boolean {
  return OPAQUE.has(first);
}

const LOOPS: ReadonlySet<string> = new Set(["while", "until", "for", "select"]);
const PIPES: ReadonlySet<string | undefined> = new Set(["|", "|&"]);

/** The code of a script is that of its last command; `exec` puts the node into the shell's place. */
function fateOf(commands: readonly Command[], isPipeSafe: boolean): ShellFate {
  const last = commands.at(-1);
  if (last === undefined) return { hides: "unseen", command: [] };
  const isPlain = last.within.length === 0 && last.after !== "&" && !PIPES.has(last.before);
  const isNegated = last.words[0] === "!";
  if (isPlain && last.words[0] === "exec" && last.words.length > 1)
    return { command: withoutAssignments(last.words.slice(1)), output: placeOf(last, []) };
  const nodes = commands.filter((command) => !isHelper(command));
  const node = nodes.at(-1);
  const output = node && placeOf(node, pipedInto(node, commands));
  if (commands.some(isOpaque) || node === undefined) return { hides: "unseen", command: [], output };
  if (nodes.length !== 1) return { hides: isLooped(nodes) ? "end" : "code", command: [], output };
  const command = withoutAssignments(node.words[0] === "exec" ? node.words.slice(1) : node.words);
  const told = { command, output };
  if (isLooped(nodes)) return { hides: "end", ...told };
  if (node.within.length > 0 || node.after === "&" || isNegated) return { hides: "code", ...told };
  if (PIPES.has(node.after) || PIPES.has(node.before))
    return isPipeSafe && isInLastPipe(node, commands) ? told : { hides: "code", ...told };
  return node === last ? told : { hides: "code", ...told };
}

/** The commands that a command's output goes through, in turn. */
function pipedInto(command: Command, commands: readonly Command[]): readonly Command[] {
  const after = commands.slice(commands.indexOf(command) + 1);
  const end = after.findIndex(({ before }) => !PIPES.has(before));
  return end < 0 ? after : after.slice(0, end);
}

function isLooped(nodes: readonly Command[]): boolean {
  return nodes.some(({ within }) => within.some((word) => LOOPS.has(word)));
}

/** Whether nothing comes after the pipe that a command is in. */
function isInLastPipe(command: Command, commands: readonly Command[]): boolean {
  return commands
    .slice(commands.indexOf(command) + 1)
    .every(({ before, after }) => PIPES.has(before) && after !== "&");
}

function withoutAssignments(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => !/^\w+=/.test(word));
  return at < 0 ? [] : words.slice(at);
}
