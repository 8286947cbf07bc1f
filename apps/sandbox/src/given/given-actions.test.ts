import { KubeError } from "@upgrade-halt/kube";
import { expect, test } from "vitest";
import type { ApiClient } from "../client/api-client.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { performOver } from "./given-actions.ts";

const list = { kind: "list", value: { plan: "v6.7", height: 30, version: "v6.7" } } as const;

function policy(name: string, upgrades: readonly object[] = []): KubeObject {
  const spec = { selector: { matchLabels: { app: name } }, container: "seid", upgrades };
  return { metadata: { name, namespace: "sei", resourceVersion: "1" }, spec } as unknown as KubeObject;
}

function pod(name: string, app: string, image: string): KubeObject {
  const spec = { containers: [{ name: "seid", image }] };
  return { metadata: { name, namespace: "sei", labels: { app } }, spec } as unknown as KubeObject;
}

interface Patch {
  readonly metadata: { readonly resourceVersion: string };
  readonly spec: object;
}

/** The spec of each patch that was taken, the policy being changed by somebody else before the first `conflicts` of them. */
async function patchesOf(
  policies: readonly KubeObject[],
  pods: readonly KubeObject[],
  conflicts = 0,
): Promise<unknown[]> {
  const patches: unknown[] = [];
  let version = 1;
  const client = {
    get: () =>
      Promise.resolve({
        ...policies[0],
        metadata: { ...policies[0]?.metadata, resourceVersion: `${version}` },
      }),
    mergePatch: (_path: string, { metadata, spec }: Patch) => {
      if (version <= conflicts) version += 1;
      if (metadata.resourceVersion !== String(version))
        return Promise.reject(new KubeError("conflict", "the object has been modified"));
      patches.push(spec);
      return Promise.resolve();
    },
  } as unknown as ApiClient;
  await performOver(list, { client, namespace: "sei", policies: () => policies, pods: () => pods });
  return patches;
}

test("a policy that somebody else changed in between is read again", async () => {
  const seen = [[policy("a")], [pod("a-0", "a", "one/seid:v6.6")]] as const;
  expect(await patchesOf(...seen, 4)).toHaveLength(1);
  await expect(patchesOf(...seen, 5)).rejects.toThrow(/changes HaltPolicy a all the time/);
});

test("an image is listed of the repository that the nodes run", async () => {
  const pods = [pod("a-0", "a", "one/seid:v6.6"), pod("x", "other", "nginx:1")];
  expect(await patchesOf([policy("a")], pods)).toEqual([
    { upgrades: [{ planName: "v6.7", height: 30, image: "one/seid:v6.7" }] },
  ]);
});

test.each<[string, readonly KubeObject[], readonly KubeObject[], RegExp]>([
  [
    "of several policies",
    [policy("a"), policy("b")],
    [pod("a-0", "a", "one/seid:v6.6")],
    /several HaltPolicies/,
  ],
  [
    "of nodes of several repositories",
    [policy("a")],
    [pod("a-0", "a", "one/seid:v6.6"), pod("a-1", "a", "two/seid:v6.6")],
    /several repositories/,
  ],
  [
    "over an entry that somebody wrote",
    [policy("a", [{ planName: "v6.7", height: 30, image: "one/seid@sha256:0" }])],
    [pod("a-0", "a", "one/seid:v6.6")],
    /v6\.7 is listed already, with one\/seid@sha256:0/,
  ],
])("nothing is listed %s", async (_, policies, pods, why) => {
  await expect(patchesOf(policies, pods)).rejects.toThrow(why);
});
