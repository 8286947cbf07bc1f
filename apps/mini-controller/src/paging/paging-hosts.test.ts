import { describe, expect, test } from "vitest";
import { PagingHosts } from "./paging-hosts.ts";

const allows = (list: string, url: string) => PagingHosts.parse(list).allows(new URL(url));

describe("the receivers that may be paged", () => {
  test.each([
    ["hooks.example", "https://hooks.example/services/x"],
    ["Hooks.Example", "https://hooks.example./x"],
    ["hooks.example:443", "https://hooks.example/"],
    ["hooks.example:8443", "https://hooks.example:8443/"],
    ["hooks.example:*", "https://hooks.example:9/"],
    ["http://alertmanager.monitoring.svc:9093", "http://alertmanager.monitoring.svc:9093/"],
    ["a.example, *.hooks.example", "https://eu.west.hooks.example/"],
    ["*", "https://anything.example/"],
    ["http://127.0.0.1:*", "http://127.0.0.1:4711/pages"],
    ["http://127.0.0.1:*", "http://2130706433:4711/"],
    ["[::1]", "https://[::1]/"],
    ["[0:0:0:0:0:0:0:1]", "https://[::1]/"],
  ])("%s allows %s", (list, url) => {
    expect(allows(list, url)).toBe(true);
  });

  test.each([
    ["", "https://hooks.example/"],
    ["hooks.example", "http://hooks.example/"],
    ["hooks.example", "https://hooks.example:8443/"],
    ["hooks.example", "https://hooks.example.evil.example/"],
    ["hooks.example", "https://evilhooks.example/"],
    ["hooks.example", "https://hooks.example@evil.example/"],
    ["*.hooks.example", "https://hooks.example/"],
    ["*.hooks.example", "https://evilhooks.example/"],
    ["*", "http://anything.example/"],
    ["*", "https://10.0.0.1/"],
    ["*", "https://0x0a000001/"],
    ["*:*,http://*:*", "https://[fd00::1]/"],
    ["http://127.0.0.1:*", "https://127.0.0.1/"],
    ["http://127.0.0.1:*", "http://127.0.0.2:80/"],
  ])("%s does not allow %s", (list, url) => {
    expect(allows(list, url)).toBe(false);
  });

  test.each(["ftp://x", "a b", "x/path", "user@x", "x:99999", "*.10.0.0.1", "a*b.example", "**"])(
    "%s is refused with the entry that is wrong",
    (entry) => {
      expect(() => PagingHosts.parse(`hooks.example,${entry}`)).toThrow(
        `${entry} is no [http://]host[:port]`,
      );
    },
  );
});
