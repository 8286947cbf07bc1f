/**
 * Kills the real controller process (SIGKILL) again and again while nodes halt around it, right at a boundary of its work
 * or at a random instant, and holds that each run ends with the same counts. The cluster is the target of the scenarios
 * (E2E_TARGET).
 */
import { isDeepStrictEqual } from "node:util";
import { BOUNDARIES } from "@upgrade-halt/mini-controller";
import { runSeeded, type SeededRun, seededRandom } from "@upgrade-halt/testing";
import { connect } from "../harness/api.ts";
import { Cleanup } from "../harness/cleanup.ts";
import { startCluster, targetFromEnvironment } from "../harness/cluster.ts";
import { installController } from "../harness/install.ts";
import { openTestbed } from "../harness/testbed.ts";
import { type Doom, END, type Kill, playRun } from "./crash-run.ts";

const RUNS_AT_ONCE = 3;

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
let [runs, broken] = [0, 0];
/** What kept a run from coming to its end: it ends all of them. */
let failure: unknown;

async function playUntilEnough(kubeconfig: string, { seed, size: wanted }: SeededRun): Promise<void> {
  while (failure === undefined && kills.length < wanted) {
    const number = runs++;
    const testbed = await openTestbed(connect(kubeconfig));
    try {
      const { kills: done, end } = await playRun(testbed, dooms(seed + number), (kill) => kills.push(kill));
      const held = isDeepStrictEqual(end, END);
      if (!held) broken += 1;
      const what = held ? "as it has to" : `wrong: ${JSON.stringify(end)}`;
      process.stdout.write(`run ${number}: ${done} kills, ended ${what} (${kills.length}/${wanted})\n`);
    } catch (error) {
      failure ??= error;
    } finally {
      await testbed.cleanup.run();
    }
  }
}

async function kill(told: SeededRun): Promise<number> {
  process.stdout.write(`crash:controller --seed ${told.seed} --kills ${told.size}\n`);
  const started = performance.now();
  try {
    const cluster = await startCluster(targetFromEnvironment());
    cleanup.add(() => cluster.stop());
    await installController(connect(cluster.kubeconfig), cleanup, cluster.target);
    await Promise.all(Array.from({ length: RUNS_AT_ONCE }, () => playUntilEnough(cluster.kubeconfig, told)));
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
      `${BOUNDARIES.length} boundaries) in ${runs} runs and ${seconds.toFixed(0)} s; ${broken} ended wrong\n`,
  );
  if (missed.length > 0) process.stdout.write(`never at ${missed.join(", ")}\n`);
  if (failure !== undefined) process.stderr.write(`crash:controller: run broken off: ${failure}\n`);
}

await runSeeded(
  {
    command: "crash:controller",
    does: "kills the controller while nodes halt, and holds that nothing is lost, doubled or wrong",
    size: "kills",
    defaultSize: 500,
  },
  kill,
);
