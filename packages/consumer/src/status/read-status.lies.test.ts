import { Agent } from "undici";
import { afterEach, beforeEach, expect, test } from "vitest";
import { classify } from "../classify.ts";
import type { Evidence } from "../evidence.ts";
import { recommend } from "../recommend.ts";
import { httpNode } from "../testing/http-node.ts";
import { readStatus } from "./read-status.ts";
import { sightingOf } from "./status-reader.ts";

let dispatcher: Agent;
beforeEach(() => {
  dispatcher = new Agent();
});
afterEach(() => dispatcher.destroy());

const NOW = Date.UTC(2026, 7, 21, 18);
const upgrades = [{ planName: "v6.7", height: 30, image: "sei:v6.7" }];
const status = (intent: string, network = '"pacific-1"', height = '"30"') =>
  `{"node_info":{"network":${network}},"sync_info":{"latest_block_height":${height}},"halt_intent":${intent}}`;
const intent = (fields: string) =>
  `{"reason":70,"reason_string":"upgrade_required","plan_name":"v6.7","height":30,"announced_at":"2026-08-21T17:59:41Z"${fields}}`;

/** What a node with this body is judged as, and what is recommended, by a reader who knows what it was before. */
async function judge(body: string, before: Evidence = {}) {
  await using node = await httpNode((_, response) => response.end(body));
  const read = await readStatus(node.url, { dispatcher, now: () => NOW });
  const verdict = classify({ ...before, status: sightingOf(read), listed: upgrades });
  return { read, verdict, ...recommend(verdict, { upgrades, chainId: "pacific-1" }) };
}

test("the truth is acted on", async () => {
  expect(await judge(status(intent("")))).toMatchObject({ action: "swap-to-image", image: "sei:v6.7" });
});

const LIES: Record<string, [body: string, before?: Evidence]> = {
  "an intent for another chain": [status(intent(""), '"arctic-1"'), { lastSeen: { chainId: "pacific-1" } }],
  "an intent from the future": [status(intent(',"announced_at":"2026-08-21T18:05:01Z"'))],
  "an intent from before the process": [status(intent("")), { process: { kind: "running", startedAt: NOW } }],
  "an intent for a height that was passed": [status(intent(""), '"pacific-1"', '"31"')],
  "an intent for a height far ahead": [status(intent(',"height":60'))],
  "a reason twice, of which the last is unknown": [status(intent(',"reason":99'))],
  "a plan twice, of which the last is another": [status(intent(',"plan_name":"v6.8"'))],
  "a plan that is no text": [status(intent(',"plan_name":{"v6.7":1}'))],
  "a height that is no number": [status(intent(',"height":[30]'))],
  "a reason that is no number": [status(intent(',"reason":{"valueOf":70}'))],
  "a reason in words alone": [status('{"reason_string":"upgrade_required","plan_name":"v6.7"}')],
  "an intent that is a text": [status('"upgrade_required"')],
  "an intent that is a list": [status("[70]")],
  "an intent in __proto__": ['{"sync_info":{},"__proto__":{"halt_intent":{"reason":70,"plan_name":"v6.7"}}}'],
  "an intent deeper down": [`{"sync_info":{"halt_intent":${intent("")}}}`],
  "a plan name with a newline": [status(intent(',"plan_name":"v6.7\\nrunning at 31"'))],
  "a plan name with ANSI escapes": [status(intent(',"plan_name":"v6.7\\u001b[2J"'))],
  "a plan name with bidi marks": [status(intent(',"plan_name":"v6.\\u202e7"'))],
  "an info that names an image": [status('{"reason":70,"info":"{\\"image\\":\\"sei:v6.7\\"}"}')],
};

test.each(Object.entries(LIES))("%s changes no image, and no word of it is raw", async (_, lie) => {
  const { read, verdict, action } = await judge(...lie);
  expect(read.kind).toBe("ok");
  expect(action).not.toBe("swap-to-image");
  for (const sentence of [verdict.why, ...verdict.contradictions]) {
    expect(sentence).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  }
});

test("wrong types everywhere are a status that says nothing", async () => {
  for (const wrong of ["null", "5", '"x"', "[]", "{}", "true", "1e400", '{"toString":1}']) {
    const { read } = await judge(`{"node_info":{"network":${wrong}},"sync_info":${wrong}}`);
    expect(read).toMatchObject({ kind: "ok", node: { haltIntent: { kind: "absent" }, height: undefined } });
  }
});

test("a plan name whose bytes are no UTF-8 is dropped, and listing what it reads as changes no image", async () => {
  const [before, after] = status(intent("")).split("v6.7");
  const body = Buffer.concat([Buffer.from(`${before}v6`), Buffer.from([0xff]), Buffer.from(`7${after}`)]);
  await using node = await httpNode((_, response) => response.end(body));
  const read = await readStatus(node.url, { dispatcher, now: () => NOW });
  const planName = "v6\ufffd7";
  const named = [{ planName, height: 30, image: "sei:v6.7" }];
  const verdict = classify({ status: sightingOf(read), listed: named });
  expect(verdict).toMatchObject({ kind: "halted", reason: 70, plan: undefined, corroborated: false });
  expect(recommend(verdict, { upgrades: named }).action).not.toBe("swap-to-image");
});
