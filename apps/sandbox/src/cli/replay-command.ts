import { Command } from "commander";
import { jsonLinesReader } from "../events/json-lines.ts";
import { terminalReader } from "../events/terminal.ts";
import { isClusterEvent } from "../recording/history.ts";
import { readRecording, replay } from "../recording/recording.ts";
import { readSpeed } from "./play-command.ts";
import { untilStopped } from "./signals.ts";
import { columnsOf } from "./terminal-width.ts";

interface ReplayFlags {
  readonly json?: boolean;
  readonly speed: number;
}

/** `sandbox replay`: tells what `play --json` or `demo --json` wrote again, without a cluster. */
export function replayCommand(setCode: (code: number) => void): Command {
  return new Command("replay")
    .description("tell a recording again, as it was or faster: what `play --json` or `demo --json` wrote")
    .argument("<file>", "the recording: JSON lines")
    .option("--json", "tell it as JSON lines")
    .option("--speed <factor>", "divide the time between events", readSpeed, 1)
    .action(async (file: string, flags: ReplayFlags) => setCode(await run(file, flags)));
}

async function run(file: string, { json = false, speed }: ReplayFlags): Promise<number> {
  const events = (await readRecording(file)).filter(isClusterEvent);
  const write = (text: string): void => void process.stdout.write(text);
  const startedAt = Date.parse(events[0]?.at ?? "");
  const reader = json
    ? jsonLinesReader(write)
    : terminalReader({ write, columns: columnsOf(process.stdout), startedAt });
  const interrupt = new AbortController();
  void untilStopped().then(() => interrupt.abort());
  const isWhole = await replay(events, reader, { speed, signal: interrupt.signal });
  const last = events.at(-1);
  if (!isWhole) return 130;
  return last?.kind === "the-end" && last.broken === 0 ? 0 : 1;
}
