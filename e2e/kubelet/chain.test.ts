import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PlannedChain, planChain } from "../chains/halting-chain.ts";
import { CHAINS, type Chain } from "../chains/programs.ts";
import { signedBackwards, signedBy } from "../chains/signatures.ts";
import { Cleanup } from "../harness/cleanup.ts";
import type { Testbed } from "../harness/testbed.ts";
import { brokenInvariants } from "../invariants/broken-invariants.ts";
import { type ChainCluster, startChainCluster } from "./chain-cluster.ts";
import { playHeld } from "./held-pod.ts";
import { playLate } from "./late-pods.ts";
import { whyNoKubelet } from "./node.ts";
import { playRolledBack } from "./rolled-back-pod.ts";
import { playSkipped } from "./skipped-pods.ts";
import { playSwapped } from "./swapped-pods.ts";

const BOTH = Object.keys(CHAINS) as Chain[];
const reason = whyNoKubelet();

describe.skipIf(reason !== undefined)(
  `a real chain in pods of a real kubelet${reason ? ` (${reason})` : ""}`,
  { concurrent: true, timeout: 600_000 },
  () => {
    const cleanup = new Cleanup();
    let cluster: ChainCluster;
    /** No node of these is started: each test plays on a copy. */
    let planned: Readonly<Record<Chain, PlannedChain>>;

    beforeAll(async () => {
      const booted = startChainCluster(cleanup);
      const [simd, sdk] = await Promise.all([planChain("simd"), planChain("sdk")]);
      for (const { network } of [simd, sdk]) cleanup.add(() => network[Symbol.asyncDispose]());
      planned = { simd, sdk };
      cluster = await booted;
    }, 240_000);

    afterAll(() => cleanup.run());

    const copyOf = async (program: Chain): Promise<PlannedChain> => {
      const { network, plan } = planned[program];
      return { network: await network.copy(), plan };
    };

    /** Plays on a chain in a new namespace. Nobody may sign backwards there, or do what is forbidden to all. */
    async function play(
      { network }: PlannedChain,
      open: () => Promise<Testbed>,
      played: (testbed: Testbed) => Promise<void>,
    ): Promise<void> {
      cleanup.add(() => network[Symbol.asyncDispose]());
      const testbed = await open();
      const before = signedBy(network);
      await played(testbed);
      expect(signedBackwards(before, network)).toEqual([]);
      expect(await brokenInvariants(testbed)).toEqual([]);
      await testbed.cleanup.run();
    }

    test.for(BOTH)(
      "two validators of %s that have the new release too early are left alone, upgraded late after the other two, and left alone with the old one again",
      async (program) => {
        const chain = await copyOf(program);
        const earlier = planned[program].network.validators;
        await play(chain, cluster.openControlled, (testbed) =>
          playLate(cluster.node, testbed, program, chain, earlier),
        );
      },
    );

    test.for(BOTH)(
      "a validator of %s that gets the new release too early, while the others go on, is rolled back to the image that was seen running",
      async (program) => {
        const chain = await planChain(program, { ahead: 10_000 });
        await play(chain, cluster.openControlled, (testbed) => playRolledBack(testbed, program, chain));
      },
    );

    test("four validators, two as they are and two under exec --announce, are swapped and pass the height", async () => {
      const chain = await copyOf("simd");
      await play(chain, cluster.openControlled, (testbed) => playSwapped(testbed, "simd", chain));
    });

    test.for(BOTH)(
      "told to skip the height, four validators of %s pass it untouched, and go on with the new release",
      async (program) => {
        const chain = await copyOf(program);
        await play(chain, cluster.openControlled, (testbed) => playSkipped(testbed, program, chain));
      },
    );

    test.for(BOTH)(
      "without a controller a validator of %s in the guides' pod is kept down by 70 and 72, and started again after a crash",
      async (program) => {
        const chain = await planChain(program, { validators: 1 });
        await play(chain, cluster.open, (testbed) => playHeld(cluster.node, testbed, program, chain));
      },
    );
  },
);
