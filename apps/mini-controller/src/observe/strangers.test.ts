import type { StatusResult } from "@upgrade-halt/consumer";
import { expect, test } from "vitest";
import type { Pod, PodContainer } from "../model/pod.ts";
import {
  type Lookalike,
  lookalikeOf,
  lookalikesOf,
  ofSharedAddress,
  Strangers,
  strangersAmong,
  traitsOf,
} from "./strangers.ts";

const [OWN, OTHER] = ["AA", "BB"];

function podOf(container: Partial<PodContainer>, changes: Partial<Pod["status"]> = {}): Pod {
  return {
    metadata: { name: "backup-0", namespace: "sei", uid: "b" },
    spec: { containers: [{ name: "main", image: "nginx", ...container }] },
    status: { phase: "Running", podIP: "10.0.0.2", ...changes },
  };
}

const self = podOf({
  name: "seid",
  image: "ghcr.io/sei/seid:v6.6",
  ports: [{ name: "rpc", containerPort: 1 }],
});
const traits = traitsOf(self, "seid", "rpc");
const ENDED = { name: "main", state: { terminated: { exitCode: 0 } } };

test.each<[string, Pod, boolean]>([
  ["of the same image by another tag", podOf({ image: "ghcr.io/sei/seid:v6.7" }), true],
  [
    "of the same image by digest, from a mirror",
    podOf({ image: `mirror:5000/seid@sha256:${"a".repeat(64)}` }),
    true,
  ],
  ["with the port that serves /status", podOf({ ports: [{ name: "rpc", containerPort: 26657 }] }), true],
  ["of another image", podOf({ image: "ghcr.io/sei/oracle:v6.6" }), false],
  [
    "of the same image that ended for good",
    podOf({ image: "seid" }, { phase: "Succeeded", containerStatuses: [ENDED] }),
    false,
  ],
])("a pod %s looks like a node: %#", (_, pod, looks) => {
  expect(lookalikeOf(pod, traits) !== undefined).toBe(looks);
});

test.each<[string, Partial<Pod["spec"]>, string[]]>([
  [
    "two nodes",
    {
      containers: [
        { name: "sentry", image: "seid:v6.6" },
        { name: "validator", image: "seid:v6.7" },
      ],
    },
    ["sentry", "validator"],
  ],
  [
    "a node that runs beside another program",
    {
      containers: [{ name: "hold", image: "pause:1" }],
      initContainers: [
        { name: "node", image: "x:1", restartPolicy: "Always", ports: [{ name: "rpc", containerPort: 1 }] },
      ],
    },
    ["node"],
  ],
  [
    "a node that is prepared by its own program",
    { containers: [{ name: "seid", image: "seid" }], initContainers: [{ name: "seid-init", image: "seid" }] },
    ["seid"],
  ],
])("of a pod with %s each container is asked that may be one", (_, spec, names) => {
  const pod = { ...podOf({}), spec: { containers: [], ...spec } };
  expect(lookalikesOf(pod, traits).map(({ container }) => container.name)).toEqual(names);
});

function lookalike(pod: Pod): Lookalike {
  const found = lookalikeOf(pod, traits);
  if (found === undefined) throw new Error("looks like no node");
  return found;
}

const ofImage = podOf({ image: "seid:v6.6" });
const ofPort = podOf({ ports: [{ name: "rpc", containerPort: 8545 }] });
const told = (validatorAddress: string | undefined) =>
  ({ kind: "ok", at: 0, envelope: "bare", node: { validatorAddress } }) as unknown as StatusResult;
const failed = (kind: "unreachable" | "not-a-status" | "rpc-error"): StatusResult => ({
  kind,
  at: 0,
  problem: "it failed",
});

test.each<[string, Pod, StatusResult, string | undefined, string | undefined]>([
  ["tells another validator", ofImage, told(OTHER), OWN, undefined],
  ["tells no validator", ofImage, told(undefined), OWN, "told no validator address"],
  [
    "tells one, and the node that halted told none",
    ofImage,
    told(OTHER),
    undefined,
    "the node that halted told no validator address",
  ],
  ["does not answer", ofImage, failed("unreachable"), OWN, "does not say on /status who it is: it failed"],
  [
    "of the same image answers as something else",
    ofImage,
    failed("not-a-status"),
    OWN,
    "does not say on /status who it is: it failed",
  ],
  ["with a port of that name answers as something else", ofPort, failed("not-a-status"), OWN, undefined],
  [
    "with a port of that name is behind what is down",
    ofPort,
    { ...failed("not-a-status"), httpStatus: 502 } as StatusResult,
    OWN,
    "does not say on /status who it is: it failed",
  ],
  [
    "with a port of that name is behind what asks who asks",
    ofPort,
    { ...failed("not-a-status"), httpStatus: 401 } as StatusResult,
    OWN,
    "does not say on /status who it is: it failed",
  ],
  [
    "with a port of that name answers with an error of JSON-RPC",
    ofPort,
    failed("rpc-error"),
    OWN,
    "does not say on /status who it is: it failed",
  ],
  [
    "with a port of that name does not answer",
    ofPort,
    failed("unreachable"),
    OWN,
    "does not say on /status who it is: it failed",
  ],
  ["has no address", podOf({ image: "seid" }, { podIP: "" }), told(OTHER), OWN, "has no address yet"],
])("a look-alike that %s", async (_, pod, result, own, found) => {
  const strangers = new Strangers({ read: async () => result, steady: () => 0 });
  const asked = await strangers.ask([lookalike(pod)], traits);
  expect(strangersAmong(asked, own)).toEqual(found === undefined ? [] : [{ pod: "sei/backup-0", found }]);
});

