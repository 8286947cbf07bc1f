import { join } from "node:path";
import { BlockStore } from "./chain/block-store.ts";
import { Journal } from "./chain/journal.ts";
import { lockHome } from "./home-lock.ts";
import { type Identity, loadIdentity } from "./identity.ts";
import { makeFolder } from "./make-folder.ts";
import { MockNodeError, reasonOf } from "./mock-node-error.ts";

/** What a node keeps on disk. */
export interface Home {
  readonly store: BlockStore;
  readonly journal: Journal;
  readonly journalPath: string;
  /** Where cosmovisor looks for a plan that waits for its binary. */
  readonly upgradeInfoPath: string;
  readonly identity: Identity;
}

/** Opens a node's home, or makes it, for this process alone. Rejects with `home-unusable` or `home-in-use`. */
export async function claimHome(folder: string): Promise<Home> {
  try {
    makeFolder(folder);
    await lockHome(folder);
  } catch (cause) {
    throw cause instanceof MockNodeError ? cause : unusable(folder, cause);
  }
  return openHome(folder);
}

/** Opens a node's home, or makes it, whoever else has it open. Throws `home-unusable`. */
export function openHome(folder: string): Home {
  const data = join(folder, "data");
  const journalPath = join(data, "journal.jsonl");
  try {
    makeFolder(data);
    return {
      store: BlockStore.open(join(data, "blocks.db")),
      journal: Journal.open(journalPath),
      journalPath,
      upgradeInfoPath: join(data, "upgrade-info.json"),
      identity: loadIdentity(join(folder, "config", "node_key.pem")),
    };
  } catch (cause) {
    throw unusable(folder, cause);
  }
}

function unusable(folder: string, cause: unknown): MockNodeError {
  const message = `cannot use ${folder} as the home: ${reasonOf(cause)}; give --home a folder that can be made and written`;
  return new MockNodeError("home-unusable", message, { cause });
}
