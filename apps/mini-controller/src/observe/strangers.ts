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
  /** Whatever program it is: each port that it declares may be where it serves `/status`. */
  readonly isAnyProgram?: true;
}

/** What a look-alike answered, or why it was not asked. */
export type Introduction =
  | { readonly kind: "node"; readonly validatorAddress: string | undefined; readonly isHalted?: boolean }
  | { readonly kind: "no-node" }
  | { readonly kind: "silent"; readonly found: string };

/** A look-alike and what it answered. */
export interface Asked {
  readonly pod: Pod;
  readonly container: string;
  /** It was asked at the node's own port, as it declares none: who has its address, too, may have answered. */
  readonly isGuess?: true | undefined;
  /** The process of this container has ended: whoever answers was started in the pod by other means. */
  readonly hasEnded?: true | undefined;
  /** It looks like no node of this kind: it is one only if it answers as one. */
  readonly isAnyProgram?: true | undefined;
  readonly said: Introduction;
}

/** A pod that may be the validator that halted, as far as anybody knows. */
export interface Stranger {
  readonly pod: string;
  readonly found: string;
  /** A policy selects it, and it may yet say who it is: it was started lately, or another pod may have answered in its place. */
  readonly starts?: true | undefined;
  /** It is of any kind, and has its address with this pod: it may be who announced the halt there, or who answers there now. */
  readonly insteadOf?: string;
  /** If it is not who answers there, then a node that somebody started in the pod is. */
  readonly orInPod?: true;
  /** It looks like a node. */
  readonly isLookalike?: boolean;
}

const COMETBFT_RPC_PORT = 26657;

/** HTTP status of an answer that is no node's: of a program that serves something else, or does not know `/status`. */
const NO_NODE: ReadonlySet<number> = new Set([200, 400, 404, 405]);

/** What to look for, by the node that halted. */
export function traitsOf(pod: Pod, container: string, portName: string): NodeTraits {
  const node = containerOf(pod, container);
  const port = portOf(node, portName) ?? COMETBFT_RPC_PORT;
  return { image: imageName(node?.image ?? ""), portName, port };
}

/** `pod` as a look-alike, unless it looks like no node or was seen to end for good. */
export function lookalikeOf(pod: Pod, traits: NodeTraits): Lookalike | undefined {
  return lookalikesOf(pod, traits)[0];
}

/**
 * Each container of `pod` that may be a node, those of the node's image first. An init container that does not run beside the others
 * is one only where no other is: it prepares a node.
 */
