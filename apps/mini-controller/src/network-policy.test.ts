import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";

const read = (file: string): string => readFileSync(join(import.meta.dirname, "..", file), "utf8");

test("the README lists the ports that the NetworkPolicy lets through, and no others", () => {
  const { egress } = parse(read("deploy/network-policy.yaml")).spec as {
    readonly egress: readonly { readonly ports: readonly { readonly port: number }[] }[];
  };
  const open = new Set(egress.flatMap(({ ports }) => ports.map(({ port }) => port)));
  const [, table = ""] = /^### What its NetworkPolicy lets through\n(.*?)^#/ms.exec(read("README.md")) ?? [];
  const listed = [...table.matchAll(/^\| ([\d, ]+) \|/gm)].flatMap(([, ports = ""]) => ports.split(", "));
  expect(listed.map(Number)).toEqual([...open]);
});
