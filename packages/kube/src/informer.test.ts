import { until } from "@upgrade-halt/testing";
import { afterEach, describe, expect, test } from "vitest";
import { Informer, type InformerOptions, type RestartReason } from "./informer.ts";
import { KubeError } from "./kube-error.ts";
import { keyOf, Store } from "./store.ts";
import { listOf, objectNamed, ScriptedApi, type WatchScript } from "./testing/scripted-api.ts";
import type { KubeApi, KubeList, KubeObject, Query } from "./types.ts";

const running: Informer<KubeObject>[] = [];
afterEach(async () => {
  for (const informer of running.splice(0)) await informer.stop();
});

const HANG: WatchScript = { ends: "never" };

function inform(
  lists: readonly (KubeList<KubeObject> | Error)[],
  watches: readonly WatchScript[],
  options: Partial<InformerOptions<KubeObject>> = {},
) {
  const api = new ScriptedApi(lists, watches);
  const store = new Store<KubeObject>();
  const [changes, restarts]: [string[], RestartReason[]] = [[], []];
  const informer = new Informer<KubeObject>({
    api: api as unknown as KubeApi,
    path: "/api/v1/pods",
    store,
    onChange: ({ metadata }) => changes.push(metadata.name),
    onRestart: (reason) => restarts.push(reason),
    backoff: { baseMs: 1, maxMs: 5 },
    ...options,
  });
  running.push(informer);
  return { api, store, changes, restarts, informer };
}

