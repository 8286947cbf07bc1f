import { type KubeObject, keyOf, PAGE } from "@upgrade-halt/kube";
import { expect, test } from "vitest";
import { FakeApi } from "../testing/fake-api.ts";
import { listByMetadata } from "./list-by-metadata.ts";

const PODS = "/api/v1/namespaces/sei/pods";
type Labelled = KubeObject & { readonly spec?: { readonly value: number } };

/** A server of so many objects, each with a value, and what is known of them from before `change`. */
async function listed(count: number, change: (api: FakeApi) => Promise<unknown> | unknown = () => {}) {
  const api = new FakeApi();
  for (let index = 0; index < count; index += 1)
    await api.create(PODS, { metadata: { name: `pod-${index}`, namespace: "sei" }, spec: { value: index } });
  const copies = new Map((await api.list<Labelled>(PODS)).items.map((object) => [keyOf(object), object]));
  await change(api);
  const asked: string[] = [];
  const plain = api.list.bind(api);
  api.list = (path, query, as) => {
    asked.push(as ?? String(query?.fieldSelector ?? query?.resourceVersionMatch));
    return plain(path, query, as);
  };
  const known = (head: KubeObject) => {
    const copy = copies.get(keyOf(head));
    return copy?.metadata.resourceVersion === head.metadata.resourceVersion ? copy : undefined;
  };
  const { objects } = await listByMetadata<Labelled>(api, PODS, {
    sizes: PAGE,
    project: (object) => object,
    known,
  });
  const values = Object.fromEntries(objects.map(({ metadata, spec }) => [metadata.name, spec?.value]));
  return { asked, values };
}

const setValue = (api: FakeApi, name: string, value: number) =>
  api.mergePatch(`${PODS}/${name}`, { spec: { value } });

test("what is known at the version that it has now is not sent again", async () => {
  expect(await listed(2)).toEqual({ asked: ["metadata"], values: { "pod-0": 0, "pod-1": 1 } });
});

test("what was written since is read, whatever was known of it", async () => {
  const { asked, values } = await listed(2, (api) => setValue(api, "pod-1", 7));
  expect(values).toEqual({ "pod-0": 0, "pod-1": 7 });
  expect(asked).toEqual(["metadata", "metadata.name=pod-1"]);
});

test("what came since is read, and what went is gone", async () => {
  const { values } = await listed(2, async (api) => {
    api.drop(`${PODS}/pod-0`);
    await api.create(PODS, { metadata: { name: "pod-9", namespace: "sei" }, spec: { value: 9 } });
  });
  expect(values).toEqual({ "pod-1": 1, "pod-9": 9 });
});

test("an object that was made anew under its name is read", async () => {
  const { values } = await listed(1, async (api) => {
    api.drop(`${PODS}/pod-0`);
    await api.create(PODS, { metadata: { name: "pod-0", namespace: "sei" }, spec: { value: 5 } });
  });
  expect(values).toEqual({ "pod-0": 5 });
});

test("many that were written since are one more list, no older than the first", async () => {
  const { asked, values } = await listed(30, async (api) => {
    for (let index = 0; index < 9; index += 1) await setValue(api, `pod-${index}`, 100 + index);
  });
  expect(Object.keys(values)).toHaveLength(30);
  expect(values).toMatchObject({ "pod-0": 100, "pod-8": 108, "pod-9": 9 });
  expect(asked).toEqual(["metadata", "metadata", "NotOlderThan", "undefined"]);
});

test("a server that knows no such form is believed as it answers", async () => {
  const api = new FakeApi();
  await api.create(PODS, { metadata: { name: "pod-0", namespace: "sei" }, spec: { value: 1 } });
  const plain = api.list.bind(api);
  api.list = (path, query) => plain(path, query);
  const known = () => {
    throw new Error("nothing is taken from what is known");
  };
  const { objects } = await listByMetadata<Labelled>(api, PODS, {
    sizes: PAGE,
    project: (object) => object,
    known,
  });
  expect(objects.map(({ spec }) => spec?.value)).toEqual([1]);
});
