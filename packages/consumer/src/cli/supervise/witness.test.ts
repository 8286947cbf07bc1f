import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { expect, test } from "vitest";

const MAIN = join(import.meta.dirname, "../../main.ts");
const CHILD = `
let count = 0;
const say = (text) => require("node:fs").appendFileSync("said", text + "\\n");
for (const signal of ["SIGINT", "SIGQUIT"]) process.on(signal, () => say(signal + " " + ++count));
process.on("SIGTERM", () => process.exit(0));
setInterval(() => {}, 1000);
say("ready");`;

/** Runs `exec` at a terminal of its own, where nobody types but this test. */
async function atTerminal(
  test: (terminal: {
    readonly exec: number;
    readonly type: (keys: string) => void;
    readonly said: () => Promise<string>;
  }) => Promise<void>,
): Promise<void> {
  const cwd = await mkdtemp(join(tmpdir(), "upgrade-halt-terminal-"));
  await writeFile(join(cwd, "child.cjs"), CHILD);
  const command = `echo $$ > pid; exec '${process.execPath}' '${MAIN}' exec -- '${process.execPath}' child.cjs`;
  const terminal = spawn("script", ["-qec", `sh -c "${command.replaceAll("$", "\\$")}"`, "typescript"], {
    cwd,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const over = new Promise((resolve) => terminal.once("close", resolve));
  const read = async (file: string) => await readFile(join(cwd, file), "utf8").catch(() => "");
  const said = () => read("said");
  try {
    await until("the command to run", async () => (await said()).includes("ready"));
    const exec = Number(await read("pid"));
    await test({ exec, type: (keys) => terminal.stdin.write(keys), said });
    process.kill(exec, "SIGTERM");
    await over;
  } finally {
    terminal.kill();
    await rm(cwd, { recursive: true });
  }
}

const hasTerminals = spawnSync("script", ["--version"]).status === 0;

test.skipIf(!hasTerminals)("a signal that came to exec alone is passed on at a terminal, too", async () => {
  await atTerminal(async ({ exec, said }) => {
    process.kill(exec, "SIGINT");
    await until("SIGINT to come through", async () => (await said()) === "ready\nSIGINT 1\n");
    process.kill(exec, "SIGQUIT");
    await until("SIGQUIT to come through", async () => (await said()) === "ready\nSIGINT 1\nSIGQUIT 2\n");
  });
});

test.skipIf(!hasTerminals)("what somebody types comes to the command once, however often", async () => {
  await atTerminal(async ({ exec, type, said }) => {
    for (const count of [1, 2, 3]) {
      type("\u0003");
      await until("it to come through", async () => (await said()).includes(`SIGINT ${count}`));
    }
    process.kill(exec, "SIGQUIT");
    await until("another to come through", async () => (await said()).includes("SIGQUIT"));
    expect(await said()).toBe("ready\nSIGINT 1\nSIGINT 2\nSIGINT 3\nSIGQUIT 4\n");
  });
});
