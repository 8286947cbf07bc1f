import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Cluster, startCluster } from "../harness/cluster.ts";
import { loadKubeconfig } from "../harness/kubeconfig.ts";
import { rawRequest } from "../harness/raw-request.ts";
import type { Answer, Step } from "./conversation.ts";
import { CONVERSATIONS } from "./conversations/index.ts";
import { type Difference, differencesBetween } from "./differences.ts";
import { normalise } from "./normalise.ts";
import { runConversation } from "./run-conversation.ts";
import { allowedPaths } from "./version-differences.ts";

let embedded: Cluster;
let minor: number;
beforeAll(async () => {
  const version = await rawRequest(loadKubeconfig(inject("kubeconfig")), { method: "GET", path: "/version" });
  minor = Number(JSON.parse(version.text).minor);
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

    test.each(conversation.steps)("agree: $name", (step) => {
      const found = differences(step);
      const allowed = allowedPaths(minor, conversation.name, step.name);
      expect(found.filter(({ path }) => !allowed.includes(path))).toEqual([]);
      expect(found.map(({ path }) => path)).toEqual(allowed);
    });
  },
);
