import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { isStatus } from "../harness/api.ts";
import { startController } from "../harness/controller.ts";
import { NODE_LABELS } from "../harness/fixtures/mock-nodes.ts";
import { createPhantom } from "../harness/fixtures/phantom-pods.ts";
import { conditionOf, eventsFor, policyIn } from "../harness/observe.ts";
import { createPolicy, type PolicyOptions, removePolicy, tryPolicy } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";

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
  async (testbed) => {
    const answers = await Promise.all(
      REFUSED.map(({ options }) => tryPolicy(testbed, options).then(() => "accepted", messageOf)),
    );
    for (const [index, { what, says }] of REFUSED.entries()) expect(answers[index], what).toMatch(says);
  },
);

const HERE = { matchLabels: NODE_LABELS };
/** Policies that the API server takes and that can't work, or hardly as they were meant. */
const ODD: readonly { what: string; options: PolicyOptions; type: string; reason: string; says: RegExp }[] = [
  {
    what: "it matches nothing",
    options: { selector: { matchLabels: { app: "nothing-like-it" } } },
    type: "Ready",
    reason: "NoPodsMatched",
    says: /^spec\.selector matches no pod of namespace e2e-\w+\.$/,
  },
  {
    what: "it matches everything",
    options: { selector: {} },
    type: "Ready",
    reason: "SelectsEverything",
    says: /^spec\.selector is empty and selects every pod .* 1, of which 1 have a container seid\.$/,
  },
  {
    what: "the pods have no such container",
    options: { container: "bystander" },
    type: "Ready",
    reason: "ContainerMissing",
    says: /have no container bystander: sei-0/,
  },
  {
    what: "the container has no rpc port",
    options: { rpcPort: "absent" },
    type: "Ready",
    reason: "RpcPortMissing",
    says: /^Container seid has no port named absent in sei-0:/,
  },
  {
    what: "the webhook's host has no address",
    options: { paging: [{ webhook: { url: "http://pager.invalid/pages" } }] },
    type: "PagingReady",
    reason: "TargetUnusable",
    says: /^spec\.paging\[0\]\.webhook: the host pager\.invalid has no address \(\w+\)\.$/,
  },
  {
    what: "the pager's Secret is missing",
    options: { paging: [{ webhook: { urlSecretRef: { name: "nowhere", key: "url" } } }] },
    type: "PagingReady",
    reason: "TargetUnusable",
    says: /^spec\.paging\[0\]\.webhook: Secret e2e-\w+\/nowhere is not there\.$/,
  },
  {
    what: "the pager's Secret lacks its key",
    options: { paging: [{ pagerDuty: { routingKeySecretRef: { name: "pager", key: "routing" } } }] },
    type: "PagingReady",
    reason: "TargetUnusable",
    says: /^spec\.paging\[0\]\.pagerDuty: Secret e2e-\w+\/pager has no key routing\.$/,
  },
];

scenario(
  "a policy that can't work says what is wrong and where, in a condition and an Event, and nothing crashes",
  ["POLICY-ODD", "SECRET-MISSING"],
  async (testbed) => {
    const controller = await startController(testbed);
    await createPhantom(testbed, "sei-0");
    for (const { what, options, type, reason, says } of ODD) {
      await createPolicy(testbed, { selector: HERE, ...options });
      const { metadata } = await policyIn(testbed);
      const condition = await until(`condition ${type} to be ${reason} when ${what}`, async () => {
        const found = await conditionOf(testbed, type);
        return found?.reason === reason && found;
      });
      expect(condition.message).toMatch(says);
      expect(condition.observedGeneration).toBe(metadata.generation);
      await until(`an Event ${reason} about the policy`, async () => {
        const events = await eventsFor(testbed, reason);
        return events.find(({ involvedObject }) => involvedObject.uid === metadata.uid);
      });
      await removePolicy(testbed);
    }
    controller.signal("SIGTERM");
    expect(await controller.ended).toEqual({ code: 0, signal: null });
  },
);

function messageOf(error: unknown): string {
  return isStatus(error, 422) ? String(error) : `not refused, but: ${error}`;
}
