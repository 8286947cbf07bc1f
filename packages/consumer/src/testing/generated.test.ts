import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { synopsisOf } from "../cli/help/synopsis.ts";
import { runCli } from "./cli.ts";
import { GENERATED, silentProgram } from "./generated.ts";

test.each(GENERATED)("$path is what `node scripts/write-generated.ts` writes", async ({ path, render }) => {
  const written = readFileSync(path, "utf8");
  expect(written).toBe(await render(written));
});

test("the man page has all that every command's help says", async () => {
  const page = readFileSync(GENERATED[0]?.path ?? "", "utf8").replace(
    /\\(-|e|\(aq|\(ti)/g,
    (_, name: string) => ({ "-": "-", e: "\\", "(aq": "'", "(ti": "~" })[name] ?? "",
  );
  const words = page.replaceAll(/\s+/g, " ");
  for (const { name, description, argument, options, examples } of synopsisOf(await silentProgram())) {
    const { stdout } = await runCli([name, "--help"]);
    const help = stdout.replaceAll(/\s+/g, " ");
    const said = [
      name,
      description,
      ...[argument, ...options].flatMap((of) => (of ? [of.help] : [])),
      ...examples,
    ];
    for (const text of said) {
      expect(words).toContain(text);
      expect(help).toContain(text);
    }
  }
});

const hasGroff = spawnSync("groff", ["--version"]).error === undefined;

test.skipIf(!hasGroff).each([
  ["upgrade-halt", "says why a chain node stopped"],
  ["kubectl-upgrade_halt", "says why nodes of a cluster stopped"],
])("groff renders the man page of %s without a complaint", (name, about) => {
  const path = GENERATED.map((one) => one.path).find((one) => one.endsWith(`/man/${name}.1`)) ?? "";
  const page = readFileSync(path, "utf8");
  const { stdout, stderr } = spawnSync("groff", ["-man", "-ww", "-Tutf8"], { input: page, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout.replaceAll(/\s+/g, " ")).toContain(`${name} - ${about}`);
});

test("every command's help has an example that is one of its own lines", async () => {
  for (const { name, examples } of synopsisOf(await silentProgram())) {
    const { code, stdout } = await runCli([name, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Examples:");
    for (const example of examples) expect(example).toContain("upgrade-halt");
  }
});
