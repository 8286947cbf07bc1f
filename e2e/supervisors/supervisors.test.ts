import { spawnSync } from "node:child_process";
import { filesIn, until } from "@upgrade-halt/testing";
import { afterAll, describe, expect, test } from "vitest";
import { binOf } from "../harness/programs.ts";
import { tableOf } from "../harness/shown-table.ts";
import { KINDS } from "./kinds.ts";
import { type NodeEnd, outputOf, Service, type SupervisorKind, untilHeld } from "./service.ts";
import { PAGE } from "./table.ts";

const HALTS = [70, 71, 72] as const;
const CRASHES = [2, "SIGKILL"] as const;
/** What `upgrade-halt classify` says of an end with 70 and nothing else. */
const HALT = "halted: upgrade_required, not corroborated";
const files = filesIn(PAGE.read());

async function supervise(kind: SupervisorKind, end: NodeEnd) {
  const service = await Service.create(end);
  const supervisor = await kind.start(service, files);
  return {
    service,
    supervisor,
    [Symbol.asyncDispose]: async () => {
      await supervisor.stop();
      await service[Symbol.asyncDispose]();
    },
  };
}

describe.each(KINDS)("$name with the page's configuration", (kind) => {
  test.each(HALTS)("holds %i after one start", async (code) => {
    await using node = await supervise(kind, code);
    await untilHeld(node.supervisor);
    expect(await node.service.starts()).toBe(1);
  });

  test.each(CRASHES)("starts a node again that ended with %s", async (end) => {
    await using node = await supervise(kind, end);
    await until("three starts", async () => (await node.service.starts()) >= 3, { within: 30_000 });
  });

  test("runs a halted node once more after it was started again itself", async () => {
    await using node = await supervise(kind, 70);
    await untilHeld(node.supervisor);
    await node.supervisor.stop();
    const again = await kind.start(node.service, files);
    try {
      await until("the second start", async () => (await node.service.starts()) === 2);
      await untilHeld(again);
      expect(await node.service.starts()).toBe(2);
    } finally {
      await again.stop();
    }
  });
});

/** What `upgrade-halt classify` says of what a supervisor prints of the service. */
function judged(from: string, input: string | undefined): string {
  const args = [binOf("upgrade-halt"), "classify", "--from", from];
  return spawnSync(process.execPath, args, { input: input ?? "", encoding: "utf8" }).stdout;
}

const INITS = [
  { name: "tini", command: ["tini", "-s", "--"] },
  { name: "dumb-init", command: ["dumb-init", "--"] },
  { name: "catatonit", command: ["catatonit", "--"] },
  { name: "tini -e 70", command: ["tini", "-s", "-e", "70", "--"] },
] as const;

async function codesThrough([file, ...args]: readonly [string, ...string[]]): Promise<string> {
  const codes = HALTS.map(async (code) =>
    outputOf("sh", ["-c", '"$@"; echo $?', "sh", file, ...args, "sh", "-c", `exit ${code}`]),
  );
  return (await Promise.all(codes)).join(", ");
}

test("the page shows what each supervisor did", async () => {
  const rows = KINDS.map(async (kind) => {
    await using node = await supervise(kind, 70);
    const { remembers, printed } = await untilHeld(node.supervisor);
    const told = [`${kind.name} ${await kind.version()}`, kind.configuration, "held", "started again"];
    const { from, what } = kind.read ?? {};
    const halt = from === undefined ? HALT : judged(from, printed).split("\n")[0];
    const reads = from === undefined ? "nothing to read" : `\`--from ${from}\`: ${what}`;
    return { halt, row: [...told, "runs once more, held again", remembers, reads] };
  });
  const head = [
    "supervisor",
    "configuration",
    "70, 71, 72",
    "2, SIGKILL",
    "started again itself",
    "remembers",
    "`classify` reads",
  ];
  const seen = await Promise.all(rows);
  expect(seen.map(({ halt }) => halt)).toEqual(seen.map(() => HALT));
  PAGE.expectShown("table", tableOf([head, ...seen.map(({ row }) => row)]));
});

test("the page shows what each small init hands on", async () => {
  const rows = INITS.map(async ({ name, command }) => [`\`${name}\``, await codesThrough(command)]);
  PAGE.expectShown("inits", tableOf([["init", "70, 71, 72 become"], ...(await Promise.all(rows))]));
});

afterAll(() => {
  expect(process.env.CI && process.env.UPDATE_SUPERVISORS).toBeFalsy();
});
