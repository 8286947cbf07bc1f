/**
 * Does one kind of work COUNT times: `work.js KIND COUNT`. Plain JavaScript and the built packages, and of these only what the work
 * needs: everything that runs is counted.
 */
import pods from "../../../packages/consumer/src/adapters/fixtures/pods.json" with { type: "json" };
import INTENT from "../../../packages/contract/bench/typical-intent.json" with { type: "json" };

const BODY = JSON.stringify(INTENT);
const POD = JSON.stringify(pods["halted and kept down by a restart rule"]);

/** Each looks at what came of it: work that fails is cheap. */
const KINDS = {
  async classify() {
    const { classify, evidenceFromPod } = await import("@upgrade-halt/consumer");
    return () => classify(evidenceFromPod(JSON.parse(POD), "seid")).kind === "halted";
  },
  async encode() {
    const { encodeHaltIntent } = await import("@upgrade-halt/contract");
    return () => encodeHaltIntent(INTENT) === BODY;
  },
  async parse() {
    const { parseHaltIntent } = await import("@upgrade-halt/contract");
    return () => parseHaltIntent(BODY).kind === "intent";
  },
};

const [kind, count] = process.argv.slice(2);
const work = await KINDS[kind]();
for (let i = 0; i < Number(count); i += 1) if (!work()) throw new Error(`${kind} did not do its work`);
