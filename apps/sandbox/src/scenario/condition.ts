import type { Condition, HaltsCondition, NodeCondition } from "./schema.ts";
import type { HaltView, NodeView, Situation } from "./situation.ts";

/** Whether a condition holds, and what was found. */
export interface Judgement {
  readonly held: boolean;
  readonly found: string;
}

/** Judges every part of a condition against what there is: all must hold. */
export function judge(condition: Condition, situation: Situation): Judgement {
  const parts = [...partsOf(condition, situation)];
  return {
    held: parts.every(({ held }) => held),
    found: parts.map(({ found }) => found).join("; "),
  };
}

function* partsOf(condition: Condition, situation: Situation): Generator<Judgement> {
  const { halts, node, ready, pages, record, held } = condition;
  for (const one of [halts ?? []].flat()) yield judgeHalts(one, situation.halts);
  for (const one of [node ?? []].flat()) yield judgeNode(one, situation);
  if (ready !== undefined) {
    const count = situation.nodes.filter(({ isReady }) => isReady).length;
    yield { held: count >= ready, found: `${count} nodes ready` };
  }
  if (pages !== undefined) {
    const reasons = situation.pages.map(({ reason }) => reason);
    const wanted = reasons.filter((reason) => pages.reason === undefined || reason === pages.reason);
    yield { held: wanted.length === pages.count, found: `pages: ${reasons.join(", ") || "none"}` };
  }
  if (record !== undefined) {
    const images = situation.records.get(record.node)?.images ?? [];
    const seen = images.some((image) => isImage(image, record.image));
    yield { held: seen, found: `recorded on ${images.join(", ") || "nothing"}` };
  }
  if (held !== undefined) {
    yield { held: situation.held.includes(held), found: `held: ${situation.held.join(", ") || "nothing"}` };
  }
}

function judgeHalts(wanted: HaltsCondition, halts: readonly HaltView[]): Judgement {
  const { node, reason, plan, count, atLeast = 1 } = wanted;
  const own = halts.filter(
    (halt) =>
      (node === undefined || halt.node === node) &&
      (reason === undefined || halt.reason === reason) &&
      (plan === undefined || halt.plan === plan),
  );
  const fitting = own.filter((halt) => fits(wanted, halt));
  const held =
    count === undefined ? fitting.length >= atLeast : own.length === count && fitting.length === count;
  return { held, found: own.map(inWords).join(", ") || "no such halt" };
}

function fits(
  { phase, why, action, exitCode, sources, recoveredPast }: HaltsCondition,
  halt: HaltView,
): boolean {
  return (
    (phase === undefined || [phase].flat().some((one) => one === halt.phase)) &&
    (why === undefined || halt.why === why) &&
    (action === undefined || halt.action === action) &&
    (exitCode === undefined || halt.exitCode === (exitCode === "none" ? undefined : exitCode)) &&
    (sources ?? []).every((source) => halt.sources.includes(source)) &&
    (recoveredPast === undefined || halt.recoveredHeight > recoveredPast)
  );
}

function inWords({ node, reason, plan, phase, why, exitCode, sources, recoveredHeight }: HaltView): string {
  const how = `exit code ${exitCode ?? "none"}, known by ${sources.join(", ") || "nothing"}`;
  const end = recoveredHeight > 0 ? ` at ${recoveredHeight}` : "";
  return `${node} ${reason} ${plan} ${phase}${end}${why === "" ? "" : ` (${why})`}, ${how}`;
}

function judgeNode(wanted: NodeCondition, { nodes, halts }: Situation): Judgement {
  const node = nodes.find((one) => one.node === wanted.name);
  if (node === undefined) return { held: false, found: `no node ${wanted.name}` };
  const { image, ready, running, exitCode, restarts, generation, samePod, past } = wanted;
  const podsOfHalts = halts.filter((halt) => halt.node === wanted.name).map(({ podUid }) => podUid);
  const held =
    (image === undefined || (isImage(node.wantedImage, image) && isImage(node.podImage, image))) &&
    (ready === undefined || node.isReady === ready) &&
    (running === undefined || node.isRunning === running) &&
    (exitCode === undefined || node.exitCode === exitCode) &&
    (restarts === undefined || node.restartCount === restarts) &&
    (generation === undefined || node.generation === generation) &&
    (samePod === undefined || podsOfHalts.includes(node.podUid) === samePod) &&
    (past === undefined || node.height > past);
  return { held, found: nodeInWords(node) };
}

function nodeInWords(node: NodeView): string {
  const how = node.isRunning
    ? node.isReady
      ? "ready"
      : "running"
    : `ended with ${node.exitCode ?? "nothing yet"}`;
  return `${node.node} on ${node.podImage} (wanted ${node.wantedImage}), ${how} at ${node.height}, ${node.restartCount} restarts, generation ${node.generation}`;
}

/** Whether an image is the mock node's of a release: a rollback pins the digest beside the tag. */
export function isImage(image: string, version: string): boolean {
  const tagged = imageOf(version);
  return image === tagged || image.startsWith(`${tagged}@sha256:`);
}

export function imageOf(version: string): string {
  return `upgrade-halt.dev/mock-node:${version}`;
}
