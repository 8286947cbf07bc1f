import { readFileSync } from "node:fs";
import { type Copy, type Dockerfile, DockerfileParser, type From } from "dockerfile-ast";

/** One stage of a Dockerfile: what it begins from, and its instructions in order. */
export interface Stage {
  readonly name: string | undefined;
  readonly base: string;
  readonly steps: readonly Step[];
}

/** An instruction with its arguments as Docker reads them: JSON lists as lists, continued lines as one. */
export interface Step {
  readonly keyword: string;
  readonly args: readonly string[];
  /** The stage that a COPY takes its files from. */
  readonly from?: string | undefined;
}

/** The stages of the Dockerfile in `file`. */
export function stagesOf(file: string): readonly Stage[] {
  const dockerfile: Dockerfile = DockerfileParser.parse(readFileSync(file, "utf8"));
  const stages: (Stage & { steps: Step[] })[] = [];
  for (const instruction of dockerfile.getInstructions()) {
    const keyword = instruction.getKeyword();
    const text = instruction.getArgumentsContent() ?? "";
    if (keyword === "FROM") {
      const from = instruction as From;
      stages.push({ name: from.getBuildStage() ?? undefined, base: from.getImage() ?? "", steps: [] });
      continue;
    }
    const args = text.startsWith("[")
      ? (JSON.parse(text) as string[])
      : keyword === "RUN"
        ? [text.replaceAll(/\\\n/g, "")]
        : instruction.getArguments().map((argument) => argument.getValue());
    const flag = keyword === "COPY" ? (instruction as Copy).getFromFlag() : null;
    stages.at(-1)?.steps.push({ keyword, args, from: flag?.getValue() ?? undefined });
  }
  return stages;
}
