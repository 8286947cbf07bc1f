import { beforeEach, expect, test } from "vitest";
import { VirtualTime } from "../time/virtual-time.ts";
import { ApiServer, type Commit } from "./api-server.ts";

const SETS = "/apis/apps/v1/namespaces/n/statefulsets";
const PODS = "/api/v1/namespaces/n/pods";

let commits: Commit[];
let server: ApiServer;

beforeEach(() => {
  commits = [];
  server = new ApiServer(new VirtualTime(), (commit) => commits.push(commit));
  server.create("operator", SETS, { metadata: { name: "s" }, spec: { replicas: 1 } });
});

const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "none";
};

test("a write of the spec raises the generation, one of the status does not", () => {
  server.mergePatch("operator", `${SETS}/s`, { spec: { replicas: 2 } }, false);
  const { metadata, status } = server.mergePatch(
    "controller",
    `${SETS}/s/status`,
    { status: { replicas: 2 } },
    false,
  );
  expect([metadata.generation, metadata.resourceVersion, status]).toEqual([2, "4", { replicas: 2 }]);
});

test("a write on an old version, a failed test and a name that is taken are refused", () => {
  const { metadata } = server.get(`${SETS}/s`);
  server.mergePatch("operator", `${SETS}/s`, { spec: { replicas: 3 } }, false);
  expect(refusal(() => server.replace("a", `${SETS}/s`, { metadata, spec: {} }))).toBe("conflict");
  expect(
    refusal(() => server.jsonPatch("a", `${SETS}/s`, [{ op: "test", path: "/spec/replicas", value: 1 }])),
  ).toBe("invalid");
  expect(refusal(() => server.create("a", SETS, { metadata: { name: "s" } }))).toBe("already-exists");
  expect(refusal(() => server.get(`${SETS}/other`))).toBe("not-found");
});

test("a deleted pod is there until its kubelet has ended it", () => {
  server.create("a", PODS, { metadata: { name: "p" }, spec: {}, status: { phase: "Running" } });
  const { metadata } = server.get(`${PODS}/p`);
  expect(refusal(() => server.remove("a", `${PODS}/p`, "another-uid"))).toBe("conflict");
  server.remove("a", `${PODS}/p`, metadata.uid);
  expect(server.get(`${PODS}/p`).metadata.deletionTimestamp).toBeDefined();
  server.finishRemoval(server.get(`${PODS}/p`));
  expect(refusal(() => server.get(`${PODS}/p`))).toBe("not-found");
  expect(commits.map(({ by, verb }) => `${by} ${verb}`)).toEqual(["operator create", "a create", "a delete"]);
});

test("a watch tells what happened since a version, and then what happens", () => {
  const seen: string[] = [];
  server.mergePatch("operator", `${SETS}/s`, { spec: { replicas: 2 } }, false);
  const stop = server.watch("/apis/apps/v1/statefulsets", 2, ({ type, version }) =>
    seen.push(`${type} ${version}`),
  );
  server.remove("operator", `${SETS}/s`);
  stop?.();
  server.create("operator", SETS, { metadata: { name: "t" } });
  expect(seen).toEqual(["MODIFIED 3", "DELETED 4"]);
});

test("a watch from a version that is forgotten is refused", () => {
  for (let replicas = 2; replicas < 1_000; replicas += 1)
    server.mergePatch("operator", `${SETS}/s`, { spec: { replicas } }, false);
  expect(server.watch("/apis/apps/v1/statefulsets", 2, () => {})).toBeUndefined();
});
