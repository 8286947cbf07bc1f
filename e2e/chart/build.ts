/**
 * Builds both Helms from their Go modules into a cache folder outside the tree. One that is cached is not built again. A cold
 * build takes some four minutes on two cores.
 */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { goBuild } from "../harness/go-build.ts";
import { HELMS, type Helm, helmPath, linkerFlags } from "./programs.ts";

for (const helm of Object.keys(HELMS) as Helm[]) {
  const target = helmPath(helm);
  if (existsSync(target)) continue;
  mkdirSync(dirname(target), { recursive: true });
  const { module, version } = HELMS[helm];
  goBuild({
    what: `Helm ${version}`,
    target,
    module: join(import.meta.dirname, module),
    package: `helm.sh/helm/${helm}/cmd/helm`,
    linkerFlags: linkerFlags(helm),
    env: { ...process.env, CGO_ENABLED: "0" },
  });
}
