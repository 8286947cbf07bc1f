import { Story } from "../story/story.ts";
import type { StoryReader } from "../story/story-event.ts";
import { CHAIN, type Finding, judge } from "./expectations.ts";
import { outcomes } from "./outcomes.ts";
import { play } from "./plot.ts";
import { type Stage, setStage } from "./stage.ts";
import { Interrupted } from "./wait.ts";

const OPENING = `A cluster starts on this machine: three nodes of one chain on ${CHAIN.before}, and a controller.`;

export interface DemoOptions {
  readonly readers: readonly StoryReader[];
  /** Resolves when the demo is to end, whatever it is doing. */
  readonly stopping: Promise<unknown>;
  /** With keep, called at the end of the story; everything runs on until `stopping`. */
  readonly onKept?: (kubeconfig: string) => void;
}

/**
 * Plays the whole story and cleans up after itself, however it ends.
 * Resolves with the expectations that did not hold, or undefined when it was interrupted.
 * @throws SandboxError when a part can't start or something does not come to pass in time.
 */
export async function runDemo({
  readers,
  stopping,
  onKept,
}: DemoOptions): Promise<readonly Finding[] | undefined> {
  const story = new Story(readers);
  story.tell({ kind: "chapter", title: OPENING });
  const interrupt = new AbortController();
  void stopping.then(() => interrupt.abort());
  try {
    const stage = await setStage(story, interrupt.signal);
    try {
      return await perform(stage, story, interrupt.signal, stopping, onKept);
    } finally {
      await stage.strike();
    }
  } catch (error) {
    if (error instanceof Interrupted) return undefined;
    throw error;
  }
}

async function perform(
  stage: Stage,
  story: Story,
  signal: AbortSignal,
  stopping: Promise<unknown>,
  onKept: DemoOptions["onKept"],
): Promise<readonly Finding[]> {
  const evidence = await play(stage, story, signal);
  story.tell({ kind: "chapter", title: "What came of it" });
  for (const row of outcomes(evidence.halts, evidence.nodes, stage.watcher)) story.tell(row);
  const findings = judge(evidence);
  for (const finding of findings) story.tell({ kind: "expectation", ...finding });
  const broken = findings.filter(({ held }) => !held);
  story.tell({ kind: "the-end", expectations: findings.length, broken: broken.length });
  if (onKept !== undefined) {
    onKept(stage.kubeconfig);
    await stopping;
  }
  return broken;
}
