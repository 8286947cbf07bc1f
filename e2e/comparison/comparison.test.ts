import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Cluster, startCluster } from "../harness/cluster.ts";
import { loadKubeconfig } from "../harness/kubeconfig.ts";
import type { Answer, Step } from "./conversation.ts";
import { CONVERSATIONS } from "./conversations/index.ts";
import { type Difference, differencesBetween } from "./differences.ts";
import knownDifferences from "./known-differences.json" with { type: "json" };
import { normalise } from "./normalise.ts";
import { runConversation } from "./run-conversation.ts";

/**
 * Why and where a step's answers differ, by `conversation: step`. A step in here that differs elsewhere too, or no
 * longer differs, fails as well.
 */
const KNOWN: Readonly<Record<string, { readonly why: string; readonly at: readonly string[] }>> =
  knownDifferences;

let embedded: Cluster;
beforeAll(async () => {
  embedded = await startCluster("embedded");
});
afterAll(() => embedded?.stop());

describe.each(CONVERSATIONS)(
  "the embedded API server and the real one, asked about $name",
  (conversation) => {
    let answers: { real: ReadonlyMap<string, Answer>; embedded: ReadonlyMap<string, Answer> };
    beforeAll(async () => {
      const [ofReal, ofEmbedded] = await Promise.all(
        [inject("kubeconfig"), embedded.kubeconfig].map((file) =>
          runConversation(loadKubeconfig(file), conversation),
        ),
      );
      if (!ofReal || !ofEmbedded) throw new Error("a conversation has two sides");
      answers = { real: ofReal, embedded: ofEmbedded };
    });

    function differences({ name, ignore }: Step): Difference[] {
      const [real, other] = [answers.real.get(name), answers.embedded.get(name)];
      if (!real || !other) throw new Error(`${name}: not answered by both`);
      return differencesBetween(normalise(real, ignore), normalise(other, ignore));
    }

    for (const step of conversation.steps) {
      const known = KNOWN[`${conversation.name}: ${step.name}`];
      test(known ? `differ, as is known: ${step.name} (${known.why})` : `agree: ${step.name}`, () => {
        const found = differences(step);
        if (known) expect(found.map(({ path }) => path).sort(), JSON.stringify(found)).toEqual(known.at);
        else expect(found).toEqual([]);
      });
    }
  },
);

test("every known difference is one of a step that exists", () => {
  const steps = CONVERSATIONS.flatMap(({ name, steps }) => steps.map((step) => `${name}: ${step.name}`));
  expect(Object.keys(KNOWN).filter((key) => !steps.includes(key))).toEqual([]);
});
