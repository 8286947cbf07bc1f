import { PageReceiver, until } from "@upgrade-halt/testing";
import { afterEach, describe, expect, test } from "vitest";
import { CONDITION_NOT_HALTED, LABEL_HALT } from "./api/group.ts";
import { ControllerError } from "./controller-error.ts";
import { type Behaviour, FakeCluster, image } from "./testing/fake-cluster.ts";
import { TestController } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const LINE = 'UPGRADE "v6.7" NEEDED at height: 30: ';
const STACK = "\n\ngoroutine 65 [running]:\nmain.main()\n\t/x.go:1 +0x1\n";
const PANIC = `5:59PM INF committed state height=29\npanic: ${LINE}${STACK}`;
/** A zombie's error, and what its servers go on to say. */
const ZOMBIE = `5:59PM ERR CONSENSUS FAILURE!!! err=${JSON.stringify(LINE)} module=consensus\n5:59PM INF Ensure peers module=pex\n`;

/** Nodes that know of no contract: they panic at 30, and their log alone says why. */
const panicAt30: Behaviour = (image, height) =>
  image.endsWith("v6.6") && height >= 30 ? "panic" : undefined;

interface Played {
  readonly cluster: FakeCluster;
  readonly pager: PageReceiver;
  /** Another controller takes the place of the one that runs. */
  readonly restart: () => Promise<void>;
}

/** A node that came to 29 and was seen there, under a policy that lists v6.7 for 30. */
async function play(policy: object, behave: Behaviour = panicAt30, log = PANIC): Promise<Played> {
  const [cluster, pager] = [new FakeCluster(behave), await PageReceiver.start()];
  cluster.logOf = () => log;
  await cluster.addPolicy({ paging: [{ webhook: { url: `${pager.url}/page` } }], ...policy });
  await cluster.addNode("sei-0");
  cluster.height = 29;
  let controller = await new TestController(cluster).start();
  undo.push(
    () => pager.stop(),
    () => controller.stop(),
  );
  const restart = async () => {
    await controller.stop();
    controller = await new TestController(cluster).start();
  };
  await until("29 to be recorded", () => cluster.records()[0]?.status?.height === 29);
  return { cluster, pager, restart };
}

const haltOf = ({ cluster }: Played, reason: string) =>
  until(`a halt with ${reason}`, () => cluster.halts().find(({ status }) => status?.reason === reason));

const conditionOf = ({ cluster }: Played, type: string) =>
  cluster.policy().status?.conditions?.find((condition) => condition.type === type);

function expectUntouched({ cluster }: Played): void {
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
}

