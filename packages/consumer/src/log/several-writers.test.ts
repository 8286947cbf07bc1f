import { expect, test } from "vitest";
import { findPlanLines } from "./find-plan-lines.ts";

const NEEDED = 'UPGRADE "v6.7" NEEDED at height: 30: ';
const TIME = "2026-08-21T18:00:00Z";
const json = (fields: object) => JSON.stringify(fields);

/** A line as the n-th of several wrote it into one log. */
const WRITERS: Readonly<Record<string, (n: number, text: string) => string>> = {
  "two pods of kubectl": (n, text) => `[pod/sei-${n}/seid] ${text}`,
  "two pods of kubectl with times": (n, text) => `[pod/sei-${n}/seid] ${TIME} ${text}`,
  "two containers of a pod": (n, text) => `[pod/sei-0/c${n}] ${text}`,
  "two services of compose": (n, text) => `seid-${n}  | ${text}`,
  "two named containers of compose": (n, text) => `seid${n}  | ${text}`,
  "two processes of pm2": (n, text) => `${n}|seid  | ${text}`,
  "two processes of honcho": (n, text) => `18:00:00 seid.${n} | ${text}`,
  "two programs of a host": (n, text) => `Aug 21 18:00:00 val-1 p${n}[7]: ${text}`,
  "two hosts": (n, text) => `2026-08-21T18:00:00+00:00 val-${n} seid[7]: ${text}`,
  "two units, in the journal's export": (n, text) => `_SYSTEMD_UNIT=u${n}.service\nMESSAGE=${text}\n`,
  "two units, in the journal's JSON": (n, text) =>
    json({ __CURSOR: "s=1", _SYSTEMD_UNIT: `u${n}.service`, MESSAGE: text }),
  "two containers, in the journal of Docker": (n, text) =>
    json({ __CURSOR: "s=1", _SYSTEMD_UNIT: "docker.service", CONTAINER_NAME: `c${n}`, MESSAGE: text }),
  "two processes, in pm2's JSON": (n, text) =>
    json({ message: `${text}\n`, timestamp: TIME, type: "out", process_id: n, app_name: "seid" }),
  "two pods, as a shipper writes": (n, text) =>
    json({ log: `${text}\n`, stream: "stderr", time: TIME, kubernetes: { pod_name: `sei-${n}` } }),
};

const log = (write: (text: string) => string, other: (text: string) => string) =>
  [
    other("5:58PM INF committed state height=31 module=state"),
    write(`5:59PM ERR ${NEEDED} module=x/upgrade`),
    write(`panic: ${NEEDED}`),
    other("5:59PM INF committed state height=32 module=state"),
  ].join("\n");

test.each(Object.entries(WRITERS))("a halt line in a log of %s is nobody's for sure", (_, by) => {
  const text = log(by.bind(null, 1), by.bind(null, 2));
  expect(findPlanLines(text)).toEqual([]);
  expect(findPlanLines(text, { withUnsure: true })).toEqual([
    { reason: 70, plan: "v6.7", height: 30, unsure: true },
  ]);
  expect(findPlanLines(log(by.bind(null, 1), by.bind(null, 1)))).toMatchObject([{ height: 30 }]);
});

test("the start of another takes no halt line away", () => {
  const text = [
    `[pod/sei-0/seid] panic: ${NEEDED}`,
    "[pod/sei-1/seid] 5:59PM INF starting node with ABCI CometBFT in-process module=server",
  ].join("\n");
  expect(findPlanLines(text, { withUnsure: true })).toMatchObject([{ height: 30, unsure: true }]);
});

test.each([
  ["systemd", "Aug 21 18:00:00 val-1 systemd[1]: Started seid.service - Sei node."],
  ["systemd of a user", "Aug 21 18:00:00 val-1 systemd[812]: Started seid.service - Sei node."],
])("what %s says of its unit is of no other node", (_, start) => {
  const line = (text: string) => `Aug 21 18:00:00 val-1 seid[7]: ${text}`;
  expect(findPlanLines([start, line(`panic: ${NEEDED}`)].join("\n"))).toMatchObject([{ height: 30 }]);
  expect(findPlanLines([line(`panic: ${NEEDED}`), start, line("boot")].join("\n"))).toEqual([]);
});

test("what the kernel says is of no other node", () => {
  const killed = "Out of memory: Killed process 7 (seid)";
  const short = [
    `Aug 21 18:00:00 val-1 seid[7]: panic: ${NEEDED}`,
    `Aug 21 18:00:01 val-1 kernel: ${killed}`,
  ];
  const entries = [
    { __CURSOR: "s=1", _HOSTNAME: "val-1", _SYSTEMD_UNIT: "seid.service", MESSAGE: `panic: ${NEEDED}` },
    { __CURSOR: "s=2", _HOSTNAME: "val-1", _TRANSPORT: "kernel", MESSAGE: killed },
  ];
  for (const text of [short.join("\n"), entries.map(json).join("\n")])
    expect(findPlanLines(text)).toMatchObject([{ height: 30 }]);
});
