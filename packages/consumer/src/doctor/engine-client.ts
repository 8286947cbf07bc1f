import { baseName } from "./process.ts";

/** A command of a container engine's client: what it starts runs elsewhere, below the engine. */
export interface EngineClient {
  readonly kind: "client";
  /** As it is typed: `docker run`, `docker compose up`. */
  readonly name: string;
  /** The container, where the command names it. */
  readonly container?: string | undefined;
  /** Why the container's exit code does not arrive, as a clause; missing where it may. */
  readonly hides?: string | undefined;
}

const ENGINES = /^(?:docker|podman|nerdctl)$/;
const COMPOSES = /^(?:docker|podman|nerdctl)-compose$/;
const VERBS: ReadonlySet<string> = new Set("run start restart exec attach wait logs up".split(" "));
/** What starts several containers at once. */
const GROUPS: ReadonlySet<string> = new Set("compose stack service kube play pod".split(" "));

/** What a command line asks an engine for; `undefined` where it is no client's, or starts nothing. */
export function engineClientOf([file = "", ...words]: readonly string[]): EngineClient | undefined {
  const program = baseName(file);
  const isCompose = COMPOSES.test(program);
  if (!ENGINES.test(program) && !isCompose) return undefined;
  const groupAt = words.findIndex((word) => GROUPS.has(word) || VERBS.has(word));
  const group = GROUPS.has(words[groupAt] ?? "") ? words[groupAt] : undefined;
  const verbAt = words.findIndex((word, index) => index >= groupAt && groupAt >= 0 && VERBS.has(word));
  const verb = words[verbAt];
  if (verb === undefined && group === undefined) return undefined;
  const name = [program, group, verb].filter((word) => word !== undefined).join(" ");
  const options = ownOptions(verb === undefined ? [] : words.slice(verbAt + 1));
  if (group === undefined && !isCompose)
    return { kind: "client", name, ...ofContainer(program, verb ?? "", options) };
  return { kind: "client", name, hides: ofGroup(verb, options) };
}

const FORWARDERS = new Set(["docker-proxy", "rootlesskit", "rootlessport", "slirp4netns", "pasta"]);

/** A program of an engine, by its name alone, that may be found where the node was looked for. */
export function engineHelperOf(program: string): EngineClient | undefined {
  // Podman's monitor of a container ends as the container does.
  if (program === "conmon") return { kind: "client", name: program };
  if (FORWARDERS.has(program))
    return { kind: "client", name: program, hides: "it only forwards an address of the container" };
  return ENGINES.test(program) || COMPOSES.test(program)
    ? { kind: "client", name: program, hides: NO_CODE }
    : undefined;
}

const NO_CODE = "it hands no exit code on";
const LEFT_BEHIND = "it leaves the container behind";

/** `compose up` ends well whatever its containers end with, unless it is told whose code counts. */
function ofGroup(verb: string | undefined, options: Options): string | undefined {
  if (verb === "run" || verb === "exec") return options.given.has("d") ? LEFT_BEHIND : undefined;
  return verb === "up" && options.given.has("exit-code-from") ? undefined : NO_CODE;
}

function ofContainer(
  program: string,
  verb: string,
  { given, first }: Options,
): Pick<EngineClient, "container" | "hides"> {
  switch (verb) {
    case "run": {
      const policy = given.get("restart") ?? "";
      const container = given.get("name");
      if (policy !== "" && policy !== "no")
        return { container, hides: `--restart=${policy} has the engine start the container again` };
      // Where Podman's monitor stands for the container, its end is the unit's.
      const isMonitored = given.has("sdnotify") || given.has("conmon-pidfile");
      return { container, hides: given.has("d") && !isMonitored ? LEFT_BEHIND : undefined };
    }
    case "start":
      // A unit that Podman wrote follows the container's monitor by PIDFile=.
      return { container: first, hides: given.has("a") || program === "podman" ? undefined : LEFT_BEHIND };
    case "attach":
      return { container: first };
    case "exec":
      return { container: first, hides: given.has("d") ? LEFT_BEHIND : undefined };
    default:
      return { container: first, hides: NO_CODE };
  }
}

interface Options {
  /** Without dashes; `d`, `a` for the long forms of these, too. Those without a value have an empty one. */
  readonly given: ReadonlyMap<string, string>;
  /** The first word that is no option: an image, a container or a service. What follows it is the container's own. */
  readonly first: string | undefined;
}

/** Options that have no word of their own after them. */
const ALONE: ReadonlySet<string> = new Set(
  "d i t q P a detach interactive tty quiet publish-all attach all latest rm rmi init privileged read-only replace no-healthcheck oom-kill-disable env-host no-hosts build abort-on-container-exit remove-orphans force-recreate no-deps service-ports".split(
    " ",
  ),
);
const SHORT: Readonly<Record<string, string>> = { detach: "d", attach: "a" };

function ownOptions(words: readonly string[]): Options {
  const given = new Map<string, string>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (!word.startsWith("-")) return { given, first: word };
    const [, long, joined] = /^--([\w-]+)(?:=(.*))?$/.exec(word) ?? [];
    const names = long === undefined ? [...word.slice(1)] : [SHORT[long] ?? long];
    const last = names.find((name) => !ALONE.has(name)) ?? "";
    for (const name of names) {
      if (name !== last) given.set(name, "");
      else break;
    }
    if (last === "") continue;
    const isWhole = long !== undefined ? joined === undefined : word.endsWith(last);
    given.set(last, isWhole ? (words[at + 1] ?? "") : (joined ?? ""));
    if (isWhole) at += 1;
  }
  return { given, first: undefined };
}
