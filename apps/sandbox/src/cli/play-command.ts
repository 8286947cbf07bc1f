import { basename } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import type { EventReader } from "../events/cluster-event.ts";
import { jsonLinesReader } from "../events/json-lines.ts";
import { terminalReader } from "../events/terminal.ts";
import { readScenario, shippedScenarios } from "../scenario/read-scenario.ts";
import { runScenario } from "../scenario/run-scenario.ts";
import { runScenarios } from "../scenario/run-scenarios.ts";
import { Interrupted } from "../scenario/wait.ts";
import { untilStopped } from "./signals.ts";
import { columnsOf } from "./terminal-width.ts";

interface PlayFlags {
  readonly json?: boolean;
  readonly speed: number;
}

const INTERRUPTED = 130;
const write = (text: string): void => void process.stdout.write(text);

/** `sandbox play`: scenarios by name or from files; exit code 0 only when every expectation of all of them held. */
export function playCommand(setCode: (code: number) => void): Command {
  return new Command("play")
    .description("play scenarios: by name, or from files that end in .yaml; several run side by side")
    .argument("<scenario...>", `one of ${shippedScenarios().join(", ")}, or a file`)
    .option("--json", "print the events as JSON lines; keep them for `sandbox replay`")
    .option("--speed <factor>", "divide the scenario's pauses", readSpeed, 1)
    .action(async (names: readonly string[], flags: PlayFlags) => setCode(await play(names, flags)));
}

/** A factor of 0.1 to 1000. */
export function readSpeed(text: string): number {
  const speed = Number(text);
  if (!(speed >= 0.1 && speed <= 1000))
    throw new InvalidArgumentError("a speed is a number from 0.1 to 1000.");
  return speed;
}

async function play(names: readonly string[], { json = false, speed }: PlayFlags): Promise<number> {
  const stopping = untilStopped();
  const [only = "", ...others] = names;
  if (others.length === 0) {
    const reader = json
      ? jsonLinesReader(write)
      : terminalReader({ write, columns: columnsOf(process.stdout) });
    const broken = await runScenario(await readScenario(only), { readers: [reader], stopping, speed });
    if (broken === undefined) return INTERRUPTED;
    return broken === 0 ? 0 : 1;
  }
  return playSeveral(names, json, speed, stopping);
}

/** Each run is told in one piece when it is over, as lines for a person, or at once as JSON lines with its scenario's name. */
async function playSeveral(
  names: readonly string[],
  json: boolean,
  speed: number,
  stopping: Promise<unknown>,
): Promise<number> {
  const told = new Map<string, string>();
  const scenarios = await Promise.all(
    names.map(async (nameOrFile) => {
      const name = basename(nameOrFile).replace(/\.ya?ml$/, "");
      const keep = (text: string): void => void told.set(name, (told.get(name) ?? "") + text);
      const reader: EventReader = json
        ? (event) => write(`${JSON.stringify({ scenario: name, ...event })}\n`)
        : terminalReader({ write: keep, columns: columnsOf(process.stdout) });
      return { name, scenario: await readScenario(nameOrFile), reader };
    }),
  );
  const failed: string[] = [];
  const onEnd = (name: string, broken: number | undefined, why: string): void => {
    if (!json) write(`== ${name}\n${told.get(name) ?? ""}\n`);
    if (broken === undefined) process.stderr.write(`sandbox: ${name}: ${why}\n`);
    if (broken !== 0) failed.push(name);
  };
  try {
    await runScenarios(scenarios, { stopping, speed, onEnd });
  } catch (error) {
    if (error instanceof Interrupted) return INTERRUPTED;
    throw error;
  }
  return failed.length === 0 ? 0 : 1;
}
