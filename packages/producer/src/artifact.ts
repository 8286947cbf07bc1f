import { type DurableFile, writeDurably } from "./durable-file.ts";
import type { StepObserver } from "./halt-steps.ts";

/** Something that must be on disk before anyone may learn of the halt. */
export interface Artifact {
  /** Names the artifact in messages: a path, usually. */
  readonly name: string;
  /** Returns only when the artifact is durable; throws when it can't be made so. Runs to its end in one turn. */
  persist(onStep: StepObserver): void;
}

/** A whole file as an artifact, such as the `upgrade-info.json` that cosmovisor reads. */
export function fileArtifact(file: DurableFile): Artifact {
  return { name: file.path, persist: (onStep) => writeDurably(file, onStep) };
}