describe("a node that panics with a halt line in its log", () => {
  test("is held and paged, says what it was inferred from, and nothing is changed", async () => {
    const played = await play({});
    played.cluster.reach(30);
    const halt = await haltOf(played, "InferredHalt");
    expect(halt.spec.inferredFrom).toEqual([
      "halt line in the log of container seid",
      "exit code 2",
      "seen at height 29",
      "seen on chain test",
      "plan listed for that chain and height",
    ]);
    expect(halt.spec).toMatchObject({
      reason: "upgrade_required",
      planName: "v6.7",
      height: 30,
      exitCode: 2,
    });
    expect(halt.status?.message).toMatch(/did not announce this halt.*set spec.inferredHalts to Act\.$/);
    await until("a page", () => played.pager.received.length === 1);
    expectUntouched(played);
    await until(
      "the logs to be called readable",
      () => conditionOf(played, "LogsReadable")?.status === "True",
    );
  });

  test("is swapped where the policy says Act, and its log is read again before each effect", async () => {
    const played = await play({ inferredHalts: "Act" });
    played.cluster.reach(30);
    await until("a new pod", () => played.cluster.podsDeleted.length === 1);
    played.cluster.reach(31);
    const halt = await haltOf(played, "Recovered");
    expect(halt.status?.phase).toBe("Recovered");
    expect(halt.status?.seen?.sources).toEqual(["plan-line", "listed-plan", "last-height"]);
    expect(played.cluster.imagesSet).toEqual([`sei-0 ${image("v6.7")}`]);
    expect(played.cluster.logReads).toBeGreaterThanOrEqual(3);
  });

  test("is a crash like any other where the policy says Ignore, and no log is read", async () => {
    const played = await play({ inferredHalts: "Ignore" });
    played.cluster.reach(30);
    await until("the crash to be counted", () => played.cluster.policy().status?.crashed === 1);
    expect(played.cluster.halts()).toEqual([]);
    expect(played.cluster.logReads).toBe(0);
    expect(played.pager.received).toEqual([]);
  });

  test("is not acted on once its log does not say so any more", async () => {
    const played = await play({ inferredHalts: "Act" });
    let reads = 0;
    played.cluster.logOf = () => {
      reads += 1;
      return reads === 1 ? PANIC : "panic: out of disk\n";
    };
    played.cluster.reach(30);
    const halt = await haltOf(played, "InferredHaltNotShown");
    expect(halt.status?.phase).not.toBe("Recreating");
    expectUntouched(played);
  });

  test.each([
    [
      "another height than the plan's",
      { upgrades: [{ planName: "v6.7", height: 31, image: image("v6.7") }] },
      "ListedForAnotherHeight",
    ],
    [
      "no plan",
      { upgrades: [{ planName: "v6.8", height: 30, image: image("v6.8") }] },
      "ImageMappingMissing",
    ],
    ["no chain", { chainId: null }, "ChainNotNamed"],
    ["no height", { upgrades: [{ planName: "v6.7", image: image("v6.7") }] }, "HeightNotListed"],
  ])("is never acted on where the policy names %s", async (_, policy, reason) => {
    const played = await play({ inferredHalts: "Act" });
    await played.cluster.changePolicy(policy);
    played.cluster.reach(30);
    await haltOf(played, reason);
    await until("a page", () => played.pager.received.length >= 1);
    expectUntouched(played);
  });

  test("is a crash on another chain than the policy's: no height that it tells is believed", async () => {
    const played = await play({ inferredHalts: "Act" });
    await played.cluster.changePolicy({ chainId: "other-1" });
    played.cluster.reach(30);
    await until("its log to be read", () => played.cluster.logReads > 0);
    await until("the crash to be counted", () => played.cluster.policy().status?.crashed === 1);
    expect(played.cluster.halts()).toEqual([]);
    expectUntouched(played);
  });

  test("is not seen where the logs may not be read, which a condition says, and is not asked for again", async () => {
    const played = await play({});
    played.cluster.logOf = () => {
      throw new ControllerError("forbidden", "pods/log is forbidden");
    };
    played.cluster.reach(30);
    const refused = await until("the condition", () => {
      const condition = conditionOf(played, "LogsReadable");
      return condition?.status === "False" && condition;
    });
    expect(refused).toMatchObject({
      reason: "LogsForbidden",
      message: expect.stringContaining("deploy/logs"),
    });
    for (let height = 31; height < 40; height += 1) played.cluster.reach(height);
    await played.cluster.changePolicy({ maxConcurrent: 2 });
    await until("the policy to be followed", () => played.cluster.policy().status?.observedGeneration === 2);
    expect(played.cluster.logReads).toBe(1);
    expect(played.cluster.halts()).toEqual([]);
  });

  test("does not halt for a line that something else in its log quotes", async () => {
    const quotes = [
      `5:59PM INF executed tx memo=${JSON.stringify(LINE)}`,
      `{"level":"info","message":"executed tx","memo":${JSON.stringify(LINE)}}`,
      `5:59PM INF UPGRADE "v6.7" SCHEDULED at height: 30: see ${LINE}`,
      "panic: runtime error: index out of range [3]",
    ];
    const played = await play({ inferredHalts: "Act" }, panicAt30, `${quotes.join("\n")}${STACK}`);
    played.cluster.reach(30);
    await until("its log to be read", () => played.cluster.logReads > 0);
    await until("the crash to be counted", () => played.cluster.policy().status?.crashed === 1);
    expect(played.cluster.halts()).toEqual([]);
    expectUntouched(played);
  });
});

test.each([
  ["says nothing of its end", ""],
  ["goes on", "5:59PM INF Ensure peers module=p2p\n"],
  ["ends with its panic", `panic: runtime error: index out of range${STACK}`],
])(
  "a crash whose log has a halt line after a line that was stored in parts, and %s, is held and paged",
  async (_, end) => {
    const memo = '5:59PM INF executed tx module=server memo="'.padEnd(16_384, "a");
    const log = `${memo}5:59PM WRN slow peer module=p2p\n${LINE}"\n${end}`;
    const played = await play({ inferredHalts: "Act" }, panicAt30, log);
    played.cluster.reach(30);
    await until("a page", () => played.pager.received.length === 1);
    expect(played.cluster.halts()).toMatchObject([{ status: { phase: "Held" } }]);
    expectUntouched(played);
  },
);

