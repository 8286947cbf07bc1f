import { isDeepStrictEqual } from "node:util";
import { until } from "@upgrade-halt/testing";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../harness/api.ts";
import { Cleanup } from "../harness/cleanup.ts";
import { isStopped } from "../harness/process-state.ts";
import { PATIENCE, type Served, serve, untilState } from "../harness/served-page.ts";
import { act, open, runTwin, startBrowser } from "./page.ts";
import { violations } from "./violations.ts";

const cleanup = new Cleanup();
let served: Served;
let browser: Browser;
beforeAll(async () => {
  [served, browser] = await Promise.all([serve({ cleanup }), startBrowser(cleanup)]);
});
afterAll(() => cleanup.run());

describe("the page", () => {
  test.each(["light", "dark"] as const)("is accessible in %s", async (colorScheme) => {
    const faults: string[] = [];
    const page = await open(browser, served.address, faults, { colorScheme, reducedMotion: "reduce" });
    for (const view of ["All three", "Process", "Wire", "Controller"]) {
      await page.getByRole("button", { name: view, exact: true }).click();
      expect(await violations(page), view).toEqual([]);
    }
    expect(faults).toEqual([]);
    await page.close();
  });

  test.each([
    [360, 640],
    [1280, 800],
    [3840, 2160],
  ])("fits a screen of %i by %i pixels without scrolling sideways", async (width, height) => {
    const page = await open(browser, served.address, [], { viewport: { width, height } });
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(wide).toBe(0);
    await page.close();
  });

  test("is worked by keyboard alone", async () => {
    const page = await open(browser, served.address);
    const reached = async (): Promise<string> =>
      page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
    for (let presses = 0; presses < 60 && (await reached()) !== "Break pager"; presses += 1)
      await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await untilState(served, "the pager to be down", ({ isPagerDown }) => isPagerDown);
    await page.getByRole("button", { name: "Mend pager" }).press("Space");
    await untilState(served, "the pager to be up", ({ isPagerDown }) => !isPagerDown);
    await page.close();
  });

  test("shares its state by its address", async () => {
    const page = await open(browser, served.address);
    await page.locator('[data-node="sei-1"]').click();
    await page.getByRole("button", { name: "Wire", exact: true }).click();
    const other = await open(browser, page.url());
    await other.getByRole("heading", { name: "sei-1" }).waitFor();
    await other.getByRole("heading", { name: "What the wire said" }).waitFor();
    expect(await other.getByRole("heading", { name: "What the process did" }).count()).toBe(0);
    await Promise.all([page.close(), other.close()]);
  });

  test("shows in two tabs what was done in one", async () => {
    const [one, two] = await Promise.all([open(browser, served.address), open(browser, served.address)]);
    await act(one, "Pause policy");
    await two.getByRole("button", { name: "Resume policy", exact: true }).waitFor();
    await act(two, "Resume policy");
    await one.getByRole("button", { name: "Pause policy", exact: true }).waitFor();
    await Promise.all([one.close(), two.close()]);
  });
});

