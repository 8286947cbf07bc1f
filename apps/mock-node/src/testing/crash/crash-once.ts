import { HALT_STEPS, type HaltStep } from "@upgrade-halt/producer";
import { crashHome } from "./crash-home.ts";
import { watchNode } from "./watched-node.ts";

/** A halt, interrupted after one of its steps or at an instant counted in ms from the node's start. */
export interface Crash {
  readonly program: string;
  readonly after: HaltStep | number;
  readonly isStayAlive: boolean;
}

/** From this step on the file is there. */
const RENAMED = HALT_STEPS.indexOf("artifact-renamed");

/**
 * Kills a halting node, looks at what it left, starts it again and lets it halt. The answer lists every promise that
 * did not hold: the file whole or absent, there before anything was said, and 70 with the file in the end.
 */
export async function crashOnce({ program, after, isStayAlive }: Crash): Promise<readonly string[]> {
  const home = crashHome();
  const defects: string[] = [];
  const check = (holds: boolean, defect: string): void => {
    if (!holds) defects.push(`${after}, ${isStayAlive ? "stay-alive" : "exit"}: ${defect}`);
  };
  const needsFile = (what: string) => (): void => check(home.file() === "whole", `${what} without the file`);
  try {
    const flags = [...(isStayAlive ? ["--halt-stay-alive"] : []), ...killAfter(after)];
    const node = watchNode(program, [...home.args, ...flags], {
      onRawLine: needsFile("the raw line"),
      onIntent: () => {
        needsFile("an intent")();
        // A node that stays alive takes the last steps of its halt when it is told to.
        if (typeof after === "string") node.kill("SIGTERM");
      },
    });
    const timer = typeof after === "number" ? setTimeout(() => node.kill("SIGKILL"), after) : undefined;
    const end = await node.ended;
    clearTimeout(timer);
    checkCrash(after, end, home.file(), check);

    const again = await watchNode(program, home.args, {
      onRawLine: needsFile("the raw line"),
      onIntent: () => {},
    }).ended;
    check(again.code === 70, `started again, it ended with ${again.code ?? again.signal}`);
    check(again.saidRawLine, "started again, it did not say the raw line");
    check(home.file() === "whole", "a 70 without its file");
  } finally {
    home.remove();
  }
  return defects;
}

function checkCrash(
  after: Crash["after"],
  {
    code,
    signal,
    saidRawLine,
  }: { readonly code: number | null; readonly signal: string | null; readonly saidRawLine: boolean },
  file: ReturnType<ReturnType<typeof crashHome>["file"]>,
  check: (holds: boolean, defect: string) => void,
): void {
  check(typeof file === "string", `the file is damaged: ${JSON.stringify(file)}`);
  if (typeof after === "number") {
    check(signal === "SIGKILL" || code === 70, `it ended with ${code ?? signal}`);
    check(code !== 70 || file === "whole", "a 70 without its file");
    return;
  }
  const step = HALT_STEPS.indexOf(after);
  check(signal === "SIGKILL", `it ended with ${code ?? signal}, not at the step`);
  check((file === "whole") === step >= RENAMED, `the file is ${JSON.stringify(file)}`);
  check(
    saidRawLine === step >= HALT_STEPS.indexOf("printed"),
    `the raw line was ${saidRawLine ? "" : "not "}said`,
  );
}

function killAfter(after: Crash["after"]): readonly string[] {
  return typeof after === "string" ? ["--fault-kill-after", after] : [];
}