describe("an informer", () => {
  test("has synced only once a list succeeded", async () => {
    const { informer, store, restarts } = inform(
      [
        new KubeError("unreachable", "x"),
        new KubeError("server-error", "x"),
        listOf("5", objectNamed("a", "4")),
      ],
      [HANG],
    );
    expect(informer.hasSynced).toBe(false);
    await informer.start();
    expect(informer.hasSynced).toBe(true);
    expect([...store.keys()]).toEqual(["sei/a"]);
    expect(restarts).toEqual(["failed", "failed"]);
  });

  test("asks for fewer objects at a time where the answer is too large, and for more again where it is not", async () => {
    const { informer, api, store } = inform([listOf("5", objectNamed("z", "4"))], [HANG]);
    const asked: unknown[] = [];
    const pages = ["a", "b", "c"];
    api.list = async <T extends KubeObject>(_: string, { limit, continue: next }: Query = {}) => {
      asked.push([limit, next]);
      if (Number(limit) > 7) throw new KubeError("too-large", "more than 8 MiB");
      const index = next === undefined ? 0 : Number(next);
      const metadata = { resourceVersion: "5", ...(index < 2 ? { continue: String(index + 1) } : {}) };
      return { metadata, items: [objectNamed(pages[index] ?? "", "4")] } as unknown as KubeList<T>;
    };
    await informer.start();
    expect([...store.keys()]).toEqual(["sei/a", "sei/b", "sei/c"]);
    expect(asked).toEqual([
      [20, undefined],
      [5, undefined],
      [10, "1"],
      [2, "1"],
      [4, "2"],
    ]);
  });

  test("keeps only what is wanted, and lists anew when more is", async () => {
    const wanted = new Set(["sei/a"]);
    const { informer, store, changes } = inform(
      [listOf("5", objectNamed("a", "3"), objectNamed("b", "4"))],
      [
        {
          events: [
            { type: "MODIFIED", object: objectNamed("b", "6") },
            { type: "DELETED", object: objectNamed("b", "7") },
          ],
          ends: "never",
        },
        HANG,
      ],
      { keep: (object) => wanted.has(keyOf(object)) },
    );
    await informer.start();
    await until("the first watch", () => informer.isCurrent);
    expect([...store.keys()]).toEqual(["sei/a"]);
    expect(changes).toEqual(["a"]);
    wanted.add("sei/b");
    informer.relist();
    expect(informer.isCurrent).toBe(false);
    await until("the second list", () => informer.isCurrent);
    expect([...store.keys()].toSorted()).toEqual(["sei/a", "sei/b"]);
  });

  test("watches from the list, and resumes from the last event or bookmark after a cut", async () => {
    const { api, store, informer } = inform(
      [listOf("5")],
      [
        {
          events: [{ type: "ADDED", object: objectNamed("a", "7") }],
          ends: new KubeError("unreachable", "ECONNRESET"),
        },
        {
          events: [{ type: "BOOKMARK", object: objectNamed("", "90") }],
          ends: new KubeError("unreachable", "x"),
        },
        HANG,
      ],
    );
    await informer.start();
    await until("three watches", () => api.watchedFrom.length === 3);
    expect(api.watchedFrom).toEqual(["5", "7", "90"]);
    expect(api.lists).toBe(1);
    expect(store.size).toBe(1);
  });

  test.each([
    ["a status of 410", { ends: new KubeError("gone", "too old") }],
    [
      "an ERROR event of 410",
      { events: [{ type: "ERROR", object: { code: 410, message: "too old" } }], ends: "normally" },
    ],
  ] as readonly [string, WatchScript][])(
    "lists anew after %s, and drops what went meanwhile",
    async (_, expired) => {
      const lists = [
        listOf("5", objectNamed("a", "1"), objectNamed("b", "2")),
        listOf("9", objectNamed("b", "2")),
      ];
      const { api, store, changes, informer, restarts } = inform(lists, [expired, HANG]);
      await informer.start();
      await until("the second watch", () => api.watchedFrom.length === 2);
      expect(api.watchedFrom).toEqual(["5", "9"]);
      expect([...store.keys()]).toEqual(["sei/b"]);
      expect(changes).toEqual(["a", "b", "b", "a"]);
      expect(restarts).toEqual(["expired"]);
    },
  );

  test("gives up a watch that says nothing past its end, and lists again by its timer", async () => {
    const { api, informer, restarts } = inform([listOf("5")], [HANG], {
      watchMs: 10,
      graceMs: 20,
      relistMs: 1,
    });
    await informer.start();
    await until("a relist", () => api.lists > 1);
    expect(restarts.slice(0, 2)).toEqual(["silent", "relist"]);
  });

  test("lists anew when watches go on failing, and believes a server whose versions went back", async () => {
    const failed: WatchScript = { ends: new KubeError("server-error", "Too large resource version") };
    const lists = [listOf("500", objectNamed("a", "490")), listOf("7", objectNamed("a", "6"))];
    const { api, store, changes, informer } = inform(lists, [failed, failed, failed, HANG]);
    await informer.start();
    await until("the fourth watch", () => api.watchedFrom.length === 4);
    expect(api.watchedFrom).toEqual(["500", "500", "500", "7"]);
    expect(store.get("sei/a")?.metadata.resourceVersion).toBe("6");
    expect(changes).toEqual(["a", "a"]);
  });

  test("tells of an object that went unseen when another has its name", async () => {
    const told: (string | undefined)[] = [];
    const reborn = { metadata: { ...objectNamed("a", "20").metadata, uid: "uid-2" } };
    const { store, informer } = inform(
      [listOf("5", objectNamed("a", "4"))],
      [
        {
          events: [
            { type: "MODIFIED", object: reborn },
            { type: "DELETED", object: objectNamed("a", "21") },
          ],
          ends: "never",
        },
      ],
      { onChange: ({ metadata }) => told.push(metadata.uid) },
    );
    await informer.start();
    await until("all that was told", () => told.length === 4);
    expect(told).toEqual(["uid-a", "uid-a", "uid-2", "uid-a"]);
    expect(store.get("sei/a")?.metadata.uid).toBe("uid-2");
  });

  test("backs off from a server that ends each watch at once", async () => {
    const { api, informer, restarts } = inform([listOf("5")], [{ ends: "normally" }], {
      backoff: { baseMs: 60_000, maxMs: 60_000 },
    });
    await informer.start();
    await until("the failure", () => restarts.length === 1);
    expect(restarts).toEqual(["failed"]);
    expect(api.watchedFrom).toHaveLength(1);
  });

  test("watches again no sooner than an ERROR event asks", async () => {
    const details = { retryAfterSeconds: 0.2 };
    const { api, informer } = inform(
      [listOf("5")],
      [
        {
          events: [{ type: "ERROR", object: { code: 429, message: "slow down", details } }],
          ends: "normally",
        },
        HANG,
      ],
    );
    await informer.start();
    const began = performance.now();
    await until("the second watch", () => api.watchedFrom.length === 2);
    expect(performance.now() - began).toBeGreaterThan(190);
  });

  test("keeps what it knows when an older sight of it comes late", async () => {
    const { store, changes, informer } = inform(
      [listOf("5", objectNamed("a", "9"))],
      [
        {
          events: [
            { type: "MODIFIED", object: objectNamed("a", "8") },
            { type: "MODIFIED", object: objectNamed("a", "10") },
          ],
          ends: "never",
        },
      ],
    );
    await informer.start();
    await until("the newer one", () => store.get("sei/a")?.metadata.resourceVersion === "10");
    expect(changes).toEqual(["a", "a"]);
  });
});
