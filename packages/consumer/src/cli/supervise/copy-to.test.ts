import { expect, test } from "vitest";
import { runCli } from "../../testing/cli.ts";

test("a script that Node runs is not copied, for it would not start alone", async () => {
  expect(await runCli(["copy-to", "/tmp"])).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining("Take the one file, or its image."),
  });
});
