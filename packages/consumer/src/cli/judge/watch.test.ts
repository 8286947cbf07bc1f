import { expect, test } from "vitest";
import { runCli } from "../../testing/cli.ts";
import { startCommand } from "../../testing/command.ts";
import { nodeAnswering } from "../../testing/http-node.ts";

const body = { sync_info: { latest_block_height: "30" } };

test("prints a line for each change in a pipe, and ends in order when told to", async () => {
  await using node = await nodeAnswering(body);
  const command = startCommand(["watch", node.url, "--interval", "20"]);
  await command.said("running at 30");
  command.child.kill("SIGINT");
  const { code, stdout } = await command.ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\S+Z http:\S+ running at 30\. It answers at height 30 and announces no halt\.\n$/);
});

test.each([
  ["draws on a terminal", "xterm", /^http\S+ .*\u001b\[/s],
  [
    "prints lines where the terminal says that it is dumb",
    "dumb",
    /^\S+Z http\S+ running at 30\. [^\u001b]*$/,
  ],
])("%s", async (_, TERM, shown) => {
  await using node = await nodeAnswering(body);
  const args = ["watch", node.url, "--for", "0.5"];
  const { stdout } = await runCli(args, { terminal: true, env: { TERM } });
  expect(stdout).toMatch(shown);
});

test("stops by itself after the time that it was given", async () => {
  await using node = await nodeAnswering(body);
  expect((await runCli(["watch", node.url, "--for", "0.2"])).code).toBe(0);
});

test("prints JSON lines of several nodes", async () => {
  await using node = await nodeAnswering(body);
  const urls = [node.url, "http://127.0.0.1:1"];
  const { code, stdout } = await runCli(["watch", "--json", "--interval", "10", ...urls], {
    interruptAfterLines: 2,
  });
  expect(code).toBe(0);
  const changes = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(changes.map(({ url, verdict }) => [url, verdict.kind]).sort()).toEqual(
    [
      [node.url, "running"],
      ["http://127.0.0.1:1", "unknown"],
    ].sort(),
  );
});

test.each([
  [["watch"]],
  [["watch", "file:///etc/passwd"]],
  [["watch", "http://127.0.0.1:1", "--interval", "0"]],
  [["watch", "http://127.0.0.1:1", "--for", "-1"]],
])("%j does not fit", async (args) => {
  const { code, stderr } = await runCli(args);
  expect(code).toBe(64);
  expect(stderr).toMatch(/^upgrade-halt: [^\n]+\.\n$/);
});
