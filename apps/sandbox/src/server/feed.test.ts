import { until } from "@upgrade-halt/testing";
import { expect, test } from "vitest";
import { Changes } from "../changes.ts";
import { Feed } from "./feed.ts";
import { NumberedEvents } from "./numbered-events.ts";
import type { RunSwitcher } from "./run-switcher.ts";

/** A switcher that counts how often its state is read. */
class CountedSwitcher extends Changes {
  readonly events = new NumberedEvents();
  reads = 0;
  number = 3;
  /** A member of the state, where it is told. */
  replay: string | undefined = "slow";
  readonly run = {
    number: this.number,
    eventsAfter: (id: number) => this.events.after(id),
    state: () => ({
      now: `T${++this.reads}`,
      run: this.number,
      events: this.events.after(0).length,
      replay: this.replay,
    }),
  };

  happen(title: string): void {
    this.events.add({ at: "2026-01-01T00:00:00.000Z", kind: "chapter", title });
    this.tell();
  }
}

interface Page {
  text: string;
  readonly leave: () => void;
}

function joinTo(feed: Feed, lastId = ""): Page {
  const page = { text: "", leave: (): void => {} };
  page.leave = feed.join(lastId, (bytes) => {
    page.text += bytes;
  });
  return page;
}

const titles = ({ text }: Page): readonly string[] =>
  [...text.matchAll(/"title":"(\w+)"/g)].map(([, one = ""]) => one);

test("ten pages are told the same at the cost of one", async () => {
  const switcher = new CountedSwitcher();
  const feed = new Feed(switcher as unknown as RunSwitcher);
  const pages = Array.from({ length: 10 }, () => joinTo(feed));
  const readBefore = switcher.reads;
  switcher.happen("one");
  await until("the pages to be told", () => pages.every((page) => titles(page).length === 1));
  expect(switcher.reads - readBefore).toBe(1);
  for (const page of pages) {
    expect(page.text).toContain("event: cluster\nid: 3-1\n");
    expect(page.text).toMatch(/event: change\ndata: \{"now":"T\d+","events":1\}\n\n$/);
    page.leave();
  }
});

const lastState = ({ text }: Page): string => text.slice(text.lastIndexOf("event: ")).replace(/"T\d+"/, "T");

test("a page that comes is told the whole state, and then what changes in it", async () => {
  const switcher = new CountedSwitcher();
  const feed = new Feed(switcher as unknown as RunSwitcher);
  const first = joinTo(feed);
  switcher.happen("one");
  await until("the news", () => titles(first).length === 1);
  expect(lastState(first)).toBe('event: change\ndata: {"now":T,"events":1}\n\n');
  const second = joinTo(feed);
  expect(lastState(second)).toBe('event: state\ndata: {"now":T,"run":3,"events":1,"replay":"slow"}\n\n');
  for (const page of [first, second]) page.leave();
});

test.each<[string, (switcher: CountedSwitcher) => void, string]>([
  ["a member of the state is gone", (switcher) => (switcher.replay = undefined), '"run":3,"events":1'],
  ["the run is another", (switcher) => (switcher.number = 4), '"run":4,"events":1,"replay":"slow"'],
])("the whole state is told when %s", async (_, change, members) => {
  const switcher = new CountedSwitcher();
  const feed = new Feed(switcher as unknown as RunSwitcher);
  const page = joinTo(feed);
  change(switcher);
  switcher.happen("one");
  await until("the news", () => titles(page).length === 1);
  expect(lastState(page)).toBe(`event: state\ndata: {"now":T,${members}}\n\n`);
  page.leave();
});

test("a page that comes back is told what it missed, once, and then the state", async () => {
  const switcher = new CountedSwitcher();
  const feed = new Feed(switcher as unknown as RunSwitcher);
  const first = joinTo(feed);
  for (const title of ["one", "two", "three"]) switcher.happen(title);
  const second = joinTo(feed, "3-1");
  const ofAnotherRun = joinTo(feed, "2-1");
  expect(titles(second)).toEqual(["two", "three"]);
  expect(titles(ofAnotherRun)).toEqual(["one", "two", "three"]);
  expect(titles(first)).toEqual(["one", "two", "three"]);
  switcher.happen("four");
  await until("the news", () =>
    [first, second, ofAnotherRun].every((page) => titles(page).at(-1) === "four"),
  );
  expect(titles(second)).toEqual(["two", "three", "four"]);
  for (const page of [first, second, ofAnotherRun]) page.leave();
});

test("costs nothing while no page is open", async () => {
  const switcher = new CountedSwitcher();
  const feed = new Feed(switcher as unknown as RunSwitcher);
  const page = joinTo(feed);
  page.leave();
  const readBefore = switcher.reads;
  switcher.happen("one");
  const next = joinTo(feed);
  expect(switcher.reads - readBefore).toBe(1);
  expect(titles(next)).toEqual(["one"]);
  next.leave();
});
