import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { judgePod } from "../judge/judgement.ts";
import { policyWith } from "../testing/observations.ts";
import { StatusWatch } from "./status-watch.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const READ = { kind: "unreachable", at: 0, why: "nobody listens" } as const;

function watchOf(reads: string[], says: (read: number) => object = () => READ): StatusWatch {
  return new StatusWatch({
    read: async (url) => {
      reads.push(url);
      return READ as never;
    },
    toSighting: () => says(reads.length) as never,
    onChange: () => {},
  });
}

test("two thousand pods that are due at once are read in turn, 500 a second, and each once before any a second time", async () => {
  const reads: string[] = [];
  const watch = watchOf(reads);
  for (let i = 0; i < 2_000; i += 1) {
    watch.track(`sei/${i}`, { uid: String(i), url: `http://${i}`, expectedHeights: [], urgent: true });
  }
  await vi.advanceTimersByTimeAsync(1_000);
  expect(reads.length).toBeGreaterThan(450);
  expect(reads.length).toBeLessThan(550);
  await vi.advanceTimersByTimeAsync(2_500);
  expect(new Set(reads.slice(0, 1_000)).size).toBe(1_000);
  watch.stop();
  const told = reads.length;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reads).toHaveLength(told);
});

test("four thousand pods are each read within the time that passes between two readings of one", async () => {
  const reads: string[] = [];
  const watch = watchOf(reads);
  for (let i = 0; i < 4_000; i += 1) {
    watch.track(`sei/${i}`, { uid: String(i), url: `http://${i}`, expectedHeights: [], urgent: false });
  }
  await vi.advanceTimersByTimeAsync(5_000);
  expect(new Set(reads).size).toBe(4_000);
  watch.stop();
});

test("thousands of pods that do not answer are asked no faster than 500 a second", async () => {
  let reads = 0;
  const watch = new StatusWatch({
    read: () => {
      reads += 1;
      return new Promise(() => {});
    },
    toSighting: () => READ as never,
    onChange: () => {},
  });
  for (let i = 0; i < 4_000; i += 1)
    watch.track(`sei/${i}`, { uid: String(i), url: `http://${i}`, expectedHeights: [], urgent: false });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(reads).toBeGreaterThan(900);
  expect(reads).toBeLessThan(1_150);
  watch.stop();
});

test("a pod that somebody waits for is read before thousands for which nobody does", async () => {
  const reads: string[] = [];
  const watch = watchOf(reads);
  for (let i = 0; i < 2_000; i += 1)
    watch.track(`sei/${i}`, { uid: String(i), url: `http://${i}`, expectedHeights: [], urgent: false });
  watch.track("sei/urgent", { uid: "u", url: "http://urgent", expectedHeights: [], urgent: true });
  await vi.advanceTimersByTimeAsync(10);
  expect(reads).toContain("http://urgent");
  expect(reads.length).toBeLessThan(20);
  watch.stop();
});