describe("a control and its twin end in the same state", () => {
  const twins = [
    ["Break pager", "Mend pager", "pager"],
    ["Cut network to the API server", "Heal network", "network"],
    ["Pause policy", "Resume policy", "policy"],
    ["Wait before it", "Go on", "hold"],
    ["List image", "Unlist image", "list"],
    ["Hang", "Let go on", "hang"],
    ["Cut network to the node", "Heal network to the node", "isolate"],
    ["Begin dry run", "End dry run", "policy"],
  ] as const;
  /** Those that nothing undoes: the tests below. */
  const others = [
    ...["Install release", "Crash", "Start anew, to behave so", "Schedule upgrade"],
    ...["Set inferred halts", "Set swaps at a time", "Kill leader", "Kill standby"],
  ];

  test("is asked of every control that there is", async () => {
    const page = await open(browser, served.address);
    const names = await page.locator(".control button[data-action]").allTextContents();
    expect(names.toSorted()).toEqual(
      [...twins.map(([name]) => name), "Unlist image", "Let go on", "Go on", ...others].toSorted(),
    );
    for (const name of names) {
      const control = page.locator(".control", { has: page.getByRole("button", { name, exact: true }) });
      // The chain goes on: a height that a twin tells may be another by the time that its button is looked for.
      const twin = await until(`a button that copies the twin of ${name}`, async () => {
        const description = await twinBeside(page, name);
        return (await control.getByRole("button", { name: "Copy", description, exact: true }).count()) === 1
          ? description
          : undefined;
      });
      expect(twin).toMatch(/^sandbox act "\$SANDBOX" [a-z]+ \S/);
    }
    await page.close();
  });

  test("and is copied by keyboard, which is said", async () => {
    const page = await open(browser, served.address, [], {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const line = page.locator(".control", { hasText: "Crash" }).locator(".twin-line");
    await line.getByRole("button").press("Enter");
    await line.getByRole("status").getByText("copied").waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe('sandbox act "$SANDBOX" crash node=sei-0');
    await page.close();
  });

  /** What a control may change, besides what goes on by itself. */
  async function settled(): Promise<object> {
    const { isPagerDown, isNetworkCut, isolated, policy, armed, nodes } = await served.state();
    const { upgrades = [], ...others } = policy;
    return {
      isPagerDown,
      isNetworkCut,
      isolated,
      armed,
      hung: nodes.filter(({ pid }) => isStopped(pid)).map(({ node }) => node),
      ...others,
      upgrades: upgrades.map(({ plan, image }) => ({ plan, image })),
    };
  }

  /** Waits until that is so: a process stands still a moment after it was told to. */
  const untilSettled = (what: string, is: (now: object) => boolean): Promise<object> =>
    until(what, async () => {
      const now = await settled();
      return is(now) && now;
    });
  const untilLike = (expected: object): Promise<object> =>
    untilSettled("the state to be as it was", (now) => isDeepStrictEqual(now, expected));
  const untilOther = (before: object): Promise<object> =>
    untilSettled("the state to be another", (now) => !isDeepStrictEqual(now, before));

  const twinBeside = async (page: Page, name: string): Promise<string> => {
    const control = page.locator(".control", { has: page.getByRole("button", { name, exact: true }) });
    return (await control.locator(".twin").textContent()) ?? "";
  };

  test.each(twins)("%s", async (name, back) => {
    const page = await open(browser, served.address);
    const before = await settled();
    await act(page, name);
    const after = await untilOther(before);
    await page.getByRole("button", { name: back, exact: true }).waitFor();
    await act(page, back);
    await untilLike(before);

    const twin = await twinBeside(page, name).catch(() => "");
    await runTwin(twin, served.address);
    await untilLike(after);
    await page.getByRole("button", { name: back, exact: true }).waitFor();
    await runTwin(await twinBeside(page, back), served.address);
    await untilLike(before);
    await page.close();
  });

  test("Set inferred halts, and Set swaps at a time", async () => {
    const page = await open(browser, served.address);
    const { policy } = await served.state();
    await page.getByLabel("Inferred halts").selectOption("Act");
    await page.getByLabel("Swaps at a time").fill("7");
    for (const [name, is, was] of [
      ["Set inferred halts", "inferredHalts=Act", `inferredHalts=${policy.inferredHalts}`],
      ["Set swaps at a time", "maxConcurrent=7", `maxConcurrent=${policy.maxConcurrent}`],
    ] as const) {
      const before = await settled();
      await act(page, name);
      const after = await untilOther(before);
      const twin = await twinBeside(page, name);
      await runTwin(twin.replace(is, was), served.address);
      await untilLike(before);
      await runTwin(twin, served.address);
      await untilLike(after);
      await runTwin(twin.replace(is, was), served.address);
    }
    await page.close();
  });

  test("Schedule upgrade", async () => {
    const { core } = connect(/KUBECONFIG=(\S+)/.exec(served.program.output())?.[1] ?? "");
    const { namespace } = await served.state();
    const plans = async () => (await core.readNamespacedConfigMap({ name: "plans", namespace })).data;
    const uids = async () => (await served.state()).nodes.map(({ podUid }) => podUid);
    const areNew = (last: readonly string[]) =>
      untilState(served, "every node to be started anew", ({ nodes }) =>
        nodes.every(({ podUid, isReady }) => isReady && !last.includes(podUid)),
      );
    const page = await open(browser, served.address);
    await page.getByLabel("Height (0").fill("9000000");
    await page.getByLabel("minor").check();
    const first = await uids();
    await act(page, "Schedule upgrade");
    await areNew(first);
    const after = await plans();
    expect(after?.["plans.json"]).toMatch(/9000000.*minor/s);
    const second = await uids();
    await runTwin(await twinBeside(page, "Schedule upgrade"), served.address);
    await areNew(second);
    expect(await plans()).toEqual(after);
    await page.close();
  });

  test.each(["Kill leader", "Kill standby"])("%s", async (name) => {
    const page = await open(browser, served.address);
    const pids = async () => (await served.state()).controllers.map(({ pid }) => pid);
    const oneIsNew = (last: readonly number[]) =>
      untilState(served, "another process to be there", ({ controllers }) => {
        const now = controllers.map(({ pid }) => pid);
        return now.every((pid) => pid > 0) && now.filter((pid) => !last.includes(pid)).length === 1;
      });
    const first = await pids();
    await act(page, name);
    await oneIsNew(first);
    const second = await pids();
    await runTwin(await twinBeside(page, name), served.address);
    await oneIsNew(second);
    await page.close();
  });

  test("Install release, and Crash", async () => {
    const page = await open(browser, served.address);
    await page.locator('[data-node="sei-0"]').click();
    await page.getByLabel("Release").selectOption("v6.5");
    await act(page, "Install release");
    const twin = (await twinBeside(page, "Install release")).replace("node=sei-0", "node=sei-1");
    await runTwin(twin, served.address);
    await untilState(served, "both to run v6.5", ({ nodes }) =>
      nodes.every(({ podImage, isReady }) => podImage.endsWith(":v6.5") && isReady),
    );
    await act(page, "Crash");
    await runTwin((await twinBeside(page, "Crash")).replace("node=sei-0", "node=sei-1"), served.address);
    await untilState(served, "both to be restarted", ({ nodes }) =>
      nodes.every(({ restartCount, isReady }) => restartCount === 1 && isReady),
    );
    await page.close();
  });

  test("Start anew, with each behaviour", { timeout: 5 * PATIENCE }, async () => {
    const page = await open(browser, served.address);
    const { apps } = connect(/KUBECONFIG=(\S+)/.exec(served.program.output())?.[1] ?? "");
    const { namespace } = await served.state();
    const argsOf = async (name: string) => {
      const { spec } = await apps.readNamespacedStatefulSet({ name, namespace });
      return spec?.template.spec?.containers[0]?.args?.join(" ").replaceAll(name, "NODE");
    };
    const seen = new Set<string | undefined>();
    const behaviours = await page.getByLabel("Behaviour").locator("option").allTextContents();
    for (const behaviour of behaviours) {
      await page.getByLabel("Behaviour").selectOption(behaviour);
      await act(page, "Start anew, to behave so");
      const behave = await twinBeside(page, "Start anew, to behave so");
      await runTwin(behave.replace("node=sei-0", "node=sei-1"), served.address);
      const args = await argsOf("sei-0");
      expect(await argsOf("sei-1"), behaviour).toBe(args);
      seen.add(args);
    }
    expect(seen.size).toBe(behaviours.length);
    await page.close();
  });
});

describe("a run in the page", () => {
  test("what a node says is text and never markup", async () => {
    const attack = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
    const text = JSON.stringify({
      title: attack,
      question: attack,
      plans: [{ name: "v6.7", height: 20, info: attack }],
      nodes: [{ name: "sei-0", args: ["--halt-stay-alive", "--moniker", attack] }],
      policy: { upgrades: [] },
      steps: [{ wait: { for: "it to halt", halts: { phase: "Held" } } }],
      expect: [{ text: attack, halts: { count: 1 } }],
    });
    const faults: string[] = [];
    const page = await open(browser, served.address, faults);
    await page
      .getByLabel("Your own")
      .setInputFiles({ name: "own.yaml", mimeType: "text/yaml", buffer: Buffer.from(text) });
    await page.locator(".events strong", { hasText: "the end" }).waitFor();
    await page.locator("mark", { hasText: "halt_intent" }).waitFor();
    expect(await page.locator("img, main script").count()).toBe(0);
    expect(await page.title()).toBe("upgrade-halt sandbox");
    expect(await page.locator("h2#now").textContent()).toBe(attack);
    expect(await page.locator("pre", { hasText: "onerror" }).count()).toBeGreaterThan(0);
    expect(faults).toEqual([]);
    await page.close();
  });

  test("a file with a mistake is refused where it stands, and what ran goes on", async () => {
    const page = await open(browser, served.address);
    const { run } = await served.state();
    const head = "title: t\nquestion: q\nsteps:\n";
    const tail = "expect:\n  - { text: x, ready: 1 }\n";
    for (const [steps, says] of [
      ["  - crash: { node: sei-0, hard: true }\n", /own\.yaml:4:27: .*no "hard"; it may have node/],
      ["  - network: up\n", /own\.yaml:4:5: .*the network is up already/],
      [
        "  - together:\n      - - wait: { for: b, held: delete-pod }\n        - hold: set-image\n      - - wait: { for: a, held: set-image }\n        - hold: delete-pod\n",
        /own\.yaml:5:11: .*each other/,
      ],
    ] as const) {
      const buffer = Buffer.from(`${head}${steps}${tail}`);
      await page.getByLabel("Your own").setInputFiles({ name: "own.yaml", mimeType: "text/yaml", buffer });
      await page.locator(".scenarios .said").getByText(says).waitFor();
    }
    expect((await served.state()).run).toBe(run);
    await page.close();
  });
});

test("a server that is gone is said to be, what it showed stays, and its successor is found", async () => {
  const own = new Cleanup();
  try {
    const token = "t".repeat(40);
    const env = { UPGRADE_HALT_SANDBOX_TOKEN: token };
    const first = await serve({ cleanup: own, flags: ["--nodes", "1"], env });
    const page = await open(browser, first.address);
    await first.program.stop();
    await page.getByText("The sandbox does not answer").waitFor();
    expect(await page.locator(".node").count()).toBe(1);
    const { port } = new URL(first.address);
    await serve({ cleanup: own, flags: ["--nodes", "2", "--port", port], env });
    await page.getByText("● live").waitFor();
    await until("both nodes", async () => (await page.locator(".node").count()) === 2, { within: PATIENCE });
    await page.close();
  } finally {
    await own.run();
  }
});
