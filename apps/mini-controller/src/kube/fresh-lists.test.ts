import { KubeError, type KubeObject } from "@upgrade-halt/kube";
import { describe, expect, test } from "vitest";
import { FakeApi } from "../testing/fake-api.ts";
import { GuardedApi } from "../testing/guarded-api.ts";
import { FreshLists } from "./fresh-lists.ts";
import type { Listed } from "./list-by-metadata.ts";

const PODS = "/api/v1/namespaces/sei/pods";
/** Nothing is known: each object is read. */
const OBJECTS = { project: (object: KubeObject) => object, known: () => undefined };

function lists() {
  const api = new GuardedApi(new FakeApi());
  return { api, fresh: new FreshLists<KubeObject>(api, OBJECTS) };
}

async function create(api: GuardedApi, name: string): Promise<void> {
  await api.create(PODS, { metadata: { name, namespace: "sei" } });
}

const namesOf = ({ objects }: Listed<KubeObject>) => objects.map(({ metadata }) => metadata.name);

test("a list that was begun before the question does not answer it", async () => {
  const { api, fresh } = lists();
  const first = fresh.list(PODS);
  const created = create(api, "late");
  await Promise.all([first, created]);
  const [second, third] = await Promise.all([fresh.list(PODS), fresh.list(PODS)]);
  expect(namesOf(second)).toEqual(["late"]);
  expect(namesOf(third)).toEqual(["late"]);
});

test("all who ask while one is read share the next", async () => {
  const { api, fresh } = lists();
  await Promise.all(Array.from({ length: 100 }, () => fresh.list(PODS)));
  expect(api.calls.filter(({ verb }) => verb === "list")).toHaveLength(2);
});

test("a failure answers those who asked, and not those who ask next", async () => {
  const failing = new FakeApi();
  const plain = failing.list.bind(failing);
  failing.list = () => {
    failing.list = plain;
    return Promise.reject(new Error("no answer"));
  };
  const fresh = new FreshLists<KubeObject>(failing, OBJECTS);
  const first = fresh.list(PODS);
  const second = fresh.list(PODS);
  await expect(first).rejects.toThrow("no answer");
  expect((await second).objects).toEqual([]);
});

test("every page is read", async () => {
  const api = new FakeApi();
  const asked: unknown[] = [];
  api.list = async (_path, query) => {
    asked.push(query?.continue);
    const name = `pod-${asked.length}`;
    const next = asked.length < 3 ? { continue: name } : {};
    return { metadata: { resourceVersion: "1", ...next }, items: [{ metadata: { name } }] as never };
  };
  const fresh = new FreshLists<KubeObject>(api, OBJECTS);
  expect(namesOf(await fresh.list(PODS))).toEqual(["pod-1", "pod-2", "pod-3"]);
  expect(asked).toEqual([undefined, "pod-1", "pod-2"]);
});

describe("a list of which is known how many it has", () => {
  const limitsOf = async (count: number, expected: number, mostThatFit = Number.POSITIVE_INFINITY) => {
    const api = new FakeApi();
    for (let index = 0; index < count; index += 1)
      await api.create(PODS, { metadata: { name: `pod-${index}`, namespace: "sei" } });
    const plain = api.list.bind(api);
    const asked: unknown[] = [];
    api.list = (path, query) => {
      asked.push(query?.limit);
      if (Number(query?.limit) > mostThatFit) throw new KubeError("too-large", "more than 8 MiB");
      return plain(path, query);
    };
    const fresh = new FreshLists<KubeObject>(api, OBJECTS);
    expect((await fresh.list(PODS, expected)).objects).toHaveLength(count);
    const first = asked.splice(0);
    await fresh.list(PODS, expected);
    return { first, second: asked };
  };

  test("is one request, also with one more than that", async () => {
    expect((await limitsOf(100, 100)).first).toEqual([101]);
    expect((await limitsOf(101, 100)).first).toEqual([101]);
  });

  test("is read by pages of 500 at most", async () => {
    expect((await limitsOf(600, 600)).first).toEqual([500, 500]);
  });

  test("is asked for once only in pages that were too large", async () => {
    const { first, second } = await limitsOf(100, 100, 60);
    expect(first).toEqual([101, 25, 50, 50]);
    expect(second).toEqual([50, 50]);
  });
});
