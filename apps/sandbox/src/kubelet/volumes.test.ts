import { mkdtemp, open, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../json/json.ts";
import { readPodSpec } from "./pod-spec.ts";
import { mountVolumes, onHost } from "./volumes.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "sandbox-volumes-"));
});
afterEach(() => rm(home, { recursive: true }));

function podWith(volumes: JsonObject[]) {
  const mounts = [
    { name: "data", mountPath: "/data" },
    { name: "deep", mountPath: "/data/deep/", subPath: "sub" },
  ];
  return readPodSpec({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: "n", uid: "u" },
    spec: { containers: [{ name: "c", image: "i", volumeMounts: mounts }], volumes },
  });
}

function mount(volumes: JsonObject[], objects: Record<string, JsonObject> = {}) {
  return mountVolumes(podWith(volumes), {
    podDir: join(home, "pod"),
    claimsDir: join(home, "claims"),
    lookup: async (kind, name) => objects[`${kind}/${name}`] as never,
    findClaim: async (name) => objects[`claims/${name}`] as never,
  });
}

describe("mountVolumes", () => {
  it("writes ConfigMaps and Secrets as files", async () => {
    const objects = {
      "configmaps/m": { data: { "a.json": "[]" } },
      "secrets/s": { data: { key: "c2VjcmV0" } },
    };
    const folders = await mount(
      [
        { name: "m", configMap: { name: "m", items: [{ key: "a.json", path: "deep/b.json" }] } },
        { name: "s", secret: { secretName: "s" } },
      ],
      objects,
    );
    expect(await readFile(join(folders.get("m") ?? "", "deep/b.json"), "utf8")).toBe("[]");
    expect(await readFile(join(folders.get("s") ?? "", "key"), "utf8")).toBe("secret");
  });

  it("leaves a file whole to who reads it while it is written anew", async () => {
    const volume = { name: "m", configMap: { name: "m" } };
    const holding = (text: string) => ({ "configmaps/m": { data: { "a.json": text } } });
    const folder = (await mount([volume], holding("[1]"))).get("m") ?? "";
    const reader = await open(join(folder, "a.json"));
    try {
      await mount([volume], holding("[1,2]"));
      expect(await reader.readFile("utf8")).toBe("[1]");
    } finally {
      await reader.close();
    }
    expect(await readFile(join(folder, "a.json"), "utf8")).toBe("[1,2]");
    expect(await readdir(folder)).toEqual(["a.json"]);
  });

  it("keeps a claim's folder for as long as the claim is the same", async () => {
    const volume = { name: "data", persistentVolumeClaim: { claimName: "d" } };
    const claim = (uid: string) => ({ "claims/d": { metadata: { name: "d", uid } } });
    const first = await mount([volume], claim("1"));
    expect((await mount([volume], claim("1"))).get("data")).toBe(first.get("data"));
    expect((await mount([volume], claim("2"))).get("data")).not.toBe(first.get("data"));
  });

  it("says what is missing", async () => {
    const claim = { name: "data", persistentVolumeClaim: { claimName: "d" } };
    await expect(mount([claim])).rejects.toThrow('persistentvolumeclaim "d" not found');
    await expect(mount([{ name: "m", configMap: { name: "m" } }])).rejects.toThrow('configmap "m" not found');
  });
});

describe("onHost", () => {
  const [container] = podWith([]).containers;
  if (container === undefined) throw new Error("the pod has a container");
  const folders = new Map([
    ["data", "/host/data"],
    ["deep", "/host/deep"],
  ]);

  it.each([
    ["/data", "/host/data"],
    ["/data/x.json", "/host/data/x.json"],
    ["--home=/data,/data/deep", "--home=/host/data,/host/deep/sub"],
    ["/database", "/database"],
    ["x/data", "x/data"],
    ["cat /data/a; ls /data", "cat /host/data/a; ls /host/data"],
  ])("turns %j into %j", (text, result) => {
    expect(onHost(text, container, folders)).toBe(result);
  });
});
