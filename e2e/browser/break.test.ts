import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import { Cleanup } from "../harness/cleanup.ts";
import { isStopped } from "../harness/process-state.ts";
import { PATIENCE, type Served, serve, untilState } from "../harness/served-page.ts";
import {
  beginByKeyboard,
  chooseByKeyboard,
  chooseNodeByKeyboard,
  fillByKeyboard,
  pressByKeyboard,
} from "./keyboard.ts";
import { act, open, runTwin, startBrowser, untilEnded } from "./page.ts";

// These wait for most of their time, for blocks and for leases: they run side by side, each in a sandbox of its own.
const cleanup = new Cleanup();
let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser(cleanup);
});
afterAll(() => cleanup.run());

interface Opened {
  readonly served: Served;
  readonly page: Page;
}

/** A page over two nodes that run; both end with the test. */
async function openSandbox({ onTestFinished }: TestContext): Promise<Opened> {
  const own = new Cleanup();
  onTestFinished(() => own.run());
  const served = await serve({ cleanup: own });
  const page = await open(browser, served.address);
  own.add(() => page.close());
  await everyNodeRuns(served);
  return { served, page };
}

/** Waits until both nodes run, in a run after that one. */
const everyNodeRuns = (served: Served, last = 0) =>
  untilState(
    served,
    "every node to run",
    ({ run, nodes }) => run > last && nodes.length === 2 && nodes.every(({ isReady }) => isReady),
  );

/** Steps of a journal, and effects, that the controller is made to wait before. */
const SWAP = [
  ...["journal-Recorded", "journal-Swapping", "set-image", "journal-Recreating", "delete-pod"],
  ...["journal-Recovering", "journal-Recovered"],
];
const PAGE = ["journal-Recorded", "journal-Held"];
const FAILURE = ["journal-Failed"];
const PAGED = "journal-Paged";
const WITHDRAWN = "journal-Withdrawn";

/** How a reviewer works the page. */
interface Hands {
  begin(page: Page, scenario: string): Promise<void>;
  choose(page: Page, list: string, value: string): Promise<void>;
  fill(page: Page, field: string, value: string): Promise<void>;
  press(page: Page, control: string): Promise<void>;
  chooseNode(page: Page, node: string): Promise<void>;
}

const MOUSE: Hands = {
  async begin(page, scenario) {
    await page.getByLabel("Scenario").selectOption(scenario);
    await page.getByRole("button", { name: "Play" }).click();
  },
  async choose(page, list, value) {
    await page.getByLabel(list).selectOption(value);
  },
  fill: (page, field, value) => page.getByLabel(new RegExp(`^${field} `)).fill(value),
  press: (page, control) => page.getByRole("button", { name: control, exact: true }).click(),
  chooseNode: (page, node) => page.locator(`[data-node="${node}"]`).click(),
};
const KEYBOARD: Hands = {
  begin: beginByKeyboard,
  choose: chooseByKeyboard,
  fill: fillByKeyboard,
  press: pressByKeyboard,
  chooseNode: chooseNodeByKeyboard,
};

/** Presses a control by hand, and waits until it is done. */
const press = (page: Page, hands: Hands, control: string): Promise<void> =>
  act(page, control, () => hands.press(page, control));

const BY_HAND = [
  ["by keyboard alone", KEYBOARD],
  ["with the mouse", MOUSE],
] as const;

