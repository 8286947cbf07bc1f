import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { httpNode } from "../testing/http-node.ts";

const COMMAND = `"${process.execPath}" "${join(import.meta.dirname, "..", "main.ts")}"`;

/** Pipes what the command line prints into a reader that does not read to the end. */
async function pipedInto(reader: string, args: string) {
  const script = `${COMMAND} ${args} | ${reader}; echo "ended with \${PIPESTATUS[0]}"`;
  return await promisify(execFile)("bash", ["-c", script], { timeout: 20_000 });
}

test.each(["explain 70", "--help", "completion bash"])(
  "%s into a reader that is gone is no failure",
  async (args) => {
    expect(await pipedInto("true", args)).toEqual({ stdout: "ended with 0\n", stderr: "" });
  },
);

test("watch ends when its reader has seen enough", async () => {
  let asked = 0;
  await using node = await httpNode((_, response) => {
    asked += 1;
    response.end(asked % 2 === 0 ? "" : '{"sync_info":{}}');
  });
  const { stdout, stderr } = await pipedInto("head -n 1", `watch ${node.url} --interval 10`);
  expect(stdout).toMatch(/^\S+Z http:\S+ running\. [^\n]+\nended with 0\n$/);
  expect(stderr).toBe("");
});

test("a command under exec meets the broken pipe that it would have met alone", async () => {
  const { stdout, stderr } = await pipedInto("head -n 1", "exec -- yes");
  expect(stdout).toMatch(/^y\nended with 141\n$/);
  expect(stderr).toMatch(/upgrade-halt: crashed: /);
});

test("what cannot be written for another reason is a failure", async () => {
  const script = `${COMMAND} explain 70 > /dev/full; echo "ended with $?"`;
  const { stdout, stderr } = await promisify(execFile)("bash", ["-c", script], { timeout: 20_000 });
  expect(stdout).toBe("ended with 1\n");
  expect(stderr).toBe("upgrade-halt: standard output cannot be written (ENOSPC).\n");
});