test("a crash after another process of that container halted is held and paged", async () => {
  const log = `panic: ${LINE}${STACK}panic: failed to run migrations: store is corrupt${STACK}`;
  const played = await play({ inferredHalts: "Act" }, panicAt30, log);
  played.cluster.reach(30);
  await until("a page", () => played.pager.received.length === 1);
  expect(played.cluster.halts()).toMatchObject([{ status: { phase: "Held" } }]);
  expectUntouched(played);
});

const INFOS = {
  "quotes its own halt line": `install v6.7 at ${LINE}`,
  "goes on with another plan's halt line": 'x\nUPGRADE "v9" NEEDED at height: 30: y',
  "goes on with what looks like a start":
    "x\n5:59PM INF starting node with ABCI CometBFT in-process module=server",
};

describe.each(Object.entries(INFOS))("a node whose plan's info %s", (_, info) => {
  const text = `${LINE}${info}`;
  const said = `5:59PM INF committed state height=29 module=state\n5:59PM ERR ${text} module=x/upgrade\n${text}\n`;
  const failed = `5:59PM ERR CONSENSUS FAILURE!!! err=${JSON.stringify(text)} module=consensus\n`;

  test.each([
    ["panics", panicAt30, `${said}panic: ${text}${STACK}`],
    ["lives on", () => undefined, `${said}${failed}`],
  ] as const)("and that %s is held and paged", async (_how, behave, log) => {
    const played = await play({}, behave, log);
    played.cluster.reach(30);
    if (log.includes(failed)) {
      await until("30 to be read", () => played.cluster.heightsTold.get("sei-0-0") === 30);
      played.cluster.later = 31_000;
    }
    const halt = await until("a halt", () =>
      played.cluster.halts().find(({ status }) => status?.phase === "Held"),
    );
    expect(halt.spec).toMatchObject({ reason: "upgrade_required", planName: "v6.7", height: 30 });
    await until("a page", () => played.pager.received.length === 1);
    expectUntouched(played);
  });
});

