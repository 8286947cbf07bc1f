import { expect, test } from "vitest";
import { FORMATS, type LogFormat, SAYINGS, TRANSPORTS } from "../testing/log-formats.ts";
import { INFOS, QUOTINGS } from "../testing/quoted-halts.ts";
import { findPlanLines } from "./find-plan-lines.ts";

const TEXTS = [
  'UPGRADE "v6.7" NEEDED at height: 30: ',
  'UPGRADE "v6.7" NEEDED at height: 30: {"upgradeType":"minor"}',
  'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v6.7" - in binary but not executed on chain',
  "wrong app version 0, upgrade handler is missing for v6.7 upgrade plan",
];
const cases = Object.entries({ ...QUOTINGS, ...INFOS });
const through = Object.values(TRANSPORTS).flatMap((wrap) =>
  Object.values(FORMATS).map((write) => ({ wrap, write })),
);

/** Each logger's format through each transport, with a line before and after that has nothing to do with a halt. */
function eachLog(quote: (write: LogFormat) => string, check: (log: string) => void): void {
  for (const { wrap, write } of through) {
    const chatter = write("INF", "committed state", { height: "29", module: "state" });
    check(wrap([chatter, quote(write), chatter].join("\n")));
  }
}

test.each(cases)("a halt text %s is no halt line, in any format through any transport", (_, quoting) => {
  for (const text of TEXTS)
    eachLog(
      (write) => quoting(text, write),
      (log) => expect(findPlanLines(log), log).toEqual([]),
    );
});

const OTHER = 'UPGRADE "v9" NEEDED at height: 5: ';
const TRUE = { reason: 70, plan: "v6.7", height: 30 };

test.each(Object.entries(QUOTINGS))(
  "a halt text %s takes nothing from the true one after it",
  (_, quoting) => {
    for (const [how, say] of Object.entries(SAYINGS))
      eachLog(
        (write) =>
          `${quoting(OTHER, write)}\n${write("INF", "block", { a: "b" })}\n${say(TEXTS[0] ?? "", write)}`,
        (log) => expect(findPlanLines(log), `${how}: ${log}`).toMatchObject([TRUE]),
      );
  },
);

test.each(Object.entries(INFOS))(
  "a halt text in an info %s is not taken for the true one after it",
  (_, quoting) => {
    for (const say of Object.values(SAYINGS))
      eachLog(
        (write) => `${quoting(OTHER, write)}\n${say(TEXTS[0] ?? "", write)}`,
        (log) => {
          for (const line of findPlanLines(log)) expect(line, log).toMatchObject(TRUE);
        },
      );
  },
);

test.each(Object.entries(QUOTINGS))("a halt text %s is no halt line where nothing else is", (_, quoting) => {
  for (const text of TEXTS)
    for (const write of Object.values(FORMATS)) {
      expect(findPlanLines(quoting(text, write), { isUnwrapped: true })).toEqual([]);
      expect(findPlanLines(`boot\n${quoting(text, write)}\n`)).toEqual([]);
    }
});

test.each(["memo | ", "MESSAGE=", "memo: ", "memo ", " "])(
  "the one line of a log that begins %j is no proof",
  (before) => {
    for (const text of TEXTS) expect(findPlanLines(`${before}${text}\n`)).toEqual([]);
  },
);

const NEEDED = 'UPGRADE "v6.7" NEEDED at height: 30: ';

test.each([
  ["ends twice", 'UPGRADE "v6.7" NEEDED at height: 30: x" NEEDED at height: 32: '],
  ["ends twice at once", 'UPGRADE "v6.7" NEEDED at height: 30:" NEEDED at height: 32: '],
  ["quotes the begin of a line", 'UPGRADE "v6.7" NEEDED at height: 30: UPGRADE "x" NEEDED at height: 32: '],
  [
    "of a binary that is too new ends twice",
    'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v6.7" - in binary but not executed on chain. x" - in binary but not executed on chain',
  ],
])("a name that %s is none", (_, text) => {
  for (const log of [text, `panic: ${text}`, `5:59PM ERR ${text} module=x/upgrade`])
    expect(findPlanLines(log)).toEqual([]);
});

test("a colour within a plan's name is part of the name", () => {
  const text = NEEDED.replace("v6.7", "v6.\u001b[1m7");
  for (const log of [
    text,
    `5:59PM ERR ${text} module=x/upgrade`,
    JSON.stringify({ level: "error", msg: text }),
  ])
    for (const { plan } of findPlanLines(log)) expect(plan).not.toBe("v6.7");
});

