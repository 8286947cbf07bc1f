import { expect, test } from "vitest";
import { statusUrl } from "./status-url.ts";

test.each([
  ["", "the address is empty"],
  ["127.0.0.1:26657", "the address has no scheme: write http://127.0.0.1:26657"],
  ["localhost:26657/status", "the address has no scheme: write http://localhost:26657/status"],
  ["[::1]:26657", "the address has no scheme: write http://[::1]:26657"],
  ["sei-0", "the address has no scheme: write http://sei-0"],
  ["http://127.0.0.1:99999", "the address is no URL"],
  ["127.0.0.1:99999", "the address is no URL"],
  ["ftp://127.0.0.1", "the address is ftp: and not http: or https:"],
  ["file:///etc/passwd", "the address is file: and not http: or https:"],
  ["http://me:secret@127.0.0.1", "the address has credentials in it"],
])("%j is refused: %s", (address, problem) => {
  expect(statusUrl(address)).toEqual({ kind: "refused", problem });
});

test("an address without a path is asked for /status, and one with another path is taken as it is", () => {
  const asked = (address: string) => {
    const target = statusUrl(address);
    return target.kind === "url" ? String(target.url) : target.problem;
  };
  expect(asked("http://127.0.0.1:26657")).toBe("http://127.0.0.1:26657/status");
  expect(asked("https://rpc.example/sei/status")).toBe("https://rpc.example/sei/status");
});
