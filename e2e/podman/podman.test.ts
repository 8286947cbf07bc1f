import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { classify, evidenceFromDocker } from "@upgrade-halt/consumer";
import { commandsIn, filesIn, until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import recorded from "../../packages/consumer/src/adapters/fixtures/podman-states.json" with { type: "json" };
import { writeImages } from "../docker/images.ts";
import { tableOf } from "../harness/shown-table.ts";
import { debianVersion } from "../supervisors/service.ts";
import { PAGE } from "../supervisors/table.ts";
import { PodmanMachine, whyNoPodman } from "./machine.ts";
import { type NodeEnd, type Row, rowsOf } from "./rows.ts";
import { STATES } from "./states.ts";

const GUIDE = readFileSync(join(import.meta.dirname, "../../docs/guides/podman.md"), "utf8");
const ROWS = rowsOf(GUIDE);
const HALTS = [70, 71, 72] as const;
const CRASHES = [2, 137] as const;

const reason = whyNoPodman();

describe.skipIf(reason !== undefined)(`a real Podman${reason ? ` (${reason})` : ""}`, () => {
  let machine: PodmanMachine;

  beforeAll(async () => {
    machine = new PodmanMachine();
    await machine.boot();
    const images = join(machine.folder, "images");
    mkdirSync(images);
    await machine.must(`podman load --quiet --input '${writeImages(images)}'`);
  });

  afterAll(() => machine?.dispose());

  interface Node {
    readonly name: string;
    readonly starts: () => number;
    readonly state: () => Promise<Record<string, unknown>>;
  }

  async function start(row: Row, name: string, end: NodeEnd): Promise<Node> {
    const count = join(machine.folder, "counts", name);
    mkdirSync(count, { recursive: true });
    await machine.must(row.start(name, count, end));
    const container = row.configuration.includes("kube play") ? `${name}-seid` : name;
    return {
      name: container,
      starts: () =>
        readFileSync(join(count, "starts"), { encoding: "utf8", flag: "a+" }).split("\n").length - 1,
      state: async () => JSON.parse(await machine.must(`podman inspect ${container}`))[0].State,
    };
  }

  const isHeld = async (row: Row, { name, state }: Node) =>
    row.configuration.includes("--hold")
      ? (await machine.must(`podman logs ${name}`)).includes("upgrade-halt: halted: ")
      : (await state()).Status === "exited";

  /** Podman refuses to remove a container that it is about to start again: it is asked until nothing is left. */
  async function removeAll(): Promise<void> {
    const isEmpty = async () => {
      await machine.sh("podman pod rm --force --all --time 0; podman rm --force --all --time 0");
      return (await machine.must("podman pod ps --quiet; podman ps --all --quiet")) === "";
    };
    await until("every container to be gone", isEmpty);
  }

  test.each(ROWS.map((row, i) => [row.configuration, row, `row-${i}`] as const))(
    "%s does what the page's row says",
    async (_, row, name) => {
      const halted = await Promise.all(HALTS.map((code) => start(row, `${name}-${code}`, code)));
      const crashed = await Promise.all(CRASHES.map((end) => start(row, `${name}-${end}`, end)));
      const again = [
        ...(row.halt === "started again" ? halted : []),
        ...(row.crash === "started again" ? crashed : []),
      ];
      for (const node of again) await until(`${node.name} to start again`, () => node.starts() >= 3);
      if (row.halt === "held")
        for (const node of halted) {
          await until(`${node.name} to be held`, () => isHeld(row, node));
          expect(node.starts()).toBe(1);
        }
      if (row.crash === "stays down")
        for (const node of crashed) {
          await until(`${node.name} to be down`, async () => (await node.state()).Status === "exited");
          expect(node.starts()).toBe(1);
        }
      await removeAll();
    },
  );

  test("the page shows what Podman did", async () => {
    const head = ["configuration", "70, 71, 72", "2, SIGKILL"];
    const rows = ROWS.map(({ configuration, halt, crash }) => [configuration, halt, crash]);
    const version = await debianVersion("podman");
    PAGE.expectShown(`podman ${version.replace(/\+.*/, "")}`, tableOf([head, ...rows]), "test:podman");
  });

  test("the commands of the guide do what it says", async () => {
    await machine.must(filesIn(GUIDE).get("run.sh") ?? "");
    const says = async () => (await machine.must("podman logs seid")).includes("upgrade-halt: halted: ");
    await until("seid to halt", says);
    for (const { command, output } of commandsIn(GUIDE))
      expect((await machine.sh(command)).output).toBe(output);
    await removeAll();
  });

  test("the guide's pod holds a halt, and podman stop ends it with its code", async () => {
    writeFileSync(join(machine.folder, "sei.yaml"), filesIn(GUIDE).get("sei.yaml") ?? "");
    await machine.must("podman kube play sei.yaml");
    const says = async () => (await machine.must("podman logs sei-seid")).includes("upgrade-halt: halted: ");
    await until("the pod's node to halt", says);
    expect(await machine.must("podman inspect sei-seid --format '{{.RestartCount}}'")).toBe("0");
    await machine.must("podman stop sei-seid");
    expect(await machine.must("podman inspect sei-seid --format '{{.State.ExitCode}}'")).toBe("70");
    await removeAll();
  });

  test("doctor finds that the guide's command holds a halt, and one without exec does not", async () => {
    const command = filesIn(GUIDE).get("run.sh") ?? "";
    const below = ` --env 'FLAGS=--initial-height 1' `;
    await machine.must(command.replace(" --init ", ` --init${below}`));
    const told = (await machine.sh("upgrade-halt doctor --container seid")).output;
    expect(told).toMatch(/^ok {4}between: upgrade-halt exec --hold stands between/m);
    expect(told).toMatch(/^ok {4}supervisor: Podman \(container [0-9a-f]{12}\) supervises it\.$/m);
    expect(told).toMatch(/^ok {4}halt: After 70, 71 and 72 upgrade-halt exec waits in the node's place/m);
    expect(told).toMatch(/^ok {4}crash: A crash would be started again by Podman/m);
    await removeAll();
    await machine.must(command.replace(/--entrypoint '.*'/, below));
    expect((await machine.sh("upgrade-halt doctor --container seid")).output).toMatch(
      /^TO DO halt: 70, 71 and 72 would be started again by Podman .* put upgrade-halt exec --hold before/m,
    );
    await removeAll();
  });

  test("a health check that fails at a halt ends a container that is told so, and doctor tells of it", async () => {
    const command = filesIn(GUIDE).get("run.sh") ?? "";
    const heals = " --health-cmd false --health-retries 1 --health-on-failure=kill ";
    await machine.must(command.replace(" --init ", ` --init${heals}`));
    const says = async () => (await machine.must("podman logs seid")).includes("upgrade-halt: halted: ");
    await until("seid to halt", says);
    expect((await machine.sh("upgrade-halt doctor --container seid")).output).toMatch(
      /^TO DO halt: .* --health-on-failure=kill has the container ended once it is unhealthy/m,
    );
    const pidOf = () => machine.must("podman inspect seid --format '{{.State.Pid}}'");
    const held = await pidOf();
    await machine.sh("podman healthcheck run seid");
    await until("the place not to be held any more", async () => (await pidOf()) !== held);
    await removeAll();
  });

  test.each(Object.entries(recorded))(
    "a container that is %s is what its recorded sample says",
    async (title, sample) => {
      const name = title.replaceAll(" ", "-");
      await machine.must(`name=${name}; ${STATES[title as keyof typeof recorded]}`);
      const look = async () => {
        const [{ State }] = JSON.parse(await machine.must(`podman inspect ${name}`));
        return State.Status === sample.Status && State;
      };
      const live = await until(`a container that is ${title}`, look);
      expect(live).toMatchObject({
        ...sample,
        Pid: sample.Pid === 0 ? 0 : expect.any(Number),
        StartedAt: sample.StartedAt.startsWith("0001") ? sample.StartedAt : expect.any(String),
        FinishedAt: sample.FinishedAt.startsWith("0001") ? sample.FinishedAt : expect.any(String),
      });
      expect(classify(evidenceFromDocker(live))).toEqual(classify(evidenceFromDocker(sample)));
      await removeAll();
    },
  );

  test("after a reboot only what has the policy always starts, and a halt is held again", async () => {
    const [none] = ROWS;
    const guided = ROWS.find(isGuideRow);
    if (none === undefined || guided === undefined) throw new Error("a row is missing");
    const plain = await start(none, "boot-none", 72);
    const held = await start(guided, "boot-held", 72);
    await until("the halts", async () => (await isHeld(none, plain)) && (await isHeld(guided, held)));
    await machine.reboot();
    expect(await held.state()).toMatchObject({ Status: "created", ExitCode: 0 });
    await machine.must("podman start --all --filter restart-policy=always");
    await until("the second start", () => held.starts() === 2);
    const logs = async () =>
      (await machine.must("podman logs boot-held")).match(/upgrade-halt: halted/g)?.length;
    await until("the halt to be held again", async () => (await logs()) === 2);
    expect(plain.starts()).toBe(1);
    expect(await plain.state()).toMatchObject({ Status: "exited", ExitCode: 72 });
    await removeAll();
  });
});

function isGuideRow({ configuration }: Row): boolean {
  return configuration.includes("podman run") && configuration.includes("--hold");
}
