import { pino } from "pino";
import { expect, test } from "vitest";
import { ControllerError } from "../controller-error.ts";
import { createStores } from "../model/stores.ts";
import type { SendPageOptions } from "../paging/pager.ts";
import { haltWith, NOW, policyWith } from "../testing/observations.ts";
import { UnrecordedHalts } from "./unrecorded-halts.ts";

test("a page about a halt that can't be recorded says what to see before its node is upgraded by hand, however long the refusal", async () => {
  const stores = createStores();
  const policy = policyWith();
  stores.policies.put(policy);
  const sent: string[] = [];
  const halts = new UnrecordedHalts({
    stores,
    send: async ({ page }: Pick<SendPageOptions, "page">) => {
      sent.push(page.summary);
      const condition = { type: "Paged", status: "True", reason: "Sent", message: "" } as const;
      return { page: { ...page, state: "Sent" }, condition };
    },
    onChange: () => undefined,
    log: pino({ level: "silent" }),
    now: () => NOW,
  });
  const { metadata, spec } = haltWith({ verdict: "v".repeat(1024) });
  const refusal = new ControllerError("invalid", `${"x".repeat(900)}.`);
  halts.noteUncreated("sei", metadata.name, spec, policy, refusal);
  await halts.tell("sei/sei-0-0");
  expect(sent[0]).toMatch(
    /^sei\/sei-0-0 halted: The API server takes no NodeHalt of it, .*x… Let it be written\. Before you upgrade the node yourself, see that each pod of its template has halted: /,
  );
});