describe("a node that answers, stands still at the plan's height and has a halt line in its log", () => {
  const livesOn: Behaviour = () => undefined;

  test("is not acted on before it stood still for 30 s, then swapped where the policy says Act", async () => {
    const played = await play({ inferredHalts: "Act" }, livesOn, ZOMBIE);
    played.cluster.reach(30);
    await until("30 to be read", () => played.cluster.heightsTold.get("sei-0-0") === 30);
    expect([played.cluster.halts(), played.cluster.logReads]).toEqual([[], 0]);
    played.cluster.later = 31_000;
    await until("the swap", () => played.cluster.podsDeleted.length === 1);
    expect(played.cluster.halts()[0]?.spec.inferredFrom).toContain("its height stands still");
    expect(played.cluster.halts()[0]?.spec).not.toHaveProperty("exitCode");
    played.cluster.logOf = () => "";
    played.cluster.reach(31);
    await haltOf(played, "Recovered");
    expect(played.cluster.imagesSet).toEqual([`sei-0 ${image("v6.7")}`]);
  });

  test("is not acted on where it was silent since its line: another process may run in its container", async () => {
    const played = await play({ inferredHalts: "Act" }, livesOn, ZOMBIE);
    await until("29 to be read", () => played.cluster.heightsTold.get("sei-0-0") === 29);
    played.cluster.silent.add("sei-0-0");
    const asked = played.cluster.statusAsked;
    await until("it to be found silent", () => played.cluster.statusAsked > asked + 1);
    played.cluster.height = 30;
    played.cluster.silent.clear();
    await until("30 to be read", () => played.cluster.heightsTold.get("sei-0-0") === 30);
    played.cluster.later = 31_000;
    const halt = await haltOf(played, "NotCorroborated");
    expect(halt.status?.page).toBeDefined();
    expectUntouched(played);
  });

  test("is not acted on where its line is of a process that panicked in the same container before", async () => {
    const quiet = `5:59PM ERR ${LINE} module=x/upgrade\npanic: ${LINE}${STACK}`;
    const played = await play({ inferredHalts: "Act" }, livesOn, quiet);
    played.cluster.reach(30);
    await until("30 to be read", () => played.cluster.heightsTold.get("sei-0-0") === 30);
    played.cluster.later = 31_000;
    const halt = await until("a halt", () =>
      played.cluster.halts().find(({ status }) => status?.phase === "Held"),
    );
    expect(halt.status?.page).toBeDefined();
    expectUntouched(played);
  });

  test("is held and paged by default, and left alone for as long as it stands", async () => {
    const played = await play({}, livesOn, ZOMBIE);
    played.cluster.reach(30);
    played.cluster.later = 31_000;
    await until("30 to be read", () => played.cluster.heightsTold.get("sei-0-0") === 30);
    played.cluster.later = 62_000;
    const halt = await haltOf(played, "InferredHalt");
    expect(halt.status?.phase).toBe("Held");
    played.cluster.later = 200_000;
    await until("a page", () => played.pager.received.length === 1);
    expectUntouched(played);
    played.cluster.reach(31);
    await haltOf(played, "RunsAgain");
  });

  test("is running where it stands still without such a line", async () => {
    const played = await play({ inferredHalts: "Act" }, livesOn, "5:59PM INF Timed out height=30\n");
    played.cluster.reach(30);
    await until("30 to be read", () => played.cluster.heightsTold.get("sei-0-0") === 30);
    played.cluster.later = 31_000;
    await until("its log to be read", () => played.cluster.logReads > 0);
    played.cluster.later = 62_000;
    await until("it to be counted", () => played.cluster.policy().status?.running === 1);
    expect(played.cluster.halts()).toEqual([]);
    expectUntouched(played);
  });

  /** A log without an end: from wherever it is read, there is more than is taken. Of its last lines it gives as many as asked. */
  const endless = ({ cluster }: Played) => {
    const lines = Array.from({ length: 12_000 }, (_, n) => `INF bad tx n=${n} ${"x".repeat(100)}\n`);
    cluster.api.logOf = (_, { tailLines }) => lines.slice(-Number(tailLines ?? lines.length)).join("");
  };

  test("has a person paged once where its log cannot be read so far back, until it moves on", async () => {
    const played = await play({ inferredHalts: "Act" }, livesOn);
    endless(played);
    played.cluster.reach(30);
    await until("30 to be read", () => played.cluster.heightsTold.get("sei-0-0") === 30);
    played.cluster.later = 31_000;
    const halt = await haltOf(played, "LogNotRead");
    expect(halt.spec).toMatchObject({ reason: "log_not_read", sources: [] });
    expect(halt.spec.verdict).toMatch(/^It stands still at height 30, where v6\.7 is listed for 30/);
    const [page] = await until("a page", () => played.pager.received.length === 1 && played.pager.received);
    expect(JSON.stringify(page)).toContain("sei-0-0 may have halted");
    // It may run well, so nothing takes it out of service.
    const { metadata, status } = played.cluster.pods()[0] ?? {};
    expect(metadata?.labels).not.toHaveProperty(LABEL_HALT);
    expect(status?.conditions?.some(({ type }) => type === CONDITION_NOT_HALTED) ?? false).toBe(false);
    played.cluster.later = 200_000;
    played.cluster.reach(31);
    await haltOf(played, "RunsAgain");
    await until("its page to be over", () => played.cluster.halts()[0]?.status?.page?.state === "Resolved");
    expect(played.cluster.halts()).toHaveLength(1);
    expectUntouched(played);
  });

  test("goes on as the halt that it is once its log can be read", async () => {
    const played = await play({}, livesOn);
    endless(played);
    played.cluster.reach(30);
    await until("30 to be read", () => played.cluster.heightsTold.get("sei-0-0") === 30);
    played.cluster.later = 31_000;
    await haltOf(played, "LogNotRead");
    played.cluster.api.logOf = () => ZOMBIE;
    played.cluster.heightsTold.clear();
    await played.restart();
    await until("30 to be read again", () => played.cluster.heightsTold.get("sei-0-0") === 30);
    played.cluster.later = 100_000;
    await haltOf(played, "InferredHalt");
    await haltOf(played, "LogTells");
    expectUntouched(played);
  });
});