test("is asked at its own port of that name, or else at the node's", async () => {
  const urls: string[] = [];
  const read = async (url: string) => {
    urls.push(url);
    return told(OTHER);
  };
  const strangers = new Strangers({ read, steady: () => 0 });
  await strangers.ask([lookalike(ofImage), lookalike(ofPort)], traits);
  expect(urls).toEqual(["http://10.0.0.2:1/status", "http://10.0.0.2:8545/status"]);
});

test("is asked once by all who ask within a second, and again after it", async () => {
  let [reads, now] = [0, 0];
  const read = async () => {
    reads += 1;
    return told(OTHER);
  };
  const strangers = new Strangers({ read, steady: () => now });
  for (let count = 0; count < 1_000; count += 1) await strangers.ask([lookalike(ofImage)], traits);
  expect(reads).toBe(1);
  now = 1_001;
  await strangers.ask([lookalike(ofImage)], traits);
  expect(reads).toBe(2);
});

test("of too many none beyond the sixteenth is asked, and each of those is unknown", async () => {
  let reads = 0;
  const read = async () => {
    reads += 1;
    return told(OTHER);
  };
  const strangers = new Strangers({ read, steady: () => 0 });
  const many = Array.from({ length: 20 }, (_, index) => ({
    ...ofImage,
    metadata: { name: `b-${index}`, namespace: "sei", uid: `b-${index}` },
  }));
  const asked = await strangers.ask(many.map(lookalike), traits);
  expect([reads, strangersAmong(asked, OWN).length]).toEqual([16, 4]);
});

test("a second node of a pod is asked at its own ports, as both have one address", async () => {
  const urls: string[] = [];
  const read = async (url: string) => {
    urls.push(url);
    return told(url.includes(":36657/") ? OWN : OTHER);
  };
  const sentry = { name: "sentry", image: "seid", ports: [{ name: "rpc", containerPort: 1 }] };
  const validator = {
    name: "validator",
    image: "seid",
    ports: [{ containerPort: 36656 }, { containerPort: 36657 }],
  };
  const pod = { ...podOf({}), spec: { containers: [sentry, validator] } };
  const asked = await new Strangers({ read, steady: () => 0 }).ask(lookalikesOf(pod, traits), traits);
  expect(urls).toEqual([1, 36656, 36657].map((port) => `http://10.0.0.2:${port}/status`));
  expect(asked.map(({ container }) => container)).toEqual(["sentry", "validator"]);
});

test("an answer at an address that other pods have, too, clears no pod, whatever port it declares", async () => {
  const read = async () => told(OTHER);
  const other = { ...podOf({}), metadata: { name: "sentry-0", namespace: "sei", uid: "s" } };
  const declared = podOf({ image: "seid", ports: [{ containerPort: 1 }] });
  const pods = [ofImage, declared];
  const asked = await new Strangers({ read, steady: () => 0 }).ask(pods.map(lookalike), traits);
  const among = (others: readonly Pod[]) =>
    strangersAmong(
      asked.map((one) => ofSharedAddress(one, others, traits)),
      OWN,
    );
  expect(among([])).toEqual([]);
  expect(among([other])).toEqual([
    { pod: "sei/backup-0", found: "has its address with others, and names no port" },
    { pod: "sei/backup-0", found: "has its address with sei/sentry-0, which may have answered in its place" },
  ]);
  const elsewhere = podOf({ image: "seid", ports: [{ name: "rpc", containerPort: 2 }] });
  const named = await new Strangers({ read, steady: () => 0 }).ask([lookalike(self)], traits);
  const beside = { ...elsewhere, metadata: { name: "sentry-0", namespace: "sei", uid: "s" } };
  expect(named.map((one) => ofSharedAddress(one, [beside], traits))).toEqual(named);
});
