import type { StatusResult } from "@upgrade-halt/consumer";
import {
  containerOf,
  containerStatusOf,
  mayRun,
  type Pod,
  type PodContainer,
  portOf,
  statusUrlAt,
} from "../model/pod.ts";

/** By what a pod is taken for a node of the kind that halted. */
export interface NodeTraits {
  /** Last part of the image's name, without registry, tag and digest. */
  readonly image: string;
  /** Name of the port that serves `/status`, and its number. */
  readonly portName: string;
  readonly port: number;
}

/** A pod that looks like a node and that nobody watches. */
export interface Lookalike {
  readonly pod: Pod;
  readonly container: PodContainer;
  /** A port has but the name of one that serves `/status`: another program may use that too. */
  readonly byPort: boolean;
}

/** What a look-alike answered, or why it was not asked. */
export type Introduction =
  | { readonly kind: "node"; readonly validatorAddress: string | undefined }
  | { readonly kind: "no-node" }
  | { readonly kind: "silent"; readonly found: string };

/** A look-alike and what it answered. */
export interface Asked {
  readonly pod: Pod;
  readonly said: Introduction;
}

/** A pod that may be the validator that halted, as far as anybody knows. */
export interface Stranger {
  readonly pod: string;
  readonly found: string;
  /** A policy selects it, and it was started so lately that it may answer yet. */
  readonly starts?: true | undefined;
}

const COMETBFT_RPC_PORT = 26657;

/** What to look for, by the node that halted. */
export function traitsOf(pod: Pod, container: string, portName: string): NodeTraits {
  const node = containerOf(pod, container);
  const port = portOf(node, portName) ?? COMETBFT_RPC_PORT;
  return { image: imageName(node?.image ?? ""), portName, port };
}

/** `pod` as a look-alike, unless it looks like no node or was seen to end for good. */
export function lookalikeOf(pod: Pod, traits: NodeTraits): Lookalike | undefined {
  if (!mayRun(pod)) return undefined;
  const { containers, initContainers = [] } = pod.spec;
  const ofImage = [...containers, ...initContainers].find(({ image }) => imageName(image) === traits.image);
  if (ofImage !== undefined) return { pod, container: ofImage, byPort: false };
  const ofPort = containers.find((container) => portOf(container, traits.portName) !== undefined);
  return ofPort && { pod, container: ofPort, byPort: true };
}

/** Which of those that were asked can't be told from the node that signs as `validatorAddress`. */
export function strangersAmong(
  asked: readonly Asked[],
  validatorAddress: string | undefined,
): readonly Stranger[] {
  return asked.flatMap(({ pod, said }) => {
    const found = doubtAbout(said, validatorAddress);
    return found === undefined ? [] : { pod: `${pod.metadata.namespace}/${pod.metadata.name}`, found };
  });
}

function doubtAbout(said: Introduction, validatorAddress: string | undefined): string | undefined {
  if (said.kind === "no-node") return undefined;
  if (said.kind === "silent") return said.found;
  if (said.validatorAddress === undefined) return "told no validator address";
  return validatorAddress === undefined ? "the node that halted told no validator address" : undefined;
}

export interface StrangersOptions {
  readonly read: (url: string, timeoutMs: number) => Promise<StatusResult>;
  /** Milliseconds of a clock that never goes back. */
  readonly steady: () => number;
}

/** Of a namespace so many are asked at most; more of them are not known. */
const MOST_ASKED = 16;
const READ_TIMEOUT_MS = 1_000;
/** So long an answer counts: a thousand halts that ask at once are one question. */
const ANSWER_MS = 1_000;

/** Asks pods that no policy selects, and that nobody watches, which validator they are. */
export class Strangers {
  readonly #options: StrangersOptions;
  readonly #answers = new Map<string, { readonly at: number; readonly said: Promise<Introduction> }>();

  readonly #found = new Map<string, { readonly at: number; readonly pods: readonly Pod[] }>();

  constructor(options: StrangersOptions) {
    this.#options = options;
  }

  /** The pods of a namespace that no policy selects, as they were found a moment ago, or else as `find` finds them. */
  remembered(namespace: string, find: () => readonly Pod[]): readonly Pod[] {
    const now = this.#options.steady();
    const known = this.#found.get(namespace);
    if (known !== undefined && now - known.at <= ANSWER_MS) return known.pods;
    const pods = find();
    this.#found.set(namespace, { at: now, pods });
    return pods;
  }

  async ask(lookalikes: readonly Lookalike[], traits: NodeTraits): Promise<readonly Asked[]> {
    const now = this.#options.steady();
    for (const [key, { at }] of this.#answers) if (now - at > ANSWER_MS) this.#answers.delete(key);
    return await Promise.all(
      lookalikes.map(async (lookalike, index): Promise<Asked> => {
        const { pod } = lookalike;
        if (index >= MOST_ASKED)
          return { pod, said: { kind: "silent", found: "one of too many to be asked" } };
        return { pod, said: await this.#introductionOf(lookalike, traits, now) };
      }),
    );
  }

  async #introductionOf(lookalike: Lookalike, traits: NodeTraits, now: number): Promise<Introduction> {
    const url = urlOf(lookalike, traits);
    if (url === undefined) return { kind: "silent", found: "has no address yet" };
    const { pod, container } = lookalike;
    const run = containerStatusOf(pod, container.name)?.restartCount ?? 0;
    const key = `${pod.metadata.uid} ${run} ${url} ${lookalike.byPort}`;
    const known = this.#answers.get(key)?.said;
    if (known !== undefined) return await known;
    const said = this.#options.read(url, READ_TIMEOUT_MS).then((result) => introductionIn(result, lookalike));
    this.#answers.set(key, { at: now, said });
    return await said;
  }
}

function introductionIn(result: StatusResult, { byPort }: Lookalike): Introduction {
  if (result.kind === "ok") return { kind: "node", validatorAddress: result.node.validatorAddress };
  // An error of JSON-RPC is a node's.
  if (byPort && result.kind === "not-a-status") return { kind: "no-node" };
  return { kind: "silent", found: `does not say on /status who it is: ${result.problem}` };
}

function urlOf({ pod, container }: Lookalike, { portName, port }: NodeTraits): string | undefined {
  return statusUrlAt(pod, portOf(container, portName) ?? port);
}

/** Last part of an image's name: the same program, from whichever registry. */
function imageName(image: string): string {
  const [name = ""] = (image.split("/").at(-1) ?? "").split(/[:@]/);
  return name;
}
