/**
 * Builds Helm from its Go module into a cache folder outside the tree. One that is cached is not built again. A cold build
 * takes some two and a half minutes on two cores.
 */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { goBuild } from "../harness/go-build.ts";
import { HELM_VERSION, helmPath } from "./programs.ts";

const target = helmPath();
if (!existsSync(target)) {
  mkdirSync(dirname(target), { recursive: true });
  goBuild({
    what: "Helm",
    target,
    module: join(import.meta.dirname, "helm"),
    package: "helm.sh/helm/v4/cmd/helm",
    linkerFlags: `-s -w -X helm.sh/helm/v4/internal/version.version=${HELM_VERSION}`,
    env: { ...process.env, CGO_ENABLED: "0" },
  });
}
