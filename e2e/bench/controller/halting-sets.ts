import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { mockNode, RPC_PORT } from "../../harness/fixtures/mock-nodes.ts";
import type { Write } from "./bare-client.ts";
import { PLAN_LINE } from "./phantom-sets.ts";

/** Where a node waits for the word to halt (a FIFO), and where it leaves the time at which it did. */
export interface HaltFiles {
  readonly word: string;
  readonly haltedAt: string;
}

export function haltFilesOf(folder: string, name: string): HaltFiles {
  return { word: join(folder, `${name}.word`), haltedAt: join(folder, `${name}.halted`) };
}

/**
 * What a node does, as a shell script: on the old image it waits for the word, says the plan's line as the upstream node does,
 * notes the time and exits with 70; on any other it runs on. A real process, and so light that the machine stays idle.
 */
export function haltingScript({ word, haltedAt }: HaltFiles): string {
  return [
    '[ "$MOCK_NODE_IMAGE" = v6.6 ] || exec sleep 86400',
    `read -r word < '${word}'`,
    `echo '${PLAN_LINE}' >&2`,
    `date +%s%N > '${haltedAt}'`,
    "exit 70",
  ].join("\n");
}

/** A StatefulSet of one such node, for the process kubelet. Its `/status` is served at `containerPort`. */
export function createHaltingSet(
  namespace: string,
  name: string,
  files: HaltFiles,
  containerPort: number,
): Write {
  const set = mockNode(name, { version: "v6.6" });
  const template = set.spec?.template.spec;
  const node = template?.containers[0];
  if (set.spec === undefined || template === undefined || node === undefined) throw new Error("no template");
  const { env: _env, args: _args, volumeMounts: _mounts, readinessProbe: _probe, ...rest } = node;
  return {
    method: "POST",
    path: `/apis/apps/v1/namespaces/${namespace}/statefulsets`,
    body: {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      ...set,
      spec: {
        ...set.spec,
        volumeClaimTemplates: [],
        template: {
          ...set.spec.template,
          spec: {
            ...template,
            volumes: [],
            containers: [
              {
                ...rest,
                ports: [{ name: RPC_PORT, containerPort }],
                command: ["/bin/sh", "-c", haltingScript(files)],
              },
              ...template.containers.slice(1),
            ],
          },
        },
      },
    },
  };
}

/** Tells a node to halt; waits until it listens. */
export async function giveTheWord({ word }: HaltFiles): Promise<void> {
  const fifo = await open(word, "w");
  await fifo.write("halt\n");
  await fifo.close();
}

/** What `date +%s%N` left in a file, in ms since the epoch. */
export async function timeIn(file: string): Promise<number> {
  return Number(await readFile(file, "utf8")) / 1e6;
}
