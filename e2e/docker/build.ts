/**
 * Builds `docker compose` from its Go module into a cache folder outside the tree. What is cached is not built again. A cold build
 * takes some two minutes on two cores.
 */
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { goBuild } from "../harness/go-build.ts";
import { whyNoEngine } from "./engine.ts";
import { COMPOSE_VERSION, composePath } from "./programs.ts";

const reason = whyNoEngine();
const target = composePath();
if (reason !== undefined) {
  process.stderr.write(`no docker compose is built, for no Docker Engine can run here: ${reason}\n`);
} else if (!existsSync(target)) {
  mkdirSync(dirname(target), { recursive: true });
  goBuild({
    what: "docker compose",
    target,
    module: import.meta.dirname,
    package: "github.com/docker/compose/v2/cmd",
    linkerFlags: `-s -w -X github.com/docker/compose/v2/internal.Version=${COMPOSE_VERSION}`,
    env: { ...process.env, CGO_ENABLED: "0" },
  });
}
