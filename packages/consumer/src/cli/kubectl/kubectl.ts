import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { z } from "@upgrade-halt/contract/zod";
import { ConsumerError } from "../../consumer-error.ts";
import { printable } from "../../printable.ts";
import { parseDocument } from "../input/documents.ts";
import type { Io } from "../output/io.ts";

/** Which cluster, as kubectl's own options of these names say it. */
export interface Cluster {
  readonly namespace?: string;
  readonly context?: string;
  readonly kubeconfig?: string;
}

/** What kubectl says when it does not do what it was asked. All else on its standard error is for the person who waits. */
const REFUSAL =
  /^(?:Error from server|error: |The \S+ "|Unable to |The connection to the server |You must be )/;

/** The arguments that name a cluster to kubectl, and again to who repeats a command. */
export function clusterArgs({ namespace, context, kubeconfig }: Cluster): readonly string[] {
  return Object.entries({ namespace, context, kubeconfig }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
}

/**
 * Asks the user's own kubectl, which knows how they log in, and gives what it answered. What else it says meanwhile, such as a
 * page to log in at, is shown.
 *
 * @throws ConsumerError `failure` with the words of kubectl or of the API server, and what to do.
 */
export async function askKubectl<T>(
  args: readonly string[],
  cluster: Cluster,
  schema: z.ZodType<T>,
  io: Io,
): Promise<T> {
  const [verb = "", kind = ""] = args;
  const asked = `kubectl ${verb} ${kind}`;
  const child = spawn("kubectl", [...args, ...clusterArgs(cluster), "--output=json"], {
    env: { ...io.env, LC_ALL: "C" },
    stdio: ["inherit", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const refusals: string[] = [];
  const told = (async () => {
    for await (const line of createInterface(child.stderr)) {
      if (REFUSAL.test(line)) refusals.push(line);
      else io.stderr.write(`${printable(line, 2_000)}\n`);
    }
  })();
  const [code, answer] = await Promise.all([ended, text(child.stdout), told]).catch((cause: unknown) => {
    const why = (cause as NodeJS.ErrnoException).code === "ENOENT" ? "is not on this PATH" : "cannot be run";
    throw new ConsumerError("failure", `kubectl ${why}.`, { cause });
  });
  if (code === 0) return parseDocument(schema, answer, `what ${asked} printed`);
  const words = printable(refusals.join(" ") || `it ended with ${code}`, 1_000).replace(/\.$/, "");
  throw new ConsumerError("failure", `${asked} failed: ${words}.${adviceOn(words)}`);
}

function adviceOn(words: string): string {
  if (/doesn't have a resource type "(?:haltpolicies|nodehalts)"/.test(words))
    return " The controller's CustomResourceDefinitions are not installed in this cluster.";
  if (/\(Forbidden\)|is forbidden: /.test(words))
    return " Nothing was changed. Ask whoever runs the cluster for that right.";
  if (/\(Conflict\)/.test(words))
    return " Somebody changed it meanwhile: look again, and repeat the command.";
  if (/\(NotFound\)/.test(words)) return " See --namespace, and list.";
  return "";
}