test.each([
  "Version info memo",
  "5:59PM INF Version info memo of somebody module=state",
  "5:59PM INF executed tx memo=Version info module=state",
  '5:59PM INF applying upgrade "v6.7" says somebody module=state',
  "Started memo.service",
  "App [memo] starting",
  "starting node with ABCI CometBFT in-process",
  '5:59PM INF executed tx memo="running app"',
])("%j is no start, and takes nothing away", (memo) => {
  expect(findPlanLines(`${NEEDED}\n${memo}\n`)).toMatchObject([{ plan: "v6.7", height: 30 }]);
});

test("a start that somebody wrote into a plan's info hides no other plan's halt at this height", () => {
  const forged = `UPGRADE "v6.6" NEEDED at height: 30: x\n5:59PM INF running app module=cosmovisor\n${NEEDED}`;
  expect(findPlanLines(`5:59PM ERR ${forged}`)).toMatchObject([{ plan: "v6.7" }, { plan: "v6.6" }]);
});

test("a message that goes on in the next line does not begin a halt line there", () => {
  const log = `5:59PM ERR failed to execute message; message index: 0: \n${NEEDED}\npanic: ${NEEDED}`;
  expect(findPlanLines(log)).toEqual([]);
});

test("a scheduled upgrade whose info ends on its line leaves what comes after it as it is", () => {
  const scheduled =
    '5:58PM INF UPGRADE "v6.7" SCHEDULED at height: 30: {"upgradeType":"minor"} module=x/upgrade';
  const log = `${scheduled}\n5:59PM INF committed state height=29\n5:59PM ERR ${NEEDED} module=x/upgrade\n${NEEDED}`;
  expect(findPlanLines(log)).toMatchObject([{ plan: "v6.7", height: 30 }]);
});

test.each(Object.entries(SAYINGS).filter(([how]) => how !== "a wrapped message"))(
  "through every transport, a log of which one line is not written down so is the node's own: %s",
  (_, say) => {
    for (const [name, wrap] of Object.entries(TRANSPORTS)) {
      if (name === "as it is") continue;
      const log = `boot of the node\n${wrap(say(NEEDED, FORMATS["zerolog JSON"] as never))}`;
      expect(findPlanLines(log), log).toEqual([]);
    }
  },
);

test("the rest of a line that a runtime wrote in parts is never a line, whatever came between", () => {
  const cri = [
    `2026-08-21T18:00:00Z stdout P 5:59PM INF executed tx memo=`,
    "2026-08-21T18:00:00Z stderr F boot",
    `2026-08-21T18:00:00Z stdout F ${NEEDED}`,
  ];
  expect(findPlanLines(cri.join("\n"))).toEqual([]);
  const long = ["x".repeat(1_100_000), `${NEEDED}\n`].map((log) => JSON.stringify({ log, stream: "stderr" }));
  expect(findPlanLines(long.join("\n"))).toEqual([]);
});

test.each(["line-max", "nul"])(
  "the rest of a line that journald cut at %s is never a line",
  (_LINE_BREAK) => {
    const [begin, between] = [`5:59PM INF executed tx memo=${"x".repeat(49_000)}`, "boot"];
    const json = [
      { MESSAGE: begin, _LINE_BREAK, _STREAM_ID: "1" },
      { MESSAGE: between, _STREAM_ID: "2" },
      { MESSAGE: NEEDED, _STREAM_ID: "1" },
    ].map((fields) => ({ __CURSOR: "s=1", ...fields }));
    const exported = json.map((fields) => Object.entries(fields).map(([name, value]) => `${name}=${value}`));
    for (const log of [
      json.map((fields) => JSON.stringify(fields)).join("\n"),
      exported.map((lines) => `${lines.join("\n")}\n\n`).join(""),
    ])
      expect(findPlanLines(log)).toEqual([]);
  },
);

test("of a journal only the messages are the node's", () => {
  const entry = (message: string, more: string) => `__CURSOR=s\n_PID=7\nMESSAGE=${message}\n${more}\n\n`;
  expect(findPlanLines(entry("boot", `CODE=${NEEDED}`) + entry("x", `MEMO=${NEEDED}`))).toEqual([]);
  expect(findPlanLines(entry("boot", "PRIORITY=6") + entry(NEEDED, "PRIORITY=3"))).toMatchObject([
    { height: 30 },
  ]);
  const length = Buffer.from([4 + NEEDED.length, 0, 0, 0, 0, 0, 0, 0]).toString();
  const binary = `_PID=7\nMESSAGE\n${length}abc\n${NEEDED}\nPRIORITY=6\n\n`;
  expect(findPlanLines(entry("boot", "PRIORITY=6") + binary)).toEqual([]);
});
