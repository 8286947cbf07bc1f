// Kills the controller at random boundaries, story after story: node scripts/crash-campaign.ts [--seed N] [--kills N]
import { isDeepStrictEqual, parseArgs } from "node:util";
import { EXPECTED, type Kill, PASSED, playWithKills } from "../src/testing/crash-story.ts";

const { values } = parseArgs({
  options: { seed: { type: "string", default: "1" }, kills: { type: "string", default: "500" } },
});
const wanted = Number(values.kills);
let state = Number(values.seed);

/** mulberry32: the same seed kills at the same places. */
function random(below: number): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
}

function randomKill(): Kill {
  return { at: PASSED[random(PASSED.length)] ?? "before:create-halt", passing: 1 + random(3) };
}

let kills = 0;
let stories = 0;
let wrong = 0;
const at = new Map<string, number>();
while (kills < wanted) {
  const planned = Array.from({ length: 2 + random(6) }, randomKill);
  const { kills: done, ...outcome } = await playWithKills(planned);
  for (const kill of planned.slice(0, done)) at.set(kill.at, (at.get(kill.at) ?? 0) + 1);
  stories += 1;
  kills += done;
  if (isDeepStrictEqual(outcome, EXPECTED)) continue;
  wrong += 1;
  process.stderr.write(
    `story ${stories}: ${JSON.stringify(planned)}\n  ended as ${JSON.stringify(outcome)}\n`,
  );
}
process.stdout.write(
  `seed ${values.seed}: ${kills} kills in ${stories} stories, at ${at.size} of ${PASSED.length} boundaries; ${wrong} ended wrong\n`,
);
process.exitCode = wrong === 0 ? 0 : 1;
