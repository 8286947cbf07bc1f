import { expect, it } from "vitest";
import type { ClusterEvent } from "../events/cluster-event.ts";
import { readScenario } from "../scenario/read-scenario.ts";
import { runScenario } from "../scenario/run-scenario.ts";

it("a controller under a SeiNetwork pages its name and the field, and changes nothing", async () => {
  const events: ClusterEvent[] = [];
  const readers = [(event: ClusterEvent) => void events.push(event)];
  const stopping = new Promise(() => {});
  expect(await runScenario(await readScenario("owned-node"), { readers, stopping, speed: 1000 })).toBe(0);

  const pages = events.flatMap((event) => (event.kind === "paged" ? [event.summary] : []));
  expect(pages).toEqual([expect.stringContaining("SeiNetwork sei/net")]);
  expect(pages[0]).toContain("spec.image");
});
