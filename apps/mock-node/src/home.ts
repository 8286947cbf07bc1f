import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { BlockStore } from "./chain/block-store.ts";
import { Journal } from "./chain/journal.ts";
import { type Identity, loadIdentity } from "./identity.ts";
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

/** Opens a node's home, or makes it. Throws `home-unusable`. */
export function openHome(folder: string): Home {
  const data = join(folder, "data");
  const journalPath = join(data, "journal.jsonl");
  try {
    mkdirSync(data, { recursive: true });
    return {
      store: BlockStore.open(join(data, "blocks.db")),
      journal: Journal.open(journalPath),
      journalPath,
      upgradeInfoPath: join(data, "upgrade-info.json"),
      identity: loadIdentity(join(folder, "config", "node_key.pem")),
    };
  } catch (cause) {
    throw new MockNodeError("home-unusable", `cannot use ${folder} as the home: ${reasonOf(cause)}`, {
      cause,
    });
  }
}
