/**
 * Kills the real controller process (SIGKILL) again and again while nodes halt around it, right at a boundary of its work
 * or at a random instant, and holds that each story ends with the same counts. Size: --kills (500), --seed for the
 * choices (the time). The cluster is the target of the scenarios (E2E_TARGET).
 */
import { isDeepStrictEqual, parseArgs } from "node:util";
import { BOUNDARIES } from "../../apps/mini-controller/src/halts/boundary.ts";
import { connect } from "../harness/api.ts";
import { Cleanup } from "../harness/cleanup.ts";
import { startCluster, targetFromEnvironment } from "../harness/cluster.ts";
import { installController } from "../harness/install.ts";
import { openWorld } from "../harness/world.ts";
import { type Doom, END, type Kill, playStory } from "./campaign-story.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: `${Date.now() >>> 0}` },
    kills: { type: "string", default: "500" },
  },
});
const wanted = wholeNumber("kills", values.kills);
const seed = wholeNumber("seed", values.seed);
const STORIES_AT_ONCE = 3;

function wholeNumber(name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  process.stderr.write(`crash:controller: --${name} ${text} is no whole number\n`);
  process.exit(64);
}

/** mulberry32: numbers from 0 to 1 that the seed decides. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed | 0; ; ) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** Half of the times at the n-th boundary, else at a random instant, or at a boundary where none was killed yet. */
function* dooms(seed: number): Generator<Doom> {
  const random = numbers(seed);
  for (;;) {
    const [kind, size] = [random.next().value, random.next().value];
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

async function playUntilEnough(kubeconfig: string): Promise<void> {
  while (failure === undefined && kills.length < wanted) {
    const story = stories++;
    const world = await openWorld(connect(kubeconfig));
    try {
      const { kills: done, end } = await playStory(world, dooms(seed + story), (kill) => kills.push(kill));
      const held = isDeepStrictEqual(end, END);
      if (!held) broken += 1;
      const what = held ? "as it has to" : `wrong: ${JSON.stringify(end)}`;
      process.stdout.write(`story ${story}: ${done} kills, ended ${what} (${kills.length}/${wanted})\n`);
    } catch (error) {
      failure ??= error;
    } finally {
      await world.cleanup.run();
    }
  }
}

process.stdout.write(`crash:controller --seed ${seed} --kills ${wanted}\n`);
const started = performance.now();
try {
  const cluster = await startCluster(targetFromEnvironment());
  cleanup.add(() => cluster.stop());
  await installController(connect(cluster.kubeconfig), cleanup);
  await Promise.all(Array.from({ length: STORIES_AT_ONCE }, () => playUntilEnough(cluster.kubeconfig)));
} finally {
  await cleanup.run();
}
const seconds = ((performance.now() - started) / 1_000).toFixed(0);
const missed = BOUNDARIES.filter((boundary) => !kills.includes(boundary));
const anywhere = kills.filter((kill) => kill === "anywhere").length;
process.stdout.write(
  `${kills.length} kills (${anywhere} at random instants, the others at ${BOUNDARIES.length - missed.length} of ` +
    `${BOUNDARIES.length} boundaries) in ${stories} stories and ${seconds} s; ${broken} ended wrong\n`,
);
if (missed.length > 0) process.stdout.write(`never at ${missed.join(", ")}\n`);
if (failure !== undefined) process.stderr.write(`crash:controller: story broken off: ${failure}\n`);
if (broken > 0 || failure !== undefined) process.exitCode = 1;
