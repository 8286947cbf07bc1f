import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { classify, evidenceFromDocker } from "@upgrade-halt/consumer";
import { commandsIn, filesIn, until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import recorded from "../../packages/consumer/src/adapters/fixtures/docker-states.json" with { type: "json" };
import { Cleanup } from "../harness/cleanup.ts";
import type { CommandResult } from "../harness/namespaces.ts";
import { type Engine, startEngine, whyNoEngine } from "./engine.ts";
import { NEW_IMAGE, PLAN, writeImages } from "./images.ts";
import { KEPT_HOME, Service } from "./service.ts";
import { STATES } from "./states.ts";

const GUIDE = readFileSync(join(import.meta.dirname, "../../docs/guides/docker-compose.md"), "utf8");
const COMMANDS = commandsIn(GUIDE);
const COMPOSE_FILE = filesIn(GUIDE).get("compose.yaml") ?? "";
const NO_ENTRYPOINT = { entrypoint: [] };

const reason = whyNoEngine();

describe.skipIf(reason !== undefined)(`a real Docker Engine${reason ? ` (${reason})` : ""}`, () => {
  const cleanup = new Cleanup();
  let engine: Engine;

  beforeAll(async () => {
    engine = await startEngine(cleanup);
    const images = join(engine.folder, "images");
    mkdirSync(images);
    expect(await engine.sh(`docker load --input '${writeImages(images)}'`)).toMatchObject({ code: 0 });
  });

  afterAll(() => cleanup.run());

  /** The guide's service as a project of its own, which is gone after the test. */
  async function withService(project: string, use: (service: Service) => Promise<void>): Promise<void> {
    const service = new Service(engine, project, COMPOSE_FILE);
    await use(service);
    await service.must("docker compose down --volumes");
  }

  /** Brings it past the plan with the image that has its handler. */
  async function pass(service: Service): Promise<void> {
    const environment = { FLAGS: `--initial-height ${PLAN.height}` };
    await service.up({ ...KEPT_HOME, image: NEW_IMAGE, environment });
    await service.passes(PLAN.height);
  }

  test.concurrent.each<[number, string, (service: Service) => Promise<void>]>([
    [70, "upgrade_required", (service) => service.up()],
    [71, "binary_too_new", (service) => service.up({ image: NEW_IMAGE })],
    [
      72,
      "downgrade_detected",
      async (service) => {
        await pass(service);
        await service.up(KEPT_HOME);
      },
    ],
  ])("a node that halts with %i is held until it is stopped, and its code is kept", (code, token, start) =>
    withService(`held-${code}`, async (service) => {
      await start(service);
      await service.says(`upgrade-halt: halted: ${token} (plan ${PLAN.name}`);
      await service.becomes("found to be down", failsItsCheck);
      expect(await service.container()).toMatchObject({ RestartCount: 0, State: { Status: "running" } });
      await service.must("docker compose stop");
      expect(await service.container()).toMatchObject({
        RestartCount: 0,
        State: { Status: "exited", ExitCode: code, OOMKilled: false },
      });
      const judged = await service.sh(
        "docker inspect $(docker compose ps --all --quiet) | upgrade-halt classify --from docker",
      );
      expect(judged).toContain(`halted: ${token}, not corroborated`);
    }),
  );

  test.concurrent("a node that is held goes on with the next image", () =>
    withService("upgraded", async (service) => {
      await service.up(KEPT_HOME);
      await service.says("upgrade-halt: halted: upgrade_required");
      await service.up({ ...KEPT_HOME, image: NEW_IMAGE });
      const { State } = await service.becomes("healthy", ({ State }) => State.Health?.Status === "healthy");
      expect(classify(evidenceFromDocker(State))).toMatchObject({ kind: "running" });
    }));

  test.concurrent("a node that crashes is restarted again and again", () =>
    withService("crashing", async (service) => {
      await service.up({ environment: { FLAGS: `--fault-panic-at ${PLAN.height - 8}` } });
      await service.becomes("restarted twice", ({ RestartCount }) => RestartCount >= 2);
      expect(await service.logs()).toContain("upgrade-halt: crashed: panic");
    }));

  test.concurrent("without the entry point, a node that halts is restarted and halts again and again", () =>
    withService("bare", async (service) => {
      await service.up(NO_ENTRYPOINT);
      const { State } = await service.becomes(
        "restarted twice",
        ({ RestartCount, State }) => RestartCount >= 2 && State.Status === "restarting",
      );
      expect(classify(evidenceFromDocker(State, await service.logs()))).toMatchObject({
        kind: "halted",
        reason: 70,
        corroborated: true,
      });
    }));

  test.concurrent("doctor finds that the guide's service holds a halt, and a bare one does not", () =>
    withService("asked", async (service) => {
      const doctor = async (run: (script: string) => Promise<CommandResult>) => {
        const id = (await service.must("docker compose ps --quiet seid")).trim();
        return (await run(`upgrade-halt doctor --container ${id}`)).output;
      };
      await pass(service);
      const told = await doctor(engine.inside);
      expect(told).toMatch(/^ok {4}process: The node is process \d+ \(.*\), found by the container/m);
      expect(told).toMatch(/^ok {4}between: upgrade-halt exec --hold stands between/m);
      expect(told).toMatch(/^ok {4}supervisor: Docker \(container [0-9a-f]{12}\) supervises it\.$/m);
      expect(told).toMatch(/^ok {4}halt: After 70, 71 and 72 upgrade-halt exec waits in the node's place/m);
      expect(told).toMatch(/^ok {4}crash: A crash would be started again by Docker/m);
      expect(told).toMatch(/^ok {4}evidence: /m);
      // Another node could answer at this machine's own address.
      expect(told).toMatch(/^TO DO status: .* the node has a network of its own, and no --rpc was given\./m);
      const elsewhere = await doctor(engine.sh);
      expect(elsewhere).toMatch(
        /^TO DO process: The container \w+ runs where its processes cannot be seen from here/m,
      );
      expect(elsewhere).toMatch(/^ok {4}halt: After 70, 71 and 72 upgrade-halt exec waits/m);
      const environment = { FLAGS: `--initial-height ${PLAN.height}` };
      await service.up({ ...KEPT_HOME, ...NO_ENTRYPOINT, image: NEW_IMAGE, environment });
      expect(await doctor(engine.inside)).toMatch(
        /^TO DO halt: 70, 71 and 72 would be started again by Docker .* put upgrade-halt exec --hold before/m,
      );
    }));

  test.concurrent("the commands of the guide do what it says", () =>
    withService("held", (held) =>
      withService("ended", async (ended) => {
        await held.up();
        await held.says("upgrade-halt: halted: ");
        await pass(ended);
        await ended.up({ ...KEPT_HOME, ...NO_ENTRYPOINT, restart: "no" });
        await ended.becomes("down", ({ State }) => State.Status === "exited");
        for (const { command, output } of COMMANDS) {
          const service = command.startsWith("docker inspect") ? ended : held;
          expect(await service.sh(command)).toBe(output);
        }
      }),
    ));

  test.each(Object.entries(recorded))(
    "a container that is %s is what its recorded sample says",
    async (title, sample) => {
      const name = title.replaceAll(" ", "-");
      expect(await engine.sh(`name=${name}; ${STATES[title as keyof typeof recorded]}`)).toMatchObject({
        code: 0,
      });
      const look = async () => {
        const { output } = await engine.sh(`docker inspect ${name}`);
        const [{ State }] = JSON.parse(output);
        return State.Status === sample.Status && State;
      };
      const live = await until(`a container that is ${title}`, look);
      expect(live).toEqual({
        ...sample,
        Pid: expect.any(Number),
        StartedAt: expect.any(String),
        FinishedAt: expect.any(String),
      });
      expect(classify(evidenceFromDocker(live))).toEqual(classify(evidenceFromDocker(sample)));
      await engine.sh(`docker rm --force ${name}`);
    },
  );
});

function failsItsCheck({ State }: { State: { Health?: { Log: readonly { ExitCode: number }[] } } }): boolean {
  return State.Health?.Log.at(-1)?.ExitCode === 1;
}