// The last section of docs/review.md.
describe.concurrent.each(BY_HAND)("who tries to break it %s", (_, hands) => {
  test("does all that the review says, and sees what comes of it", {
    timeout: 5 * PATIENCE,
  }, async (context) => {
    const { served, page } = await openSandbox(context);
    const pressed = (control: string) => press(page, hands, control);
    const { run } = await served.state();
    await hands.begin(page, "open");
    await everyNodeRuns(served, run);

    await hands.choose(page, "Before", "set-image");
    await pressed("Wait before it");
    await pressed("List image");
    const { nodes } = await served.state();
    await untilState(served, "the chain to go on between two presses", ({ nodes: now }) =>
      now.every(({ height }, index) => height > (nodes[index]?.height ?? 0)),
    );
    await pressed("Schedule upgrade");
    await page.getByText("Waits now before: set-image").waitFor();
    await pressed("Kill leader");
    const recovered = await untilState(
      served,
      "both nodes to recover",
      ({ halts }) => halts.length === 2 && halts.every(({ status }) => status.phase === "Recovered"),
    );
    expect(recovered.nodes.map(({ generation }) => generation)).toEqual([2, 2]);

    for (const [cut, shows, heal] of [
      ["Cut network to the API server", "Network to the API server: ✖ cut", "Heal network"],
      ["Cut network to the node", "Network to the nodes: ✖ cut to sei-0", "Heal network to the node"],
      ["Break pager", "Pager: ✖ down", "Mend pager"],
    ] as const) {
      await pressed(cut);
      await page.getByText(shows).waitFor();
      await pressed(heal);
    }
    await pressed("Hang");
    const pid = async (): Promise<number> => (await served.state()).nodes[0]?.pid ?? 0;
    expect(isStopped(await pid())).toBe(true);
    await pressed("Let go on");
    expect(isStopped(await pid())).toBe(false);
    await hands.choose(page, "Behaviour", "endless-status");
    await pressed("Start anew, to behave so");
    await page.getByText("GET /status: ✖ its answer is longer than 64 KiB").waitFor();

    await hands.choose(page, "Release", "v6.8");
    await pressed("Install release");
    await page.locator(".halt", { hasText: "halted: binary_too_new" }).waitFor();
    await hands.chooseNode(page, "sei-1");
    await hands.choose(page, "Release", "v6.6");
    await hands.choose(page, "Before", PAGED);
    await pressed("Wait before it");
    await pressed("Install release");
    await page.getByText(`Waits now before: ${PAGED}`).waitFor();
    await pressed("Go on");
    await page.locator(".halt", { hasText: "halted: downgrade_detected" }).waitFor();
  });

  test("waits before the journal says that a halt was withdrawn", {
    timeout: 5 * PATIENCE,
  }, async (context) => {
    const { served, page } = await openSandbox(context);
    await hands.begin(page, "no-contract");
    await untilEnded(page, "no-contract");
    const [before] = (await served.state()).nodes;
    await hold(page, WITHDRAWN, hands);
    await hands.fill(page, "Height", "9000000");
    // A node that is down learns of another plan when it is started again, in the same pod.
    await untilState(
      served,
      "the node to be down once more",
      ({ nodes: [node] }) => node?.isRunning === false && node.restartCount > (before?.restartCount ?? 0),
    );
    await press(page, hands, "Schedule upgrade");
    await page.getByText(`Waits now before: ${WITHDRAWN}`).waitFor();
    await press(page, hands, "Go on");
    const { nodes } = await untilState(served, "its halt to be withdrawn", ({ halts }) =>
      halts.some(({ node, status }) => node === "sei-0" && status.phase === "Withdrawn"),
    );
    expect(nodes[0]?.podUid).toBe(before?.podUid);
  });
});

/** Lets the controller wait before a write. */
async function hold(page: Page, gate: string, hands = MOUSE): Promise<void> {
  await hands.choose(page, "Before", gate);
  await press(page, hands, "Wait before it");
}

/** Lists a release for the plan v6.7 that the page schedules next. */
async function list({ served, page }: Opened, release: string): Promise<void> {
  await press(page, MOUSE, "List image");
  const control = page.locator(".control", {
    has: page.getByRole("button", { name: "List image", exact: true }),
  });
  const twin = (await control.locator(".twin").textContent()) ?? "";
  await runTwin(twin.replace("version=v6.7", `version=${release}`), served.address);
}

/** Lets whoever waits go on by a control, before whatever it waits, until nothing is left to wait before. */
async function passGates({ served, page }: Opened, control: string): Promise<void> {
  for (;;) {
    const { held } = await untilState(
      served,
      "a controller to wait",
      (state) => state.held.length > 0 || state.armed.length === 0,
    );
    const [gate] = held;
    if (gate === undefined) return;
    await page.getByText(`Waits now before: ${gate}`).waitFor();
    await MOUSE.choose(page, "Before", gate);
    // The halts of both nodes may wait, each before another step: a leader that is killed waits before neither.
    await press(page, MOUSE, control);
    await untilState(served, `nobody to wait before ${gate}`, (state) => !state.held.includes(gate));
  }
}

describe.concurrent("a halt that waits before any step of its journal comes to its end", () => {
  test.for([
    ["a swap", "Go on", SWAP, "v6.7", "Recovered", 2],
    ["a swap", "Kill leader", SWAP, "v6.7", "Recovered", 2],
    ["a page", "Go on", PAGE, undefined, "Held", 2],
    ["a swap that fails", "Go on", FAILURE, "v6.5", "Failed", 1],
  ] as const)(
    "%s, by %j",
    { timeout: 5 * PATIENCE },
    async ([, control, gates, release, end, ends], context) => {
      const opened = await openSandbox(context);
      const { served, page } = opened;
      for (const gate of gates) await hold(page, gate);
      if (release !== undefined) await list(opened, release);
      await press(page, MOUSE, "Schedule upgrade");
      await passGates(opened, control);
      const { nodes } = await untilState(
        served,
        `${ends} halts to be ${end}`,
        ({ halts }) => halts.filter(({ status }) => status.phase === end).length >= ends,
      );
      expect(Math.max(...nodes.map(({ generation }) => generation))).toBe(release === undefined ? 1 : 2);
    },
  );

  test("and there is no other that the page offers", async (context) => {
    const { page } = await openSandbox(context);
    const offered = await page.getByLabel("Before").locator("option").allTextContents();
    const waited = new Set([...SWAP, ...PAGE, ...FAILURE, PAGED, WITHDRAWN]);
    expect(offered.toSorted()).toEqual([...waited].toSorted());
  });
});
