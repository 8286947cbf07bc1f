import { filesIn, startProgram } from "@upgrade-halt/testing";
import { describe, expect, test } from "vitest";
import { tableOf } from "../harness/shown-table.ts";
import { daemontools } from "./daemontools.ts";
import { doctor } from "./doctor.ts";
import { pm2 } from "./pm2.ts";
import { runit } from "./runit.ts";
import { s6 } from "./s6.ts";
import { Service, type SupervisorKind } from "./service.ts";
import { supervisord } from "./supervisord.ts";
import { PAGE } from "./table.ts";

const files = filesIn(PAGE.read());

/** The page's files, with one of them changed. */
function changed(name: string, from: RegExp, to = ""): ReadonlyMap<string, string> {
  const content = files.get(name) ?? "";
  expect(content).toMatch(from);
  return new Map([...files, [name, content.replace(from, to)]]);
}

interface Case {
  readonly kind: SupervisorKind;
  readonly supervisor: RegExp;
  /** The page's configuration with what holds a halt taken out. */
  readonly careless: ReadonlyMap<string, string>;
  readonly advice: RegExp;
}

const CASES: readonly Case[] = [
  {
    kind: supervisord,
    supervisor: /^supervisord supervises it\.$/,
    careless: changed("seid.conf", /exitcodes=.*\n/),
    advice: /exitcodes=0,70,71,72/,
  },
  {
    kind: pm2,
    supervisor: /^pm2 supervises it\.$/,
    careless: changed("seid.config.cjs", / *stop_exit_codes.*\n/),
    advice: /stop_exit_codes: \[70, 71, 72\]/,
  },
  {
    kind: runit,
    supervisor: /^runit \(.*\) supervises it\.$/,
    careless: changed("runit/finish", /^ *70.*\n/m),
    advice: /sv down/,
  },
  {
    kind: s6,
    supervisor: /^s6 \(.*\) supervises it\.$/,
    careless: changed("s6/finish", /^ *70.*\n/m),
    advice: /exit with 125/,
  },
  {
    kind: daemontools,
    supervisor: /^daemontools \(.*\) supervises it\.$/,
    careless: changed("daemontools/run", /--hold /),
    advice: /exec --hold/,
  },
];

async function askAbout({ kind }: Case, configuration: ReadonlyMap<string, string>) {
  await using service = await Service.create("never");
  const supervisor = await kind.start(service, configuration);
  try {
    const findings = await doctor("--rpc", await service.address());
    const said = (check: string) => findings.find((finding) => finding.check === check);
    const shown = (check: string) => said(check)?.found.replaceAll(service.folder, "/srv/seid");
    return { said, shown };
  } finally {
    await supervisor.stop();
  }
}

describe.each(CASES)("doctor beside a node under $kind.name", (given) => {
  test("finds the supervisor, and that its configuration holds a halt", async () => {
    const { said } = await askAbout(given, files);
    expect(said("process")).toMatchObject({ state: "ok" });
    expect(said("supervisor")?.found).toMatch(given.supervisor);
    expect(said("halt")).toMatchObject({ state: "ok" });
    expect(said("crash")).toMatchObject({ state: "ok" });
    expect(said("evidence")).toMatchObject({ state: "ok" });
    expect(said("status")).toMatchObject({ state: "ok" });
    expect(said("contract")).toMatchObject({ state: "todo" });
  });

  test("says what to do about a configuration that does not hold it", async () => {
    const { said } = await askAbout(given, given.careless);
    expect(said("halt")).toMatchObject({ state: "todo", todo: expect.stringMatching(given.advice) });
  });
});

test("doctor finds the option of a small init that hides a halt", async () => {
  await using service = await Service.create("never");
  const init = await startProgram("tini", "tini", ["-s", "-e", "70", "--", service.command, "start"]);
  try {
    const findings = await doctor("--rpc", await service.address());
    const told = findings.filter(({ check }) => check === "supervisor" || check === "between");
    expect(told).toMatchObject([
      { state: "todo", found: expect.stringMatching(/not known: its parents are tini,/) },
    ]);
  } finally {
    await init.stop();
  }
});

test("the page shows what doctor says", async () => {
  const rows = CASES.map(async (given) => {
    const [held, careless] = await Promise.all([askAbout(given, files), askAbout(given, given.careless)]);
    return [given.kind.name, held.shown("halt") ?? "", careless.shown("halt") ?? ""];
  });
  const head = ["supervisor", "with the configuration above", "without it"];
  PAGE.expectShown("doctor", tableOf([head, ...(await Promise.all(rows))]));
});
