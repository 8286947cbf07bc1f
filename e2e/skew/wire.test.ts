import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, test } from "vitest";
import { tableOf } from "../harness/shown-table.ts";
import { entryOf, FUTURE, GENERATIONS, type Generation, PAST, TREE } from "./generations.ts";
import { PAGE } from "./page.ts";
import { type Code, codesOf, haltingHome, LATER } from "./producer.ts";

const TOKENS: Readonly<Record<Code, string>> = {
  70: "upgrade_required",
  71: "binary_too_new",
  72: "downgrade_detected",
  73: "snapshot_required",
  80: "halt_height",
};

const knows = (reader: Generation, code: Code) => reader === FUTURE || !LATER.some((later) => later === code);

/** Runs a generation's `upgrade-halt`. */
async function upgradeHalt(reader: Generation, ...args: readonly string[]) {
  const child = spawn(process.execPath, [entryOf(reader, "upgrade-halt"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { output, errors, code };
}

/** What each reader made of each node's halts, by their names. */
const made = new Map<string, string[]>();

describe.each(GENERATIONS.map((producer) => ({ producer, name: producer.name })))(
  "a node of $name",
  ({ producer }) => {
    test.each(codesOf(producer))(
      "that halts with %i is read by every release, or held where its reason is not known",
      async (code) => {
        const home = await haltingHome(producer, code);
        try {
          const node = await home.serve();
          for (const reader of GENERATIONS) {
            const { output } = await upgradeHalt(reader, "status", node.url, "--json");
            const { verdict, status } = JSON.parse(output);
            const expected = knows(reader, code)
              ? { kind: "halted", reason: code }
              : { kind: "unrecognised-halt", code, range: code < 80 ? "upgrade" : "operator" };
            expect(verdict, reader.name).toMatchObject(expected);
            expect(status.node.haltIntent, reader.name).toMatchObject({ kind: "intent", defects: [] });
            made.set(`${reader.name}\n${producer.name}`, [
              ...(made.get(`${reader.name}\n${producer.name}`) ?? []),
              `${code} ${knows(reader, code) ? "read" : "held"}`,
            ]);
          }
          expect(await node.stop(), "its exit code").toBe(code);
        } finally {
          home.remove();
        }
      },
    );
  },
);

const EXITS = [
  ...GENERATIONS.map((producer) => ({ producer, code: 70 as const, name: producer.name })),
  ...LATER.map((code) => ({ producer: FUTURE, code, name: FUTURE.name })),
];

test.each(EXITS)(
  "the exit code $code of a node of $name passes through `exec` of every release, told as what it is",
  async ({ producer, code }) => {
    const home = await haltingHome(producer, code);
    try {
      for (const reader of GENERATIONS) {
        const ended = await upgradeHalt(reader, "exec", "--", process.execPath, ...home.command);
        expect(ended.code, reader.name).toBe(code);
        const told = ended.errors.trim().split("\n").at(-1) ?? "";
        expect(told, reader.name).toMatch(knows(reader, code) ? `halted: ${TOKENS[code]}` : /unrecognised/);
      }
    } finally {
      home.remove();
    }
  },
);

test.each([TREE, ...PAST])(
  "upgrade-halt of $name says of the codes of a later contract that they are held",
  async (reader) => {
    for (const code of LATER) {
      const { output } = await upgradeHalt(reader, "explain", `${code}`, "--json");
      expect(JSON.parse(output)).toMatchObject({
        kind: "reserved",
        text: expect.stringContaining("hold, and page a person"),
      });
    }
  },
);

afterAll(() => {
  // A run of some tests alone has not all of the table.
  if (made.size < GENERATIONS.length ** 2) return;
  const cell = (reader: Generation, producer: Generation) => {
    const all = made.get(`${reader.name}\n${producer.name}`)?.toSorted() ?? [];
    const of = (what: string) =>
      all
        .filter((one) => one.endsWith(what))
        .map((one) => one.slice(0, 2))
        .join(", ");
    return [of("read") && `reads ${of("read")}`, of("held") && `holds ${of("held")}`]
      .filter(Boolean)
      .join("; ");
  };
  const rows = GENERATIONS.map((reader) => [
    `**${reader.name}**`,
    ...GENERATIONS.map((producer) => cell(reader, producer)),
  ]);
  PAGE.expectShown("wire", tableOf([["reader \\ node", ...GENERATIONS.map(({ name }) => name)], ...rows]));
});
