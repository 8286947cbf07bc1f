/**
 * Kills the real controller process (SIGKILL) again and again while nodes halt around it, right at a boundary of its work
 * or at a random instant, and holds that each story ends with the same counts. The cluster is the target of the scenarios
 * (E2E_TARGET).
 */
import { isDeepStrictEqual } from "node:util";
import { BOUNDARIES } from "@upgrade-halt/mini-controller";
import { type Campaign, playCampaign, seededRandom } from "@upgrade-halt/testing";
import { connect } from "../harness/api.ts";
import { Cleanup } from "../harness/cleanup.ts";
import { startCluster, targetFromEnvironment } from "../harness/cluster.ts";
import { installController } from "../harness/install.ts";
import { openTestbed } from "../harness/testbed.ts";
import { type Doom, END, type Kill, playStory } from "./campaign-story.ts";

const STORIES_AT_ONCE = 3;

/** Half of the times at the n-th boundary, else at a random instant, or at a boundary where none was killed yet. */
function* dooms(seed: number): Generator<Doom> {
  const random = seededRandom(seed);
  for (;;) {
    const [kind, size] = [random(), random()];
    const missing = BOUNDARIES.filter((boundary) => !kills.includes(boundary));
    const at = missing[Math.floor(size * missing.length)];
    if (kind < 0.5) yield { at: `any#${1 + Math.floor(size * 6)}` };
    else if (kind < 0.75 || at === undefined) yield { withinMs: Math.floor(size * 800) };
    else yield { at, withinMs: 5_000 };
  }
}

const cleanup = new Cleanup();
const kills: Kill[] = [];
let [stories, broken] = [0, 0];
/** What kept a story from coming to its end: it ends the campaign. */
let failure: unknown;

async function playUntilEnough(kubeconfig: string, { seed, size: wanted }: Campaign): Promise<void> {
  while (failure === undefined && kills.length < wanted) {
    const story = stories++;
    const testbed = await openTestbed(connect(kubeconfig));
    try {
      const { kills: done, end } = await playStory(testbed, dooms(seed + story), (kill) => kills.push(kill));
      const held = isDeepStrictEqual(end, END);
      if (!held) broken += 1;
      const what = held ? "as it has to" : `wrong: ${JSON.stringify(end)}`;
      process.stdout.write(`story ${story}: ${done} kills, ended ${what} (${kills.length}/${wanted})\n`);
    } catch (error) {
      failure ??= error;
    } finally {
      await testbed.cleanup.run();
    }
  }
}

async function kill(campaign: Campaign): Promise<number> {
  process.stdout.write(`crash:controller --seed ${campaign.seed} --kills ${campaign.size}\n`);
  const started = performance.now();
  try {
    const cluster = await startCluster(targetFromEnvironment());
    cleanup.add(() => cluster.stop());
    await installController(connect(cluster.kubeconfig), cleanup, cluster.target);
    await Promise.all(
      Array.from({ length: STORIES_AT_ONCE }, () => playUntilEnough(cluster.kubeconfig, campaign)),
    );
  } finally {
    await cleanup.run();
  }
  report((performance.now() - started) / 1_000);
  return broken > 0 || failure !== undefined ? 1 : 0;
}

function report(seconds: number): void {
  const missed = BOUNDARIES.filter((boundary) => !kills.includes(boundary));
  const anywhere = kills.filter((kill) => kill === "anywhere").length;
  process.stdout.write(
    `${kills.length} kills (${anywhere} at random instants, the others at ${BOUNDARIES.length - missed.length} of ` +
      `${BOUNDARIES.length} boundaries) in ${stories} stories and ${seconds.toFixed(0)} s; ${broken} ended wrong\n`,
  );
  if (missed.length > 0) process.stdout.write(`never at ${missed.join(", ")}\n`);
  if (failure !== undefined) process.stderr.write(`crash:controller: story broken off: ${failure}\n`);
}

await playCampaign(
  {
    command: "crash:controller",
    does: "kills the controller while nodes halt, and holds that nothing is lost, doubled or wrong",
    size: "kills",
    defaultSize: 500,
  },
  kill,
);