export function lookalikesOf(pod: Pod, traits: NodeTraits): readonly Lookalike[] {
  if (!mayRun(pod)) return [];
  const { containers, initContainers = [] } = pod.spec;
  const beside = [...containers, ...initContainers.filter(({ restartPolicy }) => restartPolicy === "Always")];
  const isOfImage = ({ image }: PodContainer) => imageName(image) === traits.image;
  const hasPort = (container: PodContainer) => portOf(container, traits.portName) !== undefined;
  const ofImage = beside.filter(isOfImage);
  const ofPort = beside.filter((container) => !isOfImage(container) && hasPort(container));
  const before = ofImage.length === 0 ? initContainers.filter(isOfImage) : [];
  return [
    ...[...ofImage, ...before].map((container) => ({ pod, container, byPort: false })),
    ...ofPort.map((container) => ({ pod, container, byPort: true })),
  ];
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

/** Of the look-alikes of a namespace so many are asked at most; more of them are not known. */
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

  /** The moment of the clock that never goes back. */
  now(): number {
    return this.#options.steady();
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

  /**
   * What was answered a moment ago does, unless it was asked before `since`, by the clock that never goes back. Where silence clears one,
   * as of what has ended, each is to be asked (`most`).
   */
  async ask(
    lookalikes: readonly Lookalike[],
    traits: NodeTraits,
    since = Number.NEGATIVE_INFINITY,
    most = MOST_ASKED,
  ): Promise<readonly Asked[]> {
    const now = this.#options.steady();
    for (const [key, { at }] of this.#answers) if (now - at > ANSWER_MS) this.#answers.delete(key);
    return await Promise.all(
      lookalikes.map(async (lookalike, index): Promise<Asked> => {
        const { pod, container } = lookalike;
        const said: Introduction =
          index >= most
            ? { kind: "silent", found: "one of too many to be asked" }
            : await this.#introductionOf(lookalike, traits, now, since);
        const { isAnyProgram } = lookalike;
        const guess = isGuess(lookalike, traits) && ({ isGuess: true } as const);
        return { pod, container: container.name, said, isAnyProgram, ...guess };
      }),
    );
  }

  async #introductionOf(
    lookalike: Lookalike,
    traits: NodeTraits,
    now: number,
    since: number,
  ): Promise<Introduction> {
    const { pod, container } = lookalike;
    const urls = portsOf(lookalike, traits).flatMap((port) => statusUrlAt(pod, port) ?? []);
    if (urls.length === 0) return { kind: "silent", found: "has no address yet" };
    const run = containerStatusOf(pod, container.name)?.restartCount ?? 0;
    const key = `${pod.metadata.uid} ${container.name} ${run} ${urls.join()} ${lookalike.byPort}`;
    const known = this.#answers.get(key);
    if (known !== undefined && known.at >= since) return await known.said;
    const said = this.#askAt(urls, lookalike);
    this.#answers.set(key, { at: now, said });
    return await said;
  }

  async #askAt(urls: readonly string[], lookalike: Lookalike): Promise<Introduction> {
    const results = await Promise.all(urls.map((url) => this.#options.read(url, READ_TIMEOUT_MS)));
    const said = results.map((result) => introductionIn(result, lookalike));
    const silent = said.find(({ kind }) => kind === "silent");
    return said.find(({ kind }) => kind === "node") ?? silent ?? { kind: "no-node" };
  }
}

function introductionIn(result: StatusResult, { byPort }: Lookalike): Introduction {
  if (result.kind === "ok") {
    const { validatorAddress, haltIntent } = result.node;
    return { kind: "node", validatorAddress, isHalted: haltIntent?.kind === "intent" };
  }
  // An error of JSON-RPC is a node's, and what is in front of one answers for it where that is down, or wants to know who asks.
  const { httpStatus = 200 } = result;
  if (byPort && result.kind === "not-a-status" && NO_NODE.has(httpStatus)) return { kind: "no-node" };
  return { kind: "silent", found: `does not say on /status who it is: ${result.problem}` };
}

function isGuess({ container }: Lookalike, { portName, port }: NodeTraits): boolean {
  const isDeclared = container.ports?.some(({ containerPort }) => containerPort === port) ?? false;
  return portOf(container, portName) === undefined && !isDeclared;
}

/**
 * What was said at an address that another of `pods` may have answered at in its place: it tells of nobody that it is somebody else. On
 * its machine's network a pod may listen at any port, so what it declares keeps no other from that; one whose RPC has a port of its
 * own is taken to be there.
 */
export function ofSharedAddress(one: Asked, pods: Iterable<Pod>, traits: NodeTraits): Asked {
  if (one.said.kind !== "node") return one;
  const port = portOf(containerOf(one.pod, one.container), traits.portName) ?? traits.port;
  const isGuess = one.isGuess === true;
  const other = whoMayAnswerFor(one.pod, port, pods, traits, isGuess);
  if (other === undefined) return one;
  const found = isGuess ? "has its address with others, and names no port" : foundShared(other);
  return { ...one, said: { kind: "silent", found } };
}

/** In words that another pod may have answered in its place. */
export function foundShared(other: string): string {
  return `has its address with ${other}, which may have answered in its place`;
}

/** Another pod with the address of `pod` that may be who answers at this port of it. `isGuess`: any may, what it looks like. */
export function whoMayAnswerFor(
  pod: Pod,
  port: number,
  pods: Iterable<Pod>,
  traits: NodeTraits,
  isGuess = false,
): string | undefined {
  const { metadata, status } = pod;
  if (!status?.podIP) return undefined;
  for (const other of pods) {
    if (other.metadata.uid === metadata.uid || other.status?.podIP !== status.podIP) continue;
    const nodes = lookalikesOf(other, traits);
    const isElsewhere =
      nodes.length > 0 &&
      nodes.every(({ container }) => (portOf(container, traits.portName) ?? port) !== port);
    if (isGuess || (mayRun(other) && !isElsewhere))
      return `${other.metadata.namespace}/${other.metadata.name}`;
  }
  return undefined;
}

/** Of the ports of a node whose RPC has another name no more than so many are asked. */
const MOST_PORTS = 4;

/** Of whatever runs beside a node so many of its ports are asked. */
const MOST_PORTS_BESIDE = 16;

/** What else may run in the pod of a node (`container`) and looks like none: it would be ended with it, whatever chain it is of. */
export function othersBeside(pod: Pod, container: string, traits: NodeTraits): readonly Lookalike[] {
  const alike = new Set(lookalikesOf(pod, traits).map((one) => one.container.name));
  const { containers, initContainers = [] } = pod.spec;
  return [...containers, ...initContainers]
    .filter(({ name, ports = [] }) => name !== container && !alike.has(name) && ports.length > 0)
    .filter(({ name }) => containerStatusOf(pod, name)?.state?.terminated === undefined)
    .map((one) => ({ pod, container: one, byPort: true, isAnyProgram: true }));
}

/**
 * Where a container may serve `/status`: at its port of that name, or at the node's, unless another container of the pod has that:
 * they share an address. Then each of its own ports may be it.
 */
function portsOf(
  { pod, container, isAnyProgram }: Lookalike,
  { portName, port }: NodeTraits,
): readonly number[] {
  const declared = (container.ports ?? []).map(({ containerPort }) => containerPort);
  if (isAnyProgram) return declared.slice(0, MOST_PORTS_BESIDE);
  const named = portOf(container, portName);
  if (named !== undefined) return [named];
  const others = pod.spec.containers.filter(({ name }) => name !== container.name);
  const isTaken = others.some(({ ports = [] }) => ports.some(({ containerPort }) => containerPort === port));
  if (!isTaken) return [port];
  return declared.slice(0, MOST_PORTS);
}

/** Last part of an image's name: the same program, from whichever registry. */
function imageName(image: string): string {
  const [name = ""] = (image.split("/").at(-1) ?? "").split(/[:@]/);
  return name;
}
