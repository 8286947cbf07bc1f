import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { z } from "@upgrade-halt/contract/zod";
import type { UpgradeInfo } from "./evidence.ts";
import { jsonOrNothing } from "./json-or-nothing.ts";

const LONGEST = 1_048_576;
const InfoSchema = z.object({ name: z.string().min(1), height: z.int().positive().optional() });

/** What `<home>/data/upgrade-info.json` turned out to be. `why` is a clause. */
export type UpgradeInfoFile =
  | { readonly kind: "none"; readonly path: string }
  | { readonly kind: "read"; readonly path: string; readonly info: UpgradeInfo }
  | { readonly kind: "unreadable"; readonly path: string; readonly why: string };

/** Looks at `<home>/data/upgrade-info.json`. It never rejects. */
export async function inspectUpgradeInfo(home: string): Promise<UpgradeInfoFile> {
  const path = join(home, "data", "upgrade-info.json");
  const unreadable = (why: string) => ({ kind: "unreadable", path, why }) as const;
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    await using file = await open(path, flags);
    const found = await file.stat();
    if (!found.isFile()) return unreadable("it is no file");
    if (found.size > LONGEST) return unreadable("it is longer than 1 MiB");
    const parsed = InfoSchema.safeParse(jsonOrNothing(await file.readFile("utf8")));
    if (!parsed.success) return unreadable("it is not whole, or names no plan");
    return { kind: "read", path, info: { ...parsed.data, modifiedAt: found.mtimeMs } };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    if (code === "ENOENT") return { kind: "none", path };
    return unreadable(code === "ELOOP" ? "it is a link" : code);
  }
}
