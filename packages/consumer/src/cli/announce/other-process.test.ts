import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { readStatus } from "../../status/read-status.ts";
import { type AnnouncePlace, announceTest, LINE, restarted } from "../../testing/announce-place.ts";
import { runCommand, startCommand } from "../../testing/command.ts";

const test = announceTest.concurrent;

test("where something else answers already, nothing is announced", async ({ place }) => {
  const [, , , other = ""] = place.legacyNode({ height: 30 }).slice(-4);
  const first = startCommand(["exec", "--", process.execPath, "-e", `${other}; console.log("up")`]);
  await first.said("up");
  await until("its address", async () => (await readStatus(`http://127.0.0.1:${place.port}`)).kind === "ok");
  const script = `console.error(${JSON.stringify(LINE)}); process.exit(2)`;
  const { code, stderr } = await runCommand([...place.announce(), "--", process.execPath, "-e", script]);
  first.child.kill("SIGTERM");
  await first.ended;
  expect(stderr).toContain("something else answers");
  expect(code).toBe(2);
});

/** Writes down that the node is of the listed chain, so that its home alone tells of the halt. */
async function homeOfListedChain({ folder }: AnnouncePlace): Promise<string> {
  await mkdir(join(folder, "config"));
  await mkdir(join(folder, "data"));
  await writeFile(join(folder, "config", "genesis.json"), '{"genesis_time":"x","chain_id":"test-1"}');
  return folder;
}

const BODY = `{"jsonrpc":"2.0","id":-1,"result":{"node_info":{"network":"test-1"},"sync_info":{"latest_block_height":"30"}}}`;

/** Answers at the node's address; the second as a process of its own, which says in a file that it does. */
const other = ({ port }: AnnouncePlace) =>
  createServer((_, response) => response.end(BODY)).listen(port, "127.0.0.1");
const otherProcess = ({ folder, port }: AnnouncePlace) =>
  `require("node:http").createServer((_, response) => response.end('${BODY}')).listen(${port}, "127.0.0.1", () => require("node:fs").writeFileSync("${folder}/up", ""))`;

/** What the command starts first, and writes down; and what answers before it starts. */
const NOT_ENDED = [
  ["something answered before it started", () => "", other],
  [
    "something that it started holds its output",
    ({ folder }: AnnouncePlace) => `sleep 600 & echo $! > "${folder}/pid"`,
    undefined,
  ],
  [
    "something that it started lives on in silence",
    ({ folder }: AnnouncePlace) => `setsid sleep 600 >/dev/null 2>&1 & echo $! > "${folder}/pid"`,
    undefined,
  ],
  [
    "something answers after it ended",
    ({ folder }: AnnouncePlace) =>
      `"$0" -e "$1" >/dev/null 2>&1 & echo $! > "${folder}/pid"; until [ -e "${folder}/up" ]; do sleep 0.1; done`,
    undefined,
  ],
] as const;

test.for(NOT_ENDED)(
  "an upgrade halt that is not announced as %s is to nobody more than the end of the command",
  async ([, first, before], { place }) => {
    const home = await homeOfListedChain(place);
    const server = before?.(place);
    const on = ["--json", "--on", "upgrade_required", "echo upgraded", "--on", "crashed", "echo crashed"];
    const [, , , , , halts = ""] = restarted(home);
    const script = `${first(place)}\n${halts}`;
    try {
      const { code, stdout, stderr } = await runCommand([
        ...place.announce("--home", home, ...on),
        ...["--", "sh", "-c", script, process.execPath, otherProcess(place)],
      ]);
      expect([code, stdout], stderr).toEqual([2, "crashed\n"]);
      expect(JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
        announced: false,
        verdict: {
          kind: "crashed",
          contradictions: [
            expect.stringMatching(/^Something /),
            "Its log has a halt line of upgrade_required (plan v6.7 at height 30).",
          ],
        },
      });
    } finally {
      server?.close();
      await place.endWrittenDown();
    }
  },
);

test("a downgrade that is not announced as something else answers is disputed, and told to a person", async ({
  place,
}) => {
  const server = other(place);
  const line = "panic: Wrong app version 0, upgrade handler is missing for v6.6 upgrade plan";
  const on = ["--json", "--on", "downgrade_detected", 'echo "$UPGRADE_HALT_CORROBORATED"'];
  try {
    const script = `echo '${line}' >&2; exit 2`;
    const { code, stdout, stderr } = await runCommand([...place.announce(...on), "--", "sh", "-c", script]);
    expect([code, stdout], stderr).toEqual([2, "false\n"]);
    const { verdict } = JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "");
    expect(verdict).toMatchObject({ kind: "halted", reason: 72, corroborated: false, disputed: true });
  } finally {
    server.close();
  }
});
