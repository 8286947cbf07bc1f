/**
 * Builds a kubelet and the program of the pods' first containers into a cache folder outside the tree. A kubelet that is cached
 * is not built again. After the control plane's programs, most of whose packages it shares, it takes some 40 s on two
 * cores.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { linkerFlags } from "../control-plane/linker-flags.ts";
import { whyNoKubelet } from "./node.ts";
import { cacheFolder, kubeletPath, pausePath } from "./programs.ts";

/** Builds beside the final name and renames, so that an interrupted build leaves nothing that looks finished. */
function build(target: string, folder: string, name: string, flags: string, env = process.env): void {
  const unfinished = `${target}.${process.pid}.unfinished`;
  const built = spawnSync("go", ["build", "-trimpath", "-ldflags", flags, "-o", unfinished, name], {
    cwd: join(import.meta.dirname, folder),
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (built.error) {
    process.stderr.write(
      "The kubelet is built with Go, and no `go` is on the PATH: install Go from https://go.dev/dl/\n",
    );
    process.exit(1);
  }
  if (built.status !== 0) process.exit(1);
  renameSync(unfinished, target);
}

const reason = whyNoKubelet();
if (reason !== undefined) {
  process.stderr.write(`no kubelet is built, for none can run here: ${reason}\n`);
  process.exit(0);
}
mkdirSync(cacheFolder(), { recursive: true });
build(pausePath(), "pause", ".", "-s -w", { ...process.env, CGO_ENABLED: "0" });
if (!existsSync(kubeletPath())) {
  build(kubeletPath(), "../control-plane/kubernetes", "k8s.io/kubernetes/cmd/kubelet", linkerFlags());
}
