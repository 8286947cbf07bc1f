import pino from "pino";
import { afterEach, expect, test, vi } from "vitest";
import { ControllerError } from "../controller-error.ts";
import { FakeApi } from "../testing/fake-api.ts";
import { EventRecorder } from "./event-recorder.ts";

afterEach(() => vi.useRealTimers());

const draft = (index: number) => ({
  regarding: {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `sei-${index}`, namespace: "sei", uid: "u" },
  },
  type: "Normal" as const,
  reason: "Recovered",
  message: "It runs.",
});

test("every Event is written, few at a time, whether others failed or not", async () => {
  const api = new FakeApi();
  let [active, most] = [0, 0];
  const create = api.create.bind(api);
  api.create = async (path, body) => {
    active += 1;
    most = Math.max(most, active);
    await new Promise((resolve) => setImmediate(resolve));
    active -= 1;
    if (JSON.stringify(body).includes('"sei-7"')) throw new ControllerError("server-error", "no");
    return await create(path, body);
  };
  const events = new EventRecorder(api, pino({ level: "silent" }), () => 0);
  for (let index = 0; index < 50; index += 1) events.record(draft(index));
  await events.flush();
  for (let index = 50; index < 60; index += 1) events.record(draft(index));
  await events.flush();
  expect(api.objects.size).toBe(59);
  expect(most).toBe(4);
});

test("an Event lets what follows at once go first, and tells when it happened", async () => {
  vi.useFakeTimers();
  const api = new FakeApi();
  let now = 0;
  const events = new EventRecorder(api, pino({ level: "silent" }), () => now);
  events.record(draft(0));
  now = 5_000;
  await vi.advanceTimersByTimeAsync(99);
  expect(api.objects.size).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect([...api.objects.values()]).toMatchObject([{ firstTimestamp: "1970-01-01T00:00:00Z" }]);
});

test("of the steps of one halt that wait the newest is told, and every warning", async () => {
  const api = new FakeApi();
  const events = new EventRecorder(api, pino({ level: "silent" }), () => 0);
  const told = (type: "Normal" | "Warning", reason: string) => ({ ...draft(0), type, reason });
  events.record(told("Normal", "Swapping"));
  events.record(told("Warning", "WaitingForSlot"));
  events.record(told("Normal", "Recreating"));
  events.record(told("Warning", "RecoveryTimedOut"));
  events.record({ ...draft(1), reason: "Swapping" });
  await events.flush();
  expect([...api.objects.values()].map((event) => (event as { reason?: string }).reason).sort()).toEqual([
    "RecoveryTimedOut",
    "Recreating",
    "Swapping",
    "WaitingForSlot",
  ]);
});

test("an Event that waits is written at once when the process is asked to end", async () => {
  vi.useFakeTimers();
  const api = new FakeApi();
  const events = new EventRecorder(api, pino({ level: "silent" }), () => 0);
  events.record(draft(0));
  await events.flush();
  expect(api.objects.size).toBe(1);
});
