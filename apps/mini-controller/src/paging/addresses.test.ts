import { expect, test } from "vitest";
import { guardedLookup, isForbiddenAddress, isLoopback } from "./addresses.ts";

test.each([
  "169.254.169.254",
  "::ffff:169.254.169.254",
  "64:ff9b::a9fe:a9fe",
  "fe80::1",
  "fd00:ec2::254",
  "0.0.0.0",
  "::",
  "224.0.0.1",
  "255.255.255.255",
  "100.100.100.200",
  "168.63.129.16",
])("no page goes to %s, by whatever name", (address) => {
  for (const host of ["pager.example", "localhost", address])
    expect(isForbiddenAddress(address, host)).toBe(true);
});

test.each(["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])(
  "a name that stands for this machine's %s is refused, the address itself is not",
  (address) => {
    expect(isForbiddenAddress(address, "pager.example")).toBe(true);
    expect(isForbiddenAddress(address, address)).toBe(false);
    expect(isForbiddenAddress(address, "localhost")).toBe(false);
  },
);

test.each(["192.0.2.1", "10.1.2.3", "2001:db8::1", "fd12::1"])("a page may go to %s", (address) => {
  expect(isForbiddenAddress(address, "pager.example")).toBe(false);
});

test("a host is this machine however its address is written", () => {
  for (const url of ["http://127.1/", "http://0x7f000001/", "http://[::1]/", "http://localhost./"])
    expect(isLoopback(new URL(url).hostname), url).toBe(true);
  for (const url of ["http://128.0.0.1/", "http://localhost.evil.example/"])
    expect(isLoopback(new URL(url).hostname), url).toBe(false);
});

test("the lookup of a page's connection gives what the system's does", async () => {
  const found = await new Promise((resolve, reject) =>
    guardedLookup("localhost", { all: true }, (error, addresses) =>
      error === null ? resolve(addresses) : reject(error),
    ),
  );
  expect(found).toContainEqual(
    expect.objectContaining({ address: expect.stringMatching(/^(127\.0\.0\.1|::1)$/) }),
  );
});
