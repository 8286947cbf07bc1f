import { Command } from "commander";
import { jsonLinesReader } from "../events/json-lines.ts";
import { terminalReader } from "../events/terminal.ts";
import { readScenario } from "../scenario/read-scenario.ts";
import { runScenario } from "../scenario/run-scenario.ts";
import { untilStopped } from "./signals.ts";
import { columnsOf } from "./terminal-width.ts";

interface DemoFlags {
  readonly json?: boolean;
  readonly keep?: boolean;
}

const INTERRUPTED = 130;
const KEPT = `Everything runs on until Ctrl-C. With the variable below in another terminal, look at it:
  kubectl get pods,statefulsets,haltpolicies,nodehalts
  kubectl describe nodehalts
  kubectl get nodehalts -w
  kubectl get events

The controller is no pod of it but a process beside it, without a Deployment, a Lease or a kept log: the events and the nodehalts
say what it did. \`pnpm run sandbox\` has two that elect a leader, and a page that shows them.`;

/** `sandbox demo`: a whole upgrade, told live; exit code 0 only when every expectation of it held. */
export function demoCommand(setCode: (code: number) => void): Command {
  return new Command("demo")
    .description(
      "play an upgrade: a chain halts for an upgrade, a controller swaps the images, every node comes back",
    )
    .option("--json", "print the events as JSON lines")
    .option("--keep", "leave everything running at the end, for kubectl, until Ctrl-C")
    .action(async (flags: DemoFlags) => setCode(await demo(flags)));
}

async function demo({ json = false, keep = false }: DemoFlags): Promise<number> {
  const write = (text: string): void => void process.stdout.write(text);
  const reader = json
    ? jsonLinesReader(write)
    : terminalReader({ write, columns: columnsOf(process.stdout) });
  const tellKept = (kubeconfig: string): void => {
    const text = `KUBECONFIG=${kubeconfig}\n`;
    if (json) process.stderr.write(text);
    else write(`\n${KEPT}\n\n${text}`);
  };
  const stopping = untilStopped();
  const broken = await runScenario(await readScenario("demo"), {
    readers: [reader],
    stopping,
    ...(keep ? { onKept: tellKept } : {}),
  });
  if (broken === undefined) return INTERRUPTED;
  return broken === 0 ? 0 : 1;
}
