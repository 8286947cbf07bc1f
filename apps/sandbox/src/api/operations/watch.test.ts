import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, type JsonObject } from "../../json/json.ts";
import { TestApi } from "../../testing/api.ts";
import { CONFIG_MAPS, configMap } from "../../testing/objects.ts";

let api: TestApi;
beforeEach(async () => {
  api = await TestApi.start({ historyLimit: 10 });
});
afterEach(() => api.stop());

const WATCH = `${CONFIG_MAPS}?watch=true&timeoutSeconds=1`;

function told(events: readonly JsonObject[]): readonly string[] {
  return events.map((event) => `${at(event, "type")} ${at(event, "object", "metadata", "name")}`);
}

async function revision(): Promise<string> {
  return String(at((await api.get(CONFIG_MAPS)).body, "metadata", "resourceVersion"));
}

describe("watch", () => {
  it("starts from the present state without a resourceVersion", async () => {
    await api.post(CONFIG_MAPS, configMap("a"));
    expect(told(await api.watch(WATCH))).toEqual(["ADDED a"]);
  });

  it("replays what happened after a resourceVersion, then follows", async () => {
    const from = await revision();
    await api.post(CONFIG_MAPS, configMap("a"));
    await api.merge(`${CONFIG_MAPS}/a`, { data: { k: "1" } });
    const events = api.watch(`${WATCH}&resourceVersion=${from}`);
    await api.delete(`${CONFIG_MAPS}/a`);
    expect(told(await events)).toEqual(["ADDED a", "MODIFIED a", "DELETED a"]);
  });

  it("tells an object that enters or leaves the selection as added or deleted", async () => {
    await api.post(CONFIG_MAPS, configMap("a"));
    const from = await revision();
    await api.merge(`${CONFIG_MAPS}/a`, { metadata: { labels: { x: "1" } } });
    await api.merge(`${CONFIG_MAPS}/a`, { metadata: { labels: { x: null } } });
    const events = await api.watch(`${WATCH}&labelSelector=x&resourceVersion=${from}`);
    expect(told(events)).toEqual(["ADDED a", "DELETED a"]);
    expect(at(events[1], "object", "metadata", "labels")).toEqual({ x: "1" });
  });

  it("sends a bookmark two seconds before its time is up", async () => {
    const path = `${CONFIG_MAPS}?watch=true&timeoutSeconds=3&allowWatchBookmarks=true`;
    const events = await api.watch(`${path}&resourceVersion=${await revision()}`);
    expect(at(events.at(-1), "type")).toBe("BOOKMARK");
    expect(at(events.at(-1), "object", "metadata", "resourceVersion")).toBe(await revision());
  });

  it("marks the end of the initial events on request", async () => {
    await api.post(CONFIG_MAPS, configMap("a"));
    const query = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
    const events = await api.watch(`${WATCH}&${query}`);
    expect(at(events[0], "type")).toBe("ADDED");
    expect(at(events[1], "object", "metadata", "annotations", "k8s.io/initial-events-end")).toBe("true");
  });

  it("answers 410 in the stream after compaction", async () => {
    const from = await revision();
    for (let count = 0; count < 20; count += 1) await api.post(CONFIG_MAPS, configMap(`m-${count}`));
    const events = await api.watch(`${WATCH}&resourceVersion=${from}`);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ type: "ERROR", object: { code: 410, reason: "Expired" } });
  });

  it("sends one object alone when its name is asked for", async () => {
    const from = await revision();
    await api.post(CONFIG_MAPS, configMap("a"));
    await api.post(CONFIG_MAPS, configMap("b"));
    const path = `${CONFIG_MAPS}?watch=true&timeoutSeconds=1&resourceVersion=${from}&fieldSelector=metadata.name=b`;
    expect(told(await api.watch(path))).toEqual(["ADDED b"]);
  });
});
