import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { crds, crdYaml } from "@upgrade-halt/mini-controller/api";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { buildInto, executableIn, OUT } from "../executable/built.ts";
import { Cleanup } from "../harness/cleanup.ts";
import type { CommandResult } from "../harness/namespaces.ts";
import { proof } from "../harness/proof.ts";
import { COMMAND_BUILD, loadCommandBase } from "./command-image.ts";
import { CONTROLLER_BUILD, loadControllerBases } from "./controller-image.ts";
import { type Engine, startEngine, whyNoEngine } from "./engine.ts";
import { expectWholeSbom } from "./image-sbom.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The packages outside of this workspace that a package of it brings along. */
function dependenciesOf(name: string): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(ROOT, `packages/${name}/package.json`), "utf8"));
  return Object.keys(manifest.dependencies).filter((one) => !one.startsWith("@upgrade-halt/"));
}

const reason = whyNoEngine();

describe.skipIf(reason !== undefined)(`the images${reason ? ` (${reason})` : ""}`, () => {
  const cleanup = new Cleanup();
  let engine: Engine;

  beforeAll(async () => {
    // The build installs packages.
    engine = await startEngine(cleanup, { hostNetwork: "this-machine" });
  });

  afterAll(() => cleanup.run());

  async function must(script: string): Promise<void> {
    expect(await engine.sh(script, ROOT)).toMatchObject({ code: 0 });
  }

  function run(command: string, options = ""): Promise<CommandResult> {
    return engine.sh(`docker run --rm --read-only --network none ${options} mini-controller ${command}`);
  }

  proof(
    "the command's image runs on a read-only root as its user, without a shell, and its SBOM lists all of it",
    ["IMAGE"],
    async () => {
      if (!existsSync(executableIn(OUT))) await buildInto(OUT);
      await loadCommandBase(engine);
      await must(COMMAND_BUILD);

      const upgradeHalt = (command: string, options = "") =>
        engine.sh(`docker run --rm --read-only --network none ${options} upgrade-halt ${command}`);
      expect((await upgradeHalt("explain 70")).output).toMatch(/^70 is upgrade_required: /);
      expect(await upgradeHalt("exec -- /usr/bin/upgrade-halt explain 72")).toMatchObject({
        code: 0,
        output: expect.stringContaining("72 is downgrade_detected"),
      });
      expect((await upgradeHalt("-c true", "--entrypoint /bin/sh")).code).toBe(127);
      const user = await engine.sh("docker image inspect --format '{{.Config.User}}' upgrade-halt");
      expect(user.output.trim()).toBe("65532:65532");
      const purls = await expectWholeSbom(engine, "upgrade-halt");
      const bundled = ["contract", "consumer"].map((name) => `%40upgrade-halt/${name}`);
      for (const name of [
        "generic/node",
        ...[...bundled, ...["contract", "consumer"].flatMap(dependenciesOf)].map((one) => `npm/${one}`),
      ])
        expect(purls, name).toContainEqual(expect.stringMatching(`^pkg:${name}@\\d+\\.\\d+\\.\\d+`));
    },
  );

  const runNode = (script: string) => run(`-e '${script}'`, "--entrypoint /nodejs/bin/node");

  proof(
    "is built as its Dockerfile says, starts as its user on a root that is read-only, without a shell, and its SBOM lists all of it",
    ["IMAGE"],
    async () => {
      await loadControllerBases(engine);
      await must(CONTROLLER_BUILD);

      expect((await run("--help")).output).toContain("mini-controller");
      expect((await run("crds")).output).toBe(Object.values(crds).map(crdYaml).join("---\n"));
      expect(await run("run --kubeconfig /nowhere")).toEqual({
        code: 1,
        output: expect.stringMatching(/^mini-controller: .*\/nowhere.*\n$/),
      });
      const user = await runNode("console.log(process.getuid(), process.getgid())");
      expect(user).toEqual({ code: 0, output: "65532 65532\n" });
      expect((await runNode("fs.writeFileSync(`x`, ``)")).output).toContain("EROFS");
      expect((await run("-c true", "--entrypoint /bin/sh")).code).toBe(127);
      const purls = await expectWholeSbom(engine, "mini-controller");
      expect(purls).toContain(`pkg:generic/node@${process.versions.node}`);
      expect(purls).toContainEqual(expect.stringMatching(/^pkg:npm\/prom-client@\d/));
    },
  );
});
