import { expect, test } from "vitest";
import { type LogPurpose, LogTurns } from "./log-turns.ts";

/** Turns whose readings end when they are told to, and what is being read. */
function turnsOf() {
  const turns = new LogTurns();
  const open: { readonly name: string; readonly end: () => void }[] = [];
  const take = (purpose: LogPurpose, namespace: string, count = 1) => {
    for (let i = 0; i < count; i += 1) {
      const { promise, resolve } = Promise.withResolvers<void>();
      void turns.take(purpose, namespace, () => {
        open.push({ name: `${namespace} ${purpose}`, end: resolve });
        return promise;
      });
    }
  };
  const endFirst = () => open.shift()?.end();
  const reading = async () => {
    await new Promise(setImmediate);
    return open.map(({ name }) => name);
  };
  return { take, endFirst, reading };
}

test("a log is read although hundreds of another namespace get no answer", async () => {
  const { take, reading } = turnsOf();
  take("discovery", "noisy", 300);
  expect(await reading()).toHaveLength(3);
  take("discovery", "sei");
  expect((await reading()).at(-1)).toBe("sei discovery");
});

test("a reading that an act waits for begins at once, however many namespaces get no answer", async () => {
  const { take, reading } = turnsOf();
  for (const namespace of ["a", "b", "c"]) take("discovery", namespace, 300);
  expect(await reading()).toHaveLength(4);
  take("before-act", "sei");
  expect((await reading()).at(-1)).toBe("sei before-act");
  take("before-act", "sei");
  expect(await reading()).toHaveLength(5);
});

test("one namespace has never all places, not even with what its acts wait for", async () => {
  const { take, reading } = turnsOf();
  take("before-act", "noisy", 300);
  take("discovery", "noisy", 300);
  expect(await reading()).toHaveLength(4);
  take("before-act", "sei");
  expect((await reading()).at(-1)).toBe("sei before-act");
});

test("what an act waits for goes first, and among the rest each namespace has its turn", async () => {
  const { take, endFirst, reading } = turnsOf();
  take("discovery", "a", 300);
  take("discovery", "b", 300);
  take("before-act", "a", 2);
  await reading();
  take("discovery", "c");
  take("before-act", "c");
  const next: string[] = [];
  for (let i = 0; i < 5; i += 1) {
    const before = await reading();
    endFirst();
    next.push(...(await reading()).slice(before.length - 1));
  }
  const discoveries = ["a discovery", "b discovery", "c discovery"];
  expect(next).toEqual(["a before-act", "c before-act", ...discoveries]);
});

test("a reading that fails gives its place back", async () => {
  const turns = new LogTurns();
  const failing = Array.from({ length: 20 }, () =>
    turns.take("discovery", "sei", () => Promise.reject(new Error("no answer"))).catch(() => "failed"),
  );
  expect(new Set(await Promise.all(failing))).toEqual(new Set(["failed"]));
});
