/**
 * Builds `docker compose` and `docker buildx` from their Go modules into a cache folder outside the tree. What is cached is not built
 * again. A cold build takes some three minutes on two cores.
 */
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { goBuild } from "../harness/go-build.ts";
import { whyNoEngine } from "./engine.ts";
import { COMPOSE_VERSION, PLUGINS, pluginPath } from "./programs.ts";

const PACKAGES = {
  "docker-compose": "github.com/docker/compose/v2/cmd",
  "docker-buildx": "github.com/docker/buildx/cmd/buildx",
} as const;

const reason = whyNoEngine();
if (reason !== undefined) {
  process.stderr.write(`no docker compose is built, for no Docker Engine can run here: ${reason}\n`);
  process.exit(0);
}
for (const plugin of PLUGINS) {
  const target = pluginPath(plugin);
  if (existsSync(target)) continue;
  mkdirSync(dirname(target), { recursive: true });
  goBuild({
    what: plugin,
    target,
    module: import.meta.dirname,
    package: PACKAGES[plugin],
    linkerFlags: `-s -w -X github.com/docker/compose/v2/internal.Version=${COMPOSE_VERSION}`,
    env: { ...process.env, CGO_ENABLED: "0" },
  });
}
