import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { UpgradeInfo } from "../../evidence.ts";

const LONGEST = 1_048_576;
const InfoSchema = z.object({ name: z.string().min(1), height: z.int().positive().optional() });

/** `<home>/data/upgrade-info.json`; `undefined` where there is none that is whole, no link and no longer than 1 MiB. */
export async function readUpgradeInfo(home: string): Promise<UpgradeInfo | undefined> {
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    await using file = await open(join(home, "data", "upgrade-info.json"), flags);
    const found = await file.stat();
    if (!found.isFile() || found.size > LONGEST) return undefined;
    const info = InfoSchema.parse(JSON.parse(await file.readFile("utf8")));
    return { ...info, modifiedAt: found.mtimeMs };
  } catch {
    return undefined;
  }
}
