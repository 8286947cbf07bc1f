import { describe, expect, test } from "vitest";
import { type NodeHalt, type PageRecord, pagesOf } from "../api/node-halt.ts";
import {
  haltWith,
  NOW,
  OLD,
  observe,
  policyWith,
  type Scene,
  SENT,
  siblingWith,
  successor,
} from "../testing/observations.ts";
import { nextMove } from "./next-move.ts";

type SceneAt = (second: number) => Scene;

/** A halt's pages as receivers that take everything make them. */
function put(halt: NodeHalt, key: string, change: Partial<PageRecord>): NodeHalt {
  const changed = (page: PageRecord) => (page.key === key ? { ...page, attempts: 1, ...change } : page);
  const { page, formerPages } = halt.status ?? {};
  return {
    ...halt,
    status: {
      ...halt.status,
      ...(page && { page: changed(page) }),
      ...(formerPages && { formerPages: formerPages.map(changed) }),
    },
  };
}

/** Everything that is sent about one halt: the reasons of its pages, with the second of each. */
function pages(sceneAt: SceneAt, hours = 1, first: NodeHalt = haltWith()): readonly [string, number][] {
  let halt = first;
  const sent: [string, number][] = [];
  for (let second = 0; second < hours * 3_600; second += 5) {
    for (let moves = 0; ; moves += 1) {
      if (moves > 20) throw new Error("no rest");
      const move = nextMove(observe({ halt, now: NOW + second * 1_000, ...sceneAt(second) }));
      if (move.kind === "journal") halt = { ...halt, status: move.status };
      else if (move.kind === "effect" && move.effect.kind === "send-page") {
        const { key = "", reason = "" } = halt.status?.page ?? {};
        sent.push([reason, second]);
        halt = put(halt, key, SENT);
      } else if (move.kind === "effect" && move.effect.kind === "resolve-page")
        halt = put(halt, move.effect.page.key, { state: "Resolved" });
      else break;
    }
    if (pagesOf(halt).length > 20) throw new Error("too many pages");
  }
  return sent;
}

const every = (seconds: number, second: number) => (second / seconds) % 2 < 1;
const unknown = { kind: "unknown", why: "Nothing tells what became of it.", contradictions: [] } as const;
const refused = successor({ image: OLD, verdict: unknown });
const starting = (pod: string) => ({ pod, found: "starts", starts: true as const });

describe("a person is told once nothing was possible for some time", () => {
  test.each<[string, SceneAt]>([
    ["its pod is gone", () => ({ pod: { kind: "gone" } })],
    ["its new pod never starts", () => ({ pod: refused })],
    [
      "each of its new pods is refused by the kubelet, and made anew",
      (second) => ({ pod: every(30, second) ? { kind: "gone" } : refused }),
    ],
    ["one beside it starts and never answers", () => ({ strangers: [starting("sei/sentry-0")] })],
    [
      "one beside it starts and never answers, under ever new names",
      (second) => ({ strangers: [starting(`sei/sentry-${Math.floor(second / 45)}`)] }),
    ],
    [
      "its workload is not there, and then another node starts, by turns",
      (second) =>
        every(30, second)
          ? { workload: { kind: "missing", what: "StatefulSet sei" } }
          : { strangers: [starting("sei/sentry-0")] },
    ],
  ])("where %s", (_, sceneAt) => {
    const sent = pages(sceneAt);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.[1]).toBeGreaterThanOrEqual(60);
    expect(sent[0]?.[1]).toBeLessThanOrEqual(90);
  });

  test("ten minutes after a swap may have come back, where the policy gives it ten", () => {
    const policy = policyWith({ recoveryTimeoutSeconds: 600 });
    const [first] = pages((second) => ({ policy, pod: every(30, second) ? { kind: "gone" } : refused }));
    expect(first?.[1]).toBe(600);
  });
});

test("nobody is told where a halt waits for the swaps of others, and for each new node of theirs in between", () => {
  const neighbours = { swapping: 1, failed: 0 };
  const sceneAt: SceneAt = (second) => ({
    neighbours,
    strangers: every(30, second) ? [] : [starting("sei/sei-1-0")],
  });
  expect(pages(sceneAt)).toEqual([]);
});

describe("a page that stands", () => {
  const siblings = [siblingWith()];
  const silent = [{ pod: "sei/archive-0", found: "does not say on /status who it is" }];

  test("is one for a halt that waits for its siblings", () => {
    expect(pages(() => ({ siblings }))).toEqual([["SiblingsNotHalted", 60]]);
  });

  test("stays, where another reason comes and goes", () => {
    const sent = pages((second) => ({ siblings, strangers: every(15, second) ? silent : [] }));
    expect(sent).toEqual([["StrangerNotKnown", 60]]);
  });

  test("gives way to another reason that has stood for a minute", () => {
    const sent = pages((second) => ({ siblings, strangers: second < 300 ? silent : [] }));
    expect(sent).toEqual([
      ["StrangerNotKnown", 60],
      ["SiblingsNotHalted", 360],
    ]);
  });

  test("gives way so, too, where the other says something else each time", () => {
    const found = (second: number) => [siblingWith({ state: { kind: "not-halted", found: `at ${second}` } })];
    const sent = pages((second) => ({ siblings: found(second), strangers: second < 300 ? silent : [] }));
    expect(sent.at(-1)).toEqual(["SiblingsNotHalted", 360]);
  });

  test("is replaced ever more rarely, where two reasons take turns for long", () => {
    const sent = pages((second) => ({ siblings, strangers: every(120, second) ? silent : [] }), 24);
    expect(sent.length).toBeLessThanOrEqual(4);
  });
});
