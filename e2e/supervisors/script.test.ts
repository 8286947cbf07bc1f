import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filesIn } from "@upgrade-halt/testing";
import { expect, test } from "vitest";
import { PAGE } from "./table.ts";

/** The program that the page's script becomes when it is given these words, and the words that it hands on. */
function startedBy(...words: readonly string[]): { readonly program: string; readonly words: string } {
  const folder = mkdtempSync(join(tmpdir(), "supervised-"));
  try {
    const script = [...filesIn(PAGE.read())].find(([name]) => name.startsWith("seid"))?.[1] ?? "";
    for (const program of ["seid", "upgrade-halt"])
      writeFileSync(join(folder, program), `#!/bin/sh\necho "${program} $*"\n`, { mode: 0o755 });
    writeFileSync(join(folder, "script"), script.replaceAll("/usr/bin/", `${folder}/`), { mode: 0o755 });
    const said = execFileSync(join(folder, "script"), words, { encoding: "utf8" });
    const [program = "", ...given] = said.replaceAll(`${folder}/`, "/usr/bin/").trim().split(" ");
    return { program, words: given.join(" ") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("the page's script puts exec --announce before a start, with the validator's home", () => {
  const { program, words } = startedBy("start", "--log_level", "info");
  expect(program).toBe("upgrade-halt");
  expect(words).toMatch(/^exec --announce --home \/var\/lib\/sei /);
  expect(words).toMatch(/ -- \/usr\/bin\/seid start --home \/var\/lib\/sei --log_level info$/);
});

test.each([
  "tendermint unsafe-reset-all --home /tmp/testnet",
  "keys add start --home /tmp/testnet",
  "version",
])("the page's script hands on %j as it is", (line) => {
  expect(startedBy(...line.split(" "))).toEqual({ program: "seid", words: line });
});

test("the home of a start that a person gives counts for the node alone: the page sends another node past the script", () => {
  const { words } = startedBy("start", "--home", "/tmp/testnet");
  expect(words).toMatch(/^exec --announce --home \/var\/lib\/sei .* --home \/tmp\/testnet$/);
  expect(PAGE.read()).toMatch(
    /Start another\snode, with another home, by `\/usr\/bin\/seid` and not by the script/,
  );
});

test("an option before start leaves the announcer out: the page says that start comes first", () => {
  expect(startedBy("--log_level", "info", "start").program).toBe("seid");
  expect(PAGE.read()).toContain(
    "`start` has to be the first word: with an option before it the script starts a bare node",
  );
});

test("nothing on the page calls the script as the node's own program is called", () => {
  expect(PAGE.read()).not.toContain("/usr/local/bin/seid ");
  expect([...filesIn(PAGE.read()).keys()]).not.toContain("seid");
});
