import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { filesIn } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHAINS, type Chain } from "../chains/programs.ts";
import { Cleanup } from "../harness/cleanup.ts";
import { writeChainImages } from "./chain-images.ts";
import { type Engine, startEngine, whyNoEngine } from "./engine.ts";
import { Service } from "./service.ts";
import { planContained, playUpgrade } from "./upgraded-container.ts";

const GUIDE = readFileSync(join(import.meta.dirname, "../../docs/guides/docker-compose.md"), "utf8");
const COMPOSE_FILE = filesIn(GUIDE).get("compose.yaml") ?? "";
const THIS = "$(docker compose ps --all --quiet seid)";

const reason = whyNoEngine();

describe.skipIf(reason !== undefined)(`a real Docker Engine${reason ? ` (${reason})` : ""}`, () => {
  const cleanup = new Cleanup();
  let engine: Engine;

  beforeAll(async () => {
    engine = await startEngine(cleanup);
    const images = join(engine.folder, "images");
    mkdirSync(images);
    expect(await engine.sh(`docker load --input '${writeChainImages(images)}'`)).toMatchObject({ code: 0 });
  });

  afterAll(() => cleanup.run());

  test.concurrent.each(Object.keys(CHAINS) as Chain[])(
    "holds a real node of %s at its height, takes it past that with the new image, and starts it again after SIGKILL",
    async (program) => {
      await using chain = await planContained(program);
      const service = new Service(engine, `real-${program}`, COMPOSE_FILE);
      await using ending = new AsyncDisposableStack();
      ending.defer(async () => void (await service.sh("docker compose down --timeout 0")));
      await playUpgrade(program, chain, {
        up: (image) => service.up({ image, command: ["seid-supervised", "start"], volumes: chain.volumes }),
        sh: (script) => service.sh(`docker compose exec -T seid sh -c '${script}'`),
        logs: () => service.logs(),
        restarts: async () => (await service.container()).RestartCount,
        stop: async () => {
          await service.must("docker compose stop");
          const judged = await service.must(`docker inspect ${THIS} | upgrade-halt classify --from docker`);
          return `${(await service.container()).State.ExitCode} ${judged}`;
        },
      });
    },
    300_000,
  );
});
