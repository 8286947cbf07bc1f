/**
 * Builds the newest releases of Prometheus and Alertmanager, with promtool and amtool, from their Go modules into a cache
 * folder outside the tree. What is cached is not built again. A cold build takes some three minutes on two cores.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { goBuild } from "../../harness/go-build.ts";
import { type GoModule, moduleOf, NEWEST, type NewestProgram, newestPath } from "./programs.ts";

const folder = mkdtempSync(join(tmpdir(), "upgrade-halt-build-"));
// A failed build ends the process.
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

/**
 * The folder of a module with Alertmanager's source in it. Its own module can't be built as it is served: the pages that
 * it embeds are made by another build, and one empty page stands in for them.
 */
function withStandInPages({ folder: from, path }: GoModule): string {
  const target = join(folder, "alertmanager");
  if (existsSync(target)) return target;
  const downloaded = spawnSync("go", ["mod", "download", "-json", path], { cwd: from, encoding: "utf8" });
  if (downloaded.status !== 0) {
    process.stderr.write(`${path} cannot be downloaded: ${downloaded.stdout}${downloaded.stderr}\n`);
    process.exit(1);
  }
  cpSync(JSON.parse(downloaded.stdout).Dir, join(target, "source"), { recursive: true });
  spawnSync("chmod", ["-R", "u+w", target]);
  const pages = join(target, "source/ui/app/dist");
  mkdirSync(pages);
  writeFileSync(join(pages, "index.html"), "");
  for (const file of ["go.mod", "go.sum"]) cpSync(join(from, file), join(target, file));
  appendFileSync(join(target, "go.mod"), `replace ${path} => ./source\n`);
  return target;
}

for (const program of Object.keys(NEWEST) as NewestProgram[]) {
  const target = newestPath(program);
  if (existsSync(target)) continue;
  mkdirSync(dirname(target), { recursive: true });
  const module = moduleOf(program);
  goBuild({
    what: `${program} ${module.version}`,
    target,
    module: NEWEST[program] === "alertmanager" ? withStandInPages(module) : module.folder,
    package: `${module.path}/cmd/${program}`,
    tags: module.tags,
    linkerFlags: `-s -w -X github.com/prometheus/common/version.Version=${module.version}`,
    env: { ...process.env, CGO_ENABLED: "0" },
  });
}
