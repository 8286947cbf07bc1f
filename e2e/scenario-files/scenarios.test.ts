import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { ClusterEvent } from "@upgrade-halt/sandbox";
import type { Program } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { processesMentioning } from "../harness/leftovers.ts";
import { startBin } from "../harness/programs.ts";

const FOLDER = join(import.meta.dirname, "../../apps/sandbox/scenarios");
const names = (await readdir(FOLDER)).map((file) => basename(file, ".yaml")).sort();
/** The demo is played by `e2e/demo.test.ts`, on a cluster of its own. */
const played = names.filter((name) => name !== "demo");

let folder: string;
let program: Program;
let events: readonly (ClusterEvent & { readonly scenario: string })[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-scenarios-"));
  const env = { ...process.env, TMPDIR: folder };
  program = await startBin("sandbox", ["play", ...played, "--json", "--speed", "1000"], { env });
  await program.ended;
  events = program.lines().map((line) => JSON.parse(line));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a scenario holds what it promises", () => {
  test.each(played)("%s", async (name) => {
    const own = events.filter(({ scenario }) => scenario === name);
    const { expect: promised } = parse(await readFile(join(FOLDER, `${name}.yaml`), "utf8"));
    const judged = own.flatMap((event) => (event.kind === "expectation" ? [event] : []));

    expect(
      judged.filter(({ held }) => !held),
      program.output().slice(-4000),
    ).toEqual([]);
    expect(judged.map(({ text }) => text)).toEqual(promised.map(({ text }: { text: string }) => text));
    expect(own.at(-1)).toMatchObject({ kind: "the-end", broken: 0 });
  });

  test("and nothing is left behind", async () => {
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(processesMentioning(folder)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });
});

test("what was recorded is told again without a cluster, and ends as it ended", async () => {
  const file = join(folder, "recording.jsonl");
  const own = program.lines().filter((line) => line.startsWith('{"scenario":"wrong-image"'));
  await writeFile(file, own.join("\n"));
  const run = await startBin("sandbox", ["replay", file, "--json", "--speed", "1000"]);

  expect(await run.ended).toEqual({ code: 0, signal: null });
  expect(run.lines()).toEqual(own);
});

test("a file of one's own with a mistake starts nothing, and says where the mistake is", async () => {
  const file = join(folder, "own.yaml");
  await writeFile(
    file,
    "title: t\nquestion: q\nsteps: [{ crash: { node: nobody } }]\nexpect: [{ text: x, ready: 1 }]\n",
  );
  const run = await startBin("sandbox", ["play", file]);

  expect(await run.ended).toEqual({ code: 1, signal: null });
  expect(run.output()).toMatch(/own\.yaml:3:\d+: .*there is no node nobody/);
});

test("the sandbox's README lists every scenario with its question", async () => {
  const readme = await readFile(join(FOLDER, "../README.md"), "utf8");
  for (const name of names) {
    const { question } = parse(await readFile(join(FOLDER, `${name}.yaml`), "utf8"));
    expect(readme).toContain(`| \`${name}\` | ${question} |`);
  }
});

test("each step of the design review plays a scenario that there is, and every scenario has a step", async () => {
  const review = await readFile(join(FOLDER, "../../../docs/review.md"), "utf8");
  const steps = [...review.matchAll(/^\| (\d+) \| ([^|]+) \|/gm)];
  const asked = steps.flatMap(([, , cell = ""]) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  expect(steps.map(([, number]) => Number(number))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(asked.toSorted()).toEqual(names);
});
