import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** A Go module of this folder that pins a release of the module `path`, and how its programs are built. */
const MODULES = {
  /** Without the service discoveries of clouds, which are a third of the build. */
  prometheus: { path: "github.com/prometheus/prometheus", tags: "remove_all_sd" },
  alertmanager: { path: "github.com/prometheus/alertmanager", tags: "" },
} as const;
export type NewestModule = keyof typeof MODULES;

/** The programs that are built, by the module that each is of. */
export const NEWEST = {
  prometheus: "prometheus",
  promtool: "prometheus",
  alertmanager: "alertmanager",
  amtool: "alertmanager",
} as const satisfies Readonly<Record<string, NewestModule>>;
export type NewestProgram = keyof typeof NEWEST;

export interface GoModule {
  /** The folder whose `go.mod` pins the release. */
  readonly folder: string;
  readonly path: string;
  readonly tags: string;
  /** The release as its programs say it: Prometheus 3.16.0 is the module's v0.316.0. */
  readonly version: string;
}

export function moduleOf(program: NewestProgram): GoModule {
  const { path, tags } = MODULES[NEWEST[program]];
  const folder = join(import.meta.dirname, NEWEST[program]);
  const [, pinned = ""] =
    new RegExp(`^require ${path} v(\\S+)$`, "m").exec(readFileSync(join(folder, "go.mod"), "utf8")) ?? [];
  return { folder, path, tags, version: pinned.replace(/^0\.(\d)(\d\d)\./, "$1.$2.") };
}

/** Where the build puts a program: under `XDG_CACHE_HOME` or `~/.cache`, named after all that it is built from. */
export function newestPath(program: NewestProgram): string {
  const { folder, tags } = moduleOf(program);
  const hash = createHash("sha256").update(tags);
  for (const source of ["go.mod", "go.sum", "../build.ts"]) hash.update(readFileSync(join(folder, source)));
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "upgrade-halt", "monitoring", hash.digest("hex").slice(0, 16), program);
}
