import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { connect } from "../client/api-client.ts";
import { clusterAccessOfFile } from "../cluster/kubeconfig.ts";
import { mayWriteTo } from "../given/allowed.ts";
import { GivenRun } from "../given/given-run.ts";
import { readRecording } from "../recording/recording.ts";
import { SandboxError } from "../sandbox-error.ts";
import { startBase } from "../scenario/base.ts";
import { folderBeside } from "../scenario/manifests.ts";
import { ReplayRun } from "../server/replay-run.ts";
import type { RunSwitcher } from "../server/run-switcher.ts";
import { openScenario, Sandbox } from "../server/sandbox.ts";
import { readSpeed } from "./play-command.ts";
import { readPort } from "./read-port.ts";
import { untilStopped } from "./signals.ts";

interface ServeFlags {
  readonly nodes?: number;
  readonly port: number;
  readonly kubeconfig?: string;
  readonly namespace?: string;
  readonly allowChanges?: string;
  readonly replay?: string;
  readonly speed: number;
}

const NODES = 6;

/** Lets a restarted sandbox be found by the pages that its predecessor opened. */
const TOKEN_VARIABLE = "UPGRADE_HALT_SANDBOX_TOKEN";

/** `sandbox serve`: the embedded cluster and the page on loopback, until SIGTERM or Ctrl-C. */
export function serveCommand(setCode: (code: number) => void): Command {
  return new Command("serve")
    .description("run the embedded cluster with nodes, two controllers and the page, until SIGTERM or Ctrl-C")
    .option("--replay <file>", "show a recording instead, without a cluster")
    .option("--speed <factor>", "divide the time between the recording's events", readSpeed, 1)
    .option("--nodes <n>", `how many nodes there are at the beginning (default: ${NODES})`, readNodes)
    .option("--port <port>", "port of the page on 127.0.0.1 (0: a free one)", readPort, 0)
    .option("--kubeconfig <file>", "show the cluster that this file names, and start none")
    .option("--namespace <name>", "what is shown of it (default: as the kubeconfig says)", readNamespace)
    .option("--allow-changes <name>", "the one namespace of it where something may be changed", readNamespace)
    .action(async (flags: ServeFlags) => setCode(await serve(flags)));
}

async function serve(flags: ServeFlags): Promise<number> {
  const stopping = untilStopped();
  const page = join(folderBeside(ownPackage(), "dist"), "page");
  if (!existsSync(join(page, "index.html")))
    throw new SandboxError("the page is not built: start the sandbox by `pnpm run sandbox`");
  const token = process.env[TOKEN_VARIABLE] || randomBytes(32).toString("base64url");
  if (token.length < 32) throw new SandboxError(`${TOKEN_VARIABLE} must have 32 characters at least`);
  const onRefusal = (reason: string): void => void process.stderr.write(`sandbox: refused: ${reason}\n`);
  const shown = await begin(flags);
  // A web server is a fifth of what a sandbox takes to start, and only this command has one.
  const { pageServer } = await import("../server/page-server.ts");
  const app = pageServer({ sandbox: shown.switcher, page, token, onRefusal });
  try {
    const address = await app.listen({ host: "127.0.0.1", port: flags.port }).catch((cause: unknown) => {
      throw new SandboxError(`the page can't be served: ${cause instanceof Error ? cause.message : cause}`, {
        cause,
      });
    });
    await Promise.race([shown.start(), stopping]);
    process.stdout.write(`The sandbox is at ${address}/#token=${token}\n${shown.about}\n`);
    await stopping;
  } finally {
    await app.close();
    await shown.stop();
  }
  return 0;
}

/** What the page shows, from its start to its end. */
interface Shown {
  readonly switcher: RunSwitcher;
  readonly about: string;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

async function begin(flags: ServeFlags): Promise<Shown> {
  const { kubeconfig, replay } = flags;
  if (kubeconfig !== undefined && replay !== undefined)
    throw new SandboxError("--replay shows a recording, and --kubeconfig a cluster: give one of them");
  if (replay !== undefined) return recording(replay, flags);
  return kubeconfig === undefined ? ownCluster(flags) : givenCluster(kubeconfig, flags);
}

async function recording(file: string, { speed }: ServeFlags): Promise<Shown> {
  const sandbox = new Sandbox({ run: new ReplayRun(basename(file), 1, await readRecording(file), speed) });
  const about = `It tells ${file}; nothing runs.`;
  return { switcher: sandbox, about, start: () => sandbox.start(), stop: () => sandbox.stop() };
}

async function ownCluster({ nodes = NODES, namespace, allowChanges }: ServeFlags): Promise<Shown> {
  if (namespace !== undefined || allowChanges !== undefined)
    throw new SandboxError("--namespace and --allow-changes belong to --kubeconfig");
  const base = await startBase(() => undefined);
  const sandbox = new Sandbox({ base, open: openScenario(nodes) });
  const stop = async (): Promise<void> => {
    await sandbox.stop();
    await base.stop();
  };
  const about = `KUBECONFIG=${base.kubeconfig}\nCtrl-C ends it and leaves nothing behind.`;
  return { switcher: sandbox, about, start: () => sandbox.start(), stop };
}

async function givenCluster(
  file: string,
  { nodes, namespace, allowChanges: allowed }: ServeFlags,
): Promise<Shown> {
  if (nodes !== undefined) throw new SandboxError("--nodes starts nodes, and a given cluster has its own");
  const access = await clusterAccessOfFile(file);
  const shown = namespace ?? allowed ?? access.namespace ?? "default";
  const checkWrite = (path: string): void => {
    if (!mayWriteTo(path, allowed))
      throw new SandboxError(`a write to ${path} is not allowed here, and was not sent`);
  };
  const client = await connect(access, { userAgent: "upgrade-halt-sandbox", checkWrite });
  const run = new GivenRun({ client, namespace: shown, allowed });
  const changes =
    allowed === undefined ? "Nothing can be changed" : `Changes are allowed in ${allowed} alone`;
  const stop = async (): Promise<void> => {
    run.stop();
    await client.close();
  };
  return {
    switcher: run,
    about: `It shows namespace ${shown} of ${client.server}. ${changes}.`,
    start: async () => run.start(),
    stop,
  };
}

function readNamespace(text: string): string {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text))
    throw new InvalidArgumentError("a namespace is a DNS label such as sei.");
  return text;
}

function ownPackage(): string {
  return createRequire(import.meta.url).resolve("@upgrade-halt/sandbox/package.json");
}

function readNodes(text: string): number {
  const nodes = Number(text);
  if (!/^\d+$/.test(text) || nodes < 1 || nodes > 64)
    throw new InvalidArgumentError("a number of nodes is from 1 to 64.");
  return nodes;
}
