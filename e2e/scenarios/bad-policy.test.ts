import { expect } from "vitest";
import { isStatus } from "../harness/api.ts";
import { startController } from "../harness/controller.ts";
import { conditionOf } from "../harness/observe.ts";
import { createPolicy, type PolicyOptions, tryPolicy } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import { until } from "../harness/wait.ts";

const DIGEST = `upgrade-halt.dev/mock-node@sha256:${"0".repeat(64)}`;
const REFUSED: readonly { what: string; options: PolicyOptions; says: RegExp }[] = [
  {
    what: "a tag, where tags aren't allowed",
    options: { allowTags: false, upgrades: [{ planName: "v6.7", image: "upgrade-halt.dev/mock-node:v6.7" }] },
    says: /digest/,
  },
  {
    what: "a height of 0",
    options: { upgrades: [{ planName: "v6.7", height: 0, image: DIGEST }] },
    says: /height/,
  },
  {
    what: "one plan twice",
    options: {
      upgrades: [
        { planName: "v6.7", image: DIGEST },
        { planName: "v6.7", image: DIGEST },
      ],
    },
    says: /Duplicate/,
  },
  { what: "no image", options: { upgrades: [{ planName: "v6.7", image: "" }] }, says: /image/ },
  { what: "maxConcurrent 0", options: { maxConcurrent: 0 }, says: /maxConcurrent/ },
  { what: "a pager without an address", options: { paging: [{ webhook: {} }] }, says: /exactly one of url/ },
  { what: "a pager of no kind", options: { paging: [{}] }, says: /exactly one of webhook/ },
  {
    what: "a custom resource without its name",
    options: { target: { kind: "CustomResource" } },
    says: /customResource/,
  },
];

scenario(
  "a malformed policy is refused, and the answer says what is wrong",
  ["POLICY-BAD-CR"],
  async (world) => {
    const answers = await Promise.all(
      REFUSED.map(({ options }) => tryPolicy(world, options).then(() => "accepted", messageOf)),
    );
    for (const [index, { what, says }] of REFUSED.entries()) expect(answers[index], what).toMatch(says);
  },
);

scenario("a policy whose pager secret is missing says so", ["SECRET-MISSING"], async (world) => {
  const controller = await startController(world);
  await createPolicy(world, { paging: [{ webhook: { urlSecretRef: { name: "nowhere", key: "url" } } }] });

  const { message } = await until(
    async () => {
      const condition = await conditionOf(world, "PagingReady");
      return condition?.status === "False" && condition;
    },
    { what: "a condition about the secret" },
  );

  expect(message).toContain("nowhere");
  controller.signal("SIGTERM");
  expect(await controller.ended).toEqual({ code: 0, signal: null });
});

function messageOf(error: unknown): string {
  return isStatus(error, 422) ? String(error) : `not refused, but: ${error}`;
}
