import { expect, test } from "vitest";
import { httpNode, nodeAnswering } from "../testing/http-node.ts";
import { watchNode } from "./watch-node.ts";

const at = (height: number, rest: object = {}) => ({
  node_info: { network: "pacific-1" },
  sync_info: { latest_block_height: String(height) },
  ...rest,
});
const halt_intent = {
  reason: 70,
  reason_string: "upgrade_required",
  plan_name: "v6.7",
  height: 30,
  announced_at: "2026-08-21T17:59:41.12Z",
};
const listed = [{ planName: "v6.7", height: 30 }];
const fast = { intervalMs: 5, maxIntervalMs: 20, random: () => 0.5 };

/** A node that answers these bodies one after the other, and the last one for ever. `undefined` hangs up. */
function nodeAnsweringInTurn(bodies: readonly (object | undefined)[]) {
  let asked = 0;
  return httpNode((request, response) => {
    const body = bodies[Math.min(asked, bodies.length - 1)];
    asked += 1;
    if (body === undefined) request.socket.destroy();
    else response.end(JSON.stringify(body));
  });
}

async function take(url: string, count: number, options = {}) {
  const changes = [];
  for await (const change of watchNode(url, { ...fast, ...options })) {
    changes.push(change.verdict);
    if (changes.length === count) break;
  }
  return changes;
}

test("yields the first verdict, and then only what changed", async () => {
  await using node = await nodeAnsweringInTurn([at(28), at(29), at(29), at(30, { halt_intent }), at(31)]);
  const verdicts = await take(node.url, 3, { listed });
  expect(verdicts).toMatchObject([
    { kind: "running", height: 28 },
    { kind: "halted", reason: 70, plan: "v6.7", corroborated: true },
    { kind: "running", height: 31 },
  ]);
});

test("a halt latches while the node is away, and ends when it is past the height", async () => {
  await using node = await nodeAnsweringInTurn([
    at(30, { halt_intent }),
    undefined,
    undefined,
    at(30),
    at(31),
  ]);
  const verdicts = await take(node.url, 2, { listed });
  expect(verdicts.map(({ kind }) => kind)).toEqual(["halted", "running"]);
  expect(verdicts[1]).toMatchObject({ height: 31 });
});

test("a halt that this reader does not know latches too", async () => {
  await using node = await nodeAnsweringInTurn([at(5, { halt_intent: { reason: 85 } }), undefined, at(6)]);
  const kinds = (await take(node.url, 2)).map(({ kind }) => kind);
  expect(kinds).toEqual(["unrecognised-halt", "running"]);
});

test("a node that goes away without a halt is unknown, and comes back as running", async () => {
  await using node = await nodeAnsweringInTurn([at(5), undefined, at(6)]);
  expect((await take(node.url, 3)).map(({ kind }) => kind)).toEqual(["running", "unknown", "running"]);
});

test("an intent of another chain never corroborates", async () => {
  const other = { node_info: { network: "arctic-1" }, sync_info: { latest_block_height: "30" }, halt_intent };
  await using node = await nodeAnsweringInTurn([at(29), other]);
  const [, verdict] = await take(node.url, 2, { listed });
  expect(verdict).toMatchObject({ kind: "halted", corroborated: false });
});

test("heights are changes for those who ask", async () => {
  await using node = await nodeAnsweringInTurn([at(5), at(6), at(7)]);
  expect(await take(node.url, 3, { heights: true })).toMatchObject([
    { height: 5 },
    { height: 6 },
    { height: 7 },
  ]);
});

test("a slow reader gets what is, not what was", async () => {
  let asked = 0;
  await using node = await httpNode((_, response) => {
    asked += 1;
    response.end(JSON.stringify(at(asked)));
  });
  const changes = watchNode(node.url, { ...fast, heights: true });
  await changes.next();
  const before = asked;
  asked += 100;
  const { value } = await changes.next();
  await changes.return();
  expect(value?.verdict).toMatchObject({ height: before + 101 });
});

test("ends when it is told to, in the middle of a wait", async () => {
  await using node = await nodeAnswering(at(5));
  const controller = new AbortController();
  const changes = watchNode(node.url, { intervalMs: 3_600_000, signal: controller.signal });
  expect((await changes.next()).value?.verdict.kind).toBe("running");
  const next = changes.next();
  controller.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});

test("a hundred watchers share one signal without a warning", async () => {
  await using node = await nodeAnswering(at(5));
  const warnings: unknown[] = [];
  const onWarning = (warning: unknown) => warnings.push(warning);
  process.on("warning", onWarning);
  const controller = new AbortController();
  const watchers = Array.from({ length: 100 }, () =>
    watchNode(node.url, { ...fast, signal: controller.signal }),
  );
  await Promise.all(watchers.map((watcher) => watcher.next()));
  const ends = watchers.map((watcher) => watcher.next());
  controller.abort();
  await Promise.all(ends);
  process.off("warning", onWarning);
  expect(warnings).toEqual([]);
});