test("thousands of nodes of one namespace hold up no other's, be it for a first reading or for the next", async () => {
  const reads: string[] = [];
  const watch = watchOf(reads);
  const track = (key: string) => watch.track(key, { uid: key, url: key, expectedHeights: [], urgent: true });
  for (let i = 0; i < 5_000; i += 1) track(`noisy/${i}`);
  await vi.advanceTimersByTimeAsync(1_000);
  track("sei/0");
  await vi.advanceTimersByTimeAsync(10);
  expect(reads.filter((url) => url === "sei/0")).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reads.filter((url) => url === "sei/0").length).toBeGreaterThanOrEqual(5);
  watch.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test("a node that is watched no more, or rests, as it waits for its turn is not read", async () => {
  const reads: string[] = [];
  const watch = watchOf(reads);
  for (let i = 0; i < 10; i += 1)
    watch.track(`sei/${i}`, { uid: String(i), url: String(i), expectedHeights: [], urgent: true });
  vi.advanceTimersByTime(1);
  watch.forget("sei/8");
  watch.rest("sei/9");
  await vi.advanceTimersByTimeAsync(100);
  expect(new Set(reads)).toEqual(new Set(["0", "1", "2", "3", "4", "5", "6", "7"]));
  watch.stop();
});

test("a pod that is read alone waits for nobody", async () => {
  const reads: string[] = [];
  const watch = watchOf(reads);
  watch.track("sei/0", { uid: "0", url: "http://0", expectedHeights: [], urgent: true });
  await vi.advanceTimersByTimeAsync(1);
  expect(reads).toEqual(["http://0"]);
  watch.stop();
});

test("a pod whose container ended is not asked until it runs again, and what it said is kept", async () => {
  const reads: string[] = [];
  const watch = watchOf(reads);
  const pod = { uid: "0", url: "http://0", expectedHeights: [], urgent: true };
  watch.track("sei/0", pod);
  await vi.advanceTimersByTimeAsync(1);
  watch.rest("sei/0");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(reads).toHaveLength(1);
  expect(watch.get("sei/0", "0")).toBeDefined();
  watch.track("sei/0", pod);
  await vi.advanceTimersByTimeAsync(1);
  expect(reads).toHaveLength(2);
  watch.stop();
});

test("a pod that rests while it is being read is not read again until it is tracked again", async () => {
  const reads: string[] = [];
  const watch = watchOf(reads);
  const pod = { uid: "0", url: "http://0", expectedHeights: [], urgent: true };
  watch.track("sei/0", pod);
  vi.advanceTimersByTime(0);
  watch.rest("sei/0");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(reads).toHaveLength(1);
  watch.track("sei/0", pod);
  await vi.advanceTimersByTimeAsync(1);
  expect(reads).toHaveLength(2);
  watch.stop();
});

test("a halt that something on another chain announces at a pod's address is disputed", async () => {
  const reads: string[] = [];
  const intent = { reason: 70, plan_name: "v6.7", height: 30, announced_at: "2026-08-21T17:59:41Z" };
  const node = (chainId: string, haltIntent: object) => ({
    kind: "answered",
    at: Date.now(),
    envelope: "bare",
    node: { chainId, height: 30, haltIntent },
  });
  const announced = { kind: "intent", intent, defects: [] };
  const verdictOf = async (chain: string) => {
    const watch = watchOf(reads, (read) =>
      read % 2 === 1 ? node("pacific-1", { kind: "absent" }) : node(chain, announced),
    );
    watch.track("sei/0", { uid: "0", url: "http://0", expectedHeights: [], urgent: true });
    await vi.advanceTimersByTimeAsync(300);
    const live = watch.get("sei/0", "0");
    watch.stop();
    const pod = { metadata: { name: "0" }, spec: { containers: [{ name: "seid", image: "x" }] } };
    return judgePod(pod, policyWith().spec, live);
  };
  expect(await verdictOf("pacific-1")).toMatchObject({ kind: "halted", corroborated: true });
  const disputed = await verdictOf("arctic-1");
  expect(disputed).toMatchObject({ kind: "halted", corroborated: false });
  expect(JSON.stringify(disputed)).toMatch(/chain/);
});

/** A watch of one pod whose node answers with these chains and heights, one after the other. */
function watchAnswers(
  answers: readonly { readonly chainId?: string; readonly height?: number }[],
  more: Partial<ConstructorParameters<typeof StatusWatch>[0]> = {},
): StatusWatch {
  let count = 0;
  const watch = new StatusWatch({
    read: async () => READ as never,
    toSighting: () => {
      const answer = answers[Math.min(count++, answers.length - 1)];
      const node = { ...answer, haltIntent: { kind: "absent" } };
      return { kind: "answered", at: count, envelope: "bare", node } as never;
    },
    onChange: () => {},
    ...more,
  });
  watch.track("sei/0", { uid: "0", url: "http://0", expectedHeights: [30], urgent: true });
  return watch;
}

test("a node that goes on to another chain is on that one, and its heights on the first are forgotten", async () => {
  const changes: string[] = [];
  const watch = watchAnswers([{ chainId: "pacific-1", height: 9 }, { chainId: "atlantic-2" }], {
    onChange: (key) => changes.push(key),
  });
  await vi.advanceTimersByTimeAsync(1);
  expect(watch.get("sei/0", "0")).toMatchObject({ chainId: "pacific-1", height: 9 });
  const told = changes.length;
  await vi.advanceTimersByTimeAsync(300);
  const live = watch.get("sei/0", "0");
  expect(live).toMatchObject({ chainId: "atlantic-2" });
  expect([live?.height, live?.firstHeight, live?.runHeight]).toEqual([undefined, undefined, undefined]);
  expect(changes.length).toBeGreaterThan(told);
  watch.stop();
});

test("what was recorded of a node on another chain is forgotten with its first answer", async () => {
  const recalled = { chainId: "pacific-1", height: 29, validatorAddress: "AB" };
  const watch = watchAnswers([{ chainId: "atlantic-2" }], { recall: () => recalled });
  expect(watch.get("sei/0", "0")).toMatchObject(recalled);
  await vi.advanceTimersByTimeAsync(1);
  const live = watch.get("sei/0", "0");
  expect(live).toMatchObject({ chainId: "atlantic-2", validatorAddress: "AB" });
  expect(live?.height).toBeUndefined();
  watch.stop();
});

test("an answer that names no chain leaves the node on its own", async () => {
  const watch = watchAnswers([{ chainId: "pacific-1", height: 9 }, { height: 10 }]);
  await vi.advanceTimersByTimeAsync(300);
  expect(watch.get("sei/0", "0")).toMatchObject({ chainId: "pacific-1", height: 10, firstHeight: 9 });
  watch.stop();
});

test("that a node left the reach of a listed height is told, as that it came there", async () => {
  const changes: string[] = [];
  const watch = watchAnswers(
    [29, 30, 31, 32].map((height) => ({ chainId: "pacific-1", height })),
    {
      onChange: () => changes.push("x"),
    },
  );
  watch.track("sei/0", { uid: "0", url: "http://0", expectedHeights: [30], urgent: false });
  await vi.advanceTimersByTimeAsync(600);
  const before = changes.length;
  await vi.advanceTimersByTimeAsync(15_000);
  expect(watch.get("sei/0", "0")?.height).toBe(32);
  expect(changes.length).toBe(before + 1);
  watch.stop();
});

test("a standstill is of one run, and of answers alone: a restart, a move or a silence begins it anew", async () => {
  const answered = (height: number) => ({
    kind: "answered",
    at: Date.now(),
    envelope: "bare",
    node: { height, chainId: "test", haltIntent: { kind: "absent" } },
  });
  let says: () => object = () => answered(30);
  const watch = watchOf([], () => says());
  const pod = { uid: "0", url: "http://0", run: 0, expectedHeights: [30], urgent: true };
  const stillFor = () => Date.now() - (watch.get("sei/0", "0")?.stillSince ?? Date.now());
  const waitFor = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  watch.track("sei/0", pod);
  await waitFor(20_000);
  expect(stillFor()).toBeGreaterThan(19_000);
  watch.track("sei/0", { ...pod, run: 1 });
  await waitFor(5_000);
  expect(stillFor()).toBeLessThan(5_001);
  says = () => ({ kind: "silent", at: Date.now(), problem: "timed out" });
  await waitFor(2_000);
  expect(watch.get("sei/0", "0")?.stillSince).toBeUndefined();
  says = () => answered(30);
  await waitFor(5_000);
  expect(stillFor()).toBeLessThan(5_001);
  says = () => answered(31);
  await waitFor(3_000);
  expect(stillFor()).toBeLessThan(3_001);
  watch.stop();
});
