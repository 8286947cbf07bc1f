import { expect, test } from "vitest";
import { runCli } from "../../testing/cli.ts";
import { shownUrl } from "./shown-url.ts";

test.each([
  ["http://127.0.0.1:26657", "http://127.0.0.1:26657"],
  ["http://sei:secret@127.0.0.1", "http://…@127.0.0.1"],
  ["http://sei:se@cret@127.0.0.1/status?a=@", "http://…@127.0.0.1/status?a=@"],
  ["http://127.0.0.1/@\n", "http://127.0.0.1/@\\u{a}"],
])("%j shows as %s", (url, shown) => {
  expect(shownUrl(url)).toBe(shown);
});

test.each([["status"], ["status", "--json"], ["watch"], ["check", "--expect-halted"]])(
  "%s tells no log the credentials that it refuses",
  async (...args) => {
    const { stdout, stderr } = await runCli([...args, "http://sei:secret@127.0.0.1"]);
    expect(stderr).toContain("the address has credentials in it");
    expect(`${stdout}${stderr}`).not.toContain("secret");
  },
);
