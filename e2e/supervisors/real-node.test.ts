import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NEW, OLD, type PlannedChain, planChain } from "../chains/halting-chain.ts";
import { CHAINS, type Chain } from "../chains/programs.ts";
import { tableOf } from "../harness/shown-table.ts";
import { KINDS } from "./kinds.ts";
import { RealNode } from "./real-node.ts";
import { PAGE } from "./table.ts";

/** What becomes of the old release after the upgrade, once it was started for the second time. */
const DOWNGRADED: Readonly<Record<Chain, (node: RealNode) => Promise<void>>> = {
  // It says no halt line: that is a crash, which is started again and again.
  simd: (node) => node.isStarted(6),
  sdk: async (node) => expect(await node.isHeldAt(72)).toMatch(/\b72\b|nothing/),
};

/** How the node crashes: each supervisor is seen with both. */
const CRASHES = { simd: "SIGKILL", sdk: "SIGSEGV" } as const satisfies Record<Chain, NodeJS.Signals>;

describe.each(Object.keys(CHAINS) as Chain[])("a real node of %s", (program) => {
  let chain: PlannedChain;

  beforeAll(async () => {
    chain = await planChain(program, { validators: 1 });
  });

  afterAll(() => chain?.network[Symbol.asyncDispose]());

  test.each(KINDS)(
    "under $name is held at the height, passes it with the new release, and is started again after a crash; the old one then ends",
    async (kind) => {
      const { height, name } = chain.plan;
      await using node = await RealNode.start(kind, chain);
      const remembers = await node.isHeldAt(70);
      expect(await node.service.starts()).toBe(1);
      const evidence = remembers === "nothing" ? node.supervisor.log() : node.judged(remembers);
      expect(await evidence).toContain(`halted: upgrade_required (plan ${name} at height ${height})`);

      node.install(NEW);
      await node.supervisor.resume();
      await node.passes(height + 1);
      expect(await node.service.starts()).toBe(2);

      node.kill(CRASHES[program]);
      await node.isStarted(3);
      await node.passes(height + 2);
      expect(await node.hasToldCrash()).toBe(true);
      await node.stopSupervisor();

      await node.startSupervisor(OLD);
      await node.isStarted(4);
      if (await node.fails()) node.kill();
      await DOWNGRADED[program](node);
      await node.stopSupervisor();
    },
    300_000,
  );
});

test("the page shows what became of real nodes", async () => {
  const head = [
    ...["supervisor", "70 at the plan's height", "then passes it after", "SIGKILL, SIGSEGV"],
    ...["the old binary, SDK 0.45", "the old binary, SDK 0.55: 72"],
  ];
  const rows = KINDS.map(async (kind) => [
    ...[`${kind.name} ${await kind.version()}`, "held", `\`${kind.resume}\``, "started again"],
    ...["started again", "held"],
  ]);
  PAGE.expectShown("real nodes", tableOf([head, ...(await Promise.all(rows))]));
});
