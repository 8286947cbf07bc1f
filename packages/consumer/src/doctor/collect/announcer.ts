import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { AnnouncerFacts, FileFacts } from "../facts.ts";
import type { ProcessFacts } from "../process.ts";
import type { ExecWrapper } from "../wrapper.ts";
import { homeOfNode, homeOpenedBy } from "./node-home.ts";
import { type Reader, readableFor } from "./readable-for.ts";
import type { Env } from "./run-program.ts";

/** Where an announcer and its node are seen from here, and whose rights it has. `node` is missing where it does not run. */
interface Around {
  readonly root: string;
  readonly reader: Reader;
  readonly node: ProcessFacts | undefined;
}

/** What `exec --announce` needs of the machine: it reads its policy and its home as its own user, and the home is to be the node's. */
export async function readAnnouncer(
  { policy, home }: ExecWrapper,
  { root, reader, node }: Around,
  env: Env,
): Promise<AnnouncerFacts> {
  const genesis = home === undefined ? [] : [join(home, "config", "genesis.json")];
  const needed = [
    ...(policy === undefined ? [] : [policy]),
    ...(home === undefined ? [] : [join(home, "data")]),
    // A chain's node always has one; without it there is nothing that could be refused.
    ...genesis.filter((path) => existsSync(`${root}${path}`)),
  ];
  const unread: FileFacts[] = [];
  for (const path of needed) {
    const file = await readableFor(reader, root, path, env);
    if (file.refused !== undefined) unread.push(file);
  }
  const own = node && (homeOfNode(node) ?? homeOpenedBy(node.pid));
  const isOther = home !== undefined && own !== undefined && real(root, home) !== real(root, own);
  return { unread, nodeHome: isOther ? own : undefined };
}

function real(root: string, path: string): string {
  try {
    return realpathSync(`${root}${path}`);
  } catch {
    return join(root, path);
  }
}
