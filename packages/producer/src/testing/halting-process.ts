/**
 * A process that halts in the way that its first argument names, with its artifact in the folder that the second
 * names. It says `published` on standard output once the intent stands.
 */
import { writeSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { ShutdownReason } from "@upgrade-halt/contract";
import {
  createHaltHolder,
  fileArtifact,
  type GracefulHalt,
  gracefulHalt,
  guardExitCode,
  HALT_STEPS,
  listenForStop,
  printLine,
  type StopHook,
} from "../index.ts";

const [, , scenario = "plain", folder = "."] = process.argv;

const holder = createHaltHolder(Date.now);
guardExitCode(process, holder);
const exit = (code: number): void => process.exit(code);
const stopRequested = listenForStop(process, () => exit(130));
const server = createServer((_request, response) => response.end("{}"));

const serverHook: StopHook = { name: "server", stop: () => void server.close() };
const hungHook: StopHook = { name: "hung hook", stop: () => new Promise<void>(() => {}) };

function halt(overrides: Partial<GracefulHalt> = {}): ReturnType<typeof gracefulHalt> {
  const halting = gracefulHalt({
    reason: ShutdownReason.UpgradeRequired,
    plan: { name: "v6.7", height: 5, info: "" },
    holder,
    artifacts: () => [
      fileArtifact({ path: join(folder, "upgrade-info.json"), bytes: Buffer.from("{}"), mode: 0o600 }),
    ],
    mode: { kind: "exit" },
    log: () => {},
    print: () => printLine(2, "the raw line"),
    shutdown: { consensus: [], servers: [serverHook] },
    exit,
    onProblem: (message) => printLine(2, message),
    ...overrides,
  });
  if (holder.snapshot() !== undefined) writeSync(1, "published\n");
  return halting;
}

const stayAlive = { kind: "stay-alive", stopRequested } as const;

const scenarios: Readonly<Record<string, () => unknown>> = {
  plain: () => halt(),
  "before any server listens": () => halt({ shutdown: { consensus: [], servers: [] } }),
  "stay alive": () => server.listen(0, "127.0.0.1", () => halt({ mode: stayAlive })),
  "stay alive, nothing keeps it running": () => halt({ mode: stayAlive }),
  "an empty event loop": () => halt({ exit: () => {} }),
  "hung hook": () => halt({ shutdown: { consensus: [hungHook], servers: [hungHook] }, deadlineMs: 50 }),
  "hung hook, no end in sight": () =>
    halt({ mode: stayAlive, shutdown: { consensus: [], servers: [hungHook] }, deadlineMs: 600_000 }),
  "during another shutdown": () => {
    setImmediate(() => exit(0));
    return halt({ shutdown: { consensus: [hungHook], servers: [] } });
  },
  "uncaught error": () => {
    void halt({ mode: stayAlive });
    throw new Error("later, something else breaks");
  },
  "unhandled rejection": () => {
    void halt({ mode: stayAlive });
    void Promise.reject(new Error("later, something else breaks"));
  },
  twice: () => {
    void halt();
    return halt({ reason: ShutdownReason.DowngradeDetected });
  },
  "killed at": () => {
    const [, , , , step] = process.argv;
    if (!HALT_STEPS.some((known) => known === step)) throw new Error(`no step ${step}`);
    return halt({ onStep: (done) => done === step && process.kill(process.pid, "SIGKILL") });
  },
};

const act = scenarios[scenario];
if (act === undefined) throw new Error(`no scenario ${scenario}`);
act();
