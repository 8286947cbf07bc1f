import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { SandboxError } from "../sandbox-error.ts";
import { startBase } from "../scenario/base.ts";
import { folderBeside } from "../scenario/manifests.ts";
import { pageServer } from "../server/page-server.ts";
import { openScenario, Sandbox } from "../server/sandbox.ts";
import { readPort } from "./read-port.ts";
import { untilStopped } from "./signals.ts";

interface ServeFlags {
  readonly nodes: number;
  readonly port: number;
}

/** Lets a restarted sandbox be found by the pages that its predecessor opened. */
const TOKEN_VARIABLE = "UPGRADE_HALT_SANDBOX_TOKEN";

/** `sandbox serve`: the embedded cluster and the page on loopback, until SIGTERM or Ctrl-C. */
export function serveCommand(setCode: (code: number) => void): Command {
  return new Command("serve")
    .description("run the embedded cluster with nodes, two controllers and the page, until SIGTERM or Ctrl-C")
    .option("--nodes <n>", "how many nodes there are at the beginning", readNodes, 6)
    .option("--port <port>", "port of the page on 127.0.0.1 (0: a free one)", readPort, 0)
    .action(async (flags: ServeFlags) => setCode(await serve(flags)));
}

async function serve({ nodes, port }: ServeFlags): Promise<number> {
  const stopping = untilStopped();
  const page = join(folderBeside(ownPackage(), "dist"), "page");
  if (!existsSync(join(page, "index.html")))
    throw new SandboxError("the page is not built: start the sandbox by `pnpm run sandbox`");
  const token = process.env[TOKEN_VARIABLE] || randomBytes(32).toString("base64url");
  if (token.length < 32) throw new SandboxError(`${TOKEN_VARIABLE} must have 32 characters at least`);
  const base = await startBase(() => undefined);
  const sandbox = new Sandbox(base, openScenario(nodes));
  const onRefusal = (reason: string): void => void process.stderr.write(`sandbox: refused: ${reason}\n`);
  const app = pageServer({ sandbox, page, token, onRefusal });
  try {
    const address = await app.listen({ host: "127.0.0.1", port }).catch((cause: unknown) => {
      throw new SandboxError(`the page can't be served: ${cause instanceof Error ? cause.message : cause}`, {
        cause,
      });
    });
    await Promise.race([sandbox.start(), stopping]);
    process.stdout.write(`The sandbox is at ${address}/#token=${token}\n`);
    process.stdout.write(`KUBECONFIG=${base.kubeconfig}\nCtrl-C ends it and leaves nothing behind.\n`);
    await stopping;
  } finally {
    await app.close();
    await sandbox.stop();
    await base.stop();
  }
  return 0;
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
