import { type KubeObject, keyOf, Store } from "@upgrade-halt/kube";
import { expect, test } from "vitest";
import { takeNewer } from "./take-newer.ts";

type Cut = KubeObject & { readonly isCut?: boolean };
const object = (name: string, uid: string, resourceVersion: string, isCut = false): Cut => ({
  metadata: { name, namespace: "sei", uid, resourceVersion },
  ...(isCut && { isCut }),
});

const SEEN = object("a", "1", "5");

test.each<[string, readonly Cut[], readonly Cut[], readonly Cut[], string]>([
  ["changed since", [object("a", "1", "8")], [SEEN], [object("a", "1", "12")], "1 at 12"],
  ["changed before", [object("a", "1", "8")], [SEEN], [object("a", "1", "7")], "1 at 8"],
  [
    "read after the list, and changed before that",
    [object("a", "1", "13")],
    [SEEN],
    [object("a", "1", "12")],
    "1 at 13",
  ],
  ["came since", [], [], [object("a", "1", "12")], "1 at 12"],
  ["came and went before the list", [], [], [object("a", "1", "7")], "none"],
  ["went before the list, as is not told yet", [], [SEEN], [SEEN, object("b", "2", "6")], "none"],
  ["went since", [object("a", "1", "8")], [SEEN], [], "none"],
  ["was replaced since", [object("a", "1", "8")], [SEEN], [object("a", "2", "12")], "2 at 12"],
  ["was replaced before", [object("a", "2", "8")], [SEEN], [], "2 at 8"],
  ["is not known whole", [object("a", "1", "8")], [SEEN], [object("a", "1", "12", true)], "1 at 8"],
])("an object that %s", (_, listed, before, now, expected) => {
  const read = new Store<Cut>();
  for (const one of listed) read.put(one);
  takeNewer(read, "10", before, now);
  const found = read.get(keyOf(SEEN))?.metadata;
  expect(found === undefined ? "none" : `${found.uid} at ${found.resourceVersion}`).toBe(expected);
});
