import { join } from "node:path";
import { expect } from "vitest";
import { evidenceFromContainerStatus } from "../../adapters/kubernetes.ts";
import { classify } from "../../classify.ts";
import { readStatus } from "../../status/read-status.ts";
import { type AnnouncePlace, announceTest, LINE } from "../../testing/announce-place.ts";
import { runCommand } from "../../testing/command.ts";

const test = announceTest.concurrent;

test("the end of the output tells a 70 that was announced of a node that lived on and logged more", async ({
  place,
}) => {
  const end = await runCommand([
    ...place.announce("--standstill", "500"),
    ...place.legacyNode({ height: 30 }),
  ]);
  expect(end.code, end.stderr).toBe(70);
  const message = end.stderr.slice(end.stderr.indexOf("7:48AM INF exiting..."));
  const terminated = { exitCode: 70, message };
  expect(classify(evidenceFromContainerStatus({ name: "seid", state: { terminated } }))).toMatchObject({
    plan: "v6.7",
    height: 30,
    sources: ["exit-code", "plan-line"],
  });
});

test("a node that lives on after its halt is ended and announced", async ({ place }) => {
  const args = [...place.announce("--standstill", "500"), ...place.legacyNode({ height: 30 })];
  const { code, stderr } = await runCommand(args);
  expect(stderr).toContain("it lives on after its halt, and is ended");
  expect(code).toBe(70);
});

/** A command behind an entry point that waits for it, in place of becoming it. */
const behindShell = (folder: string, [, ...words]: string[]) => [
  ...["--", "sh", "-c", `"$@" & echo $! > "$0"; wait; exit`, join(folder, "pid")],
  ...words,
];

announceTest
  .skipIf(process.platform !== "linux")
  .concurrent(
    "a node behind a shell that lives on after its halt is ended and announced",
    async ({ place }) => {
      try {
        const node = behindShell(place.folder, place.legacyNode({ height: 30 }));
        const { code, stderr } = await runCommand([...place.announce("--standstill", "500"), ...node]);
        expect(code, stderr).toBe(70);
        expect(stderr).toContain("7:48AM INF exiting...");
        expect(await readStatus(`http://127.0.0.1:${place.port}`)).toMatchObject({ kind: "unreachable" });
      } finally {
        await place.endWrittenDown();
      }
    },
  );

test("a node that lives on after its halt is announced although one connection to it broke since", async ({
  place,
}) => {
  const args = [...place.announce("--standstill", "500"), ...place.legacyNode({ height: 30, broken: [4] })];
  const { code, stderr } = await runCommand(args);
  expect(code, stderr).toBe(70);
});

test("nothing is announced of a node whose connections broke twice in a row since its halt line: another may answer", async ({
  place,
}) => {
  const args = [
    ...place.announce("--standstill", "500"),
    ...place.legacyNode({ height: 30, broken: [4, 5] }),
  ];
  expect((await runCommand(args)).code).toBe(9);
});

/** As a wrapper does: the node that says the line is replaced by one that says nothing, stands at the height, and ends in order. */
function replacedNode({ port }: AnnouncePlace): string[] {
  const body = `{"jsonrpc":"2.0","id":-1,"result":{"node_info":{"network":"test-1"},"sync_info":{"latest_block_height":"30"}}}`;
  const script = `
let asked = 0, began = Infinity;
const { createServer } = require("node:http");
const first = createServer((_, response) => {
  response.setHeader("connection", "close");
  response.end(${JSON.stringify(body)}, () => {
    if (++asked !== 3) return;
    console.error(${JSON.stringify(LINE)});
    first.close();
    first.closeAllConnections();
    setTimeout(() => {
      began = Date.now();
      createServer((_, response) => {
        response.end(${JSON.stringify(body)});
        if (++asked > 12 && Date.now() - began > 2000) process.exit(0);
      }).listen(${port}, "127.0.0.1");
    }, 3000);
  });
}).listen(${port}, "127.0.0.1");
process.on("SIGTERM", () => process.exit(9));`;
  return ["--", process.execPath, "-e", script];
}

test("a node that came in the place of the one that halted is not ended, and its end is its own", async ({
  place,
}) => {
  const { code, stderr } = await runCommand([
    ...place.announce("--standstill", "500"),
    ...replacedNode(place),
  ]);
  expect(stderr).not.toContain("announced for the node");
  expect(code).toBe(0);
});

/** The same behind a proxy: while there is no node it breaks no connection, and says `between`. */
function replacedBehindProxy({ port }: AnnouncePlace, between: string): string[] {
  const body = `{"jsonrpc":"2.0","id":-1,"result":{"node_info":{"network":"test-1"},"sync_info":{"latest_block_height":"30"}}}`;
  const script = `
let asked = 0, node = "first", began = 0;
require("node:http").createServer((_, response) => {
  if (node === undefined) return response.writeHead(502).end(${JSON.stringify(between)});
  response.end(${JSON.stringify(body)});
  if (node === "second" && Date.now() - began > 2000) process.exit(0);
  if (node !== "first" || ++asked !== 3) return;
  console.error(${JSON.stringify(LINE)});
  node = undefined;
  setTimeout(() => { node = "second"; began = Date.now(); }, 3000);
}).listen(${port}, "127.0.0.1");
process.on("SIGTERM", () => process.exit(9));`;
  return ["--", process.execPath, "-e", script];
}

test.for(["<html>502 Bad Gateway</html>", "", '{"error":"connection refused"}'])(
  "a node that came in its place behind a proxy, which said %j meanwhile, is not ended either",
  async (between, { place }) => {
    const { code, stderr } = await runCommand([
      ...place.announce("--standstill", "500"),
      ...replacedBehindProxy(place, between),
    ]);
    expect(stderr).not.toContain("announced for the node");
    expect(code).toBe(0);
  },
);
