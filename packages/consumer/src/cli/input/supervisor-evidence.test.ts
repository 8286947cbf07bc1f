import fc from "fast-check";
import { expect, test } from "vitest";
import { classify } from "../../classify.ts";
import { ConsumerError } from "../../consumer-error.ts";
import {
  finishEvidence,
  pm2Evidence,
  s6Evidence,
  supervisordEvidence,
  unitEvidence,
} from "./supervisor-evidence.ts";

const unit = (pid: number, code: number, status: number, result: string) =>
  `Type=simple\nMainPID=${pid}\nResult=${result}\nExecMainCode=${code}\nExecMainStatus=${status}\nEnvironment=A=B=C\nActiveState=failed\n`;
const pm2 = (...apps: readonly [string, string, number?][]) =>
  `>>>> In-memory PM2 is out-of-date\n${JSON.stringify(
    apps.map(([name, status, exit_code]) => ({ name, pid: 0, pm2_env: { status, exit_code } })),
  )}`;
const LOG = `2026-11-30 07:00:00,123 INFO spawned: 'seid' with pid 12
2026-11-30 07:00:00,456 INFO success: seid entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
2026-11-30 07:00:05,789 INFO spawned: 'oracle' with pid 14
`;
const said = (words: string) => `${LOG}2026-11-30 07:01:00,001 INFO ${words}\n`;
const againAfter70 = (endedAt: string | undefined) =>
  `${said("exited: seid (exit status 70; not expected)")}2026-11-30 07:01:01,000 INFO spawned: 'seid' with pid 15
${endedAt === undefined ? "" : `2026-11-30 ${endedAt} WARN exited: seid (exit status 2; not expected)\n`}`;
const HALTED = { kind: "halted", reason: 70, corroborated: false };
const KILLED = { kind: "crashed", cause: { kind: "signal", signal: "SIGKILL" } };

test.each([
  ["systemd: ended with 70", unitEvidence(unit(0, 1, 70, "exit-code")), HALTED],
  ["systemd: killed", unitEvidence(unit(0, 2, 9, "signal")), KILLED],
  [
    "systemd: killed for its memory",
    unitEvidence(unit(0, 2, 9, "oom-kill")),
    { kind: "crashed", cause: { kind: "out-of-memory" } },
  ],
  ["systemd: told to stop", unitEvidence(unit(0, 1, 0, "success")), { kind: "stopped" }],
  ["systemd: runs", unitEvidence(unit(12, 1, 70, "success")), { kind: "running" }],
  ["systemd: never ran", unitEvidence(unit(0, 0, 0, "success")), { kind: "unknown" }],
  [
    "supervisord: ended with 70",
    supervisordEvidence(said("exited: seid (exit status 70; expected)"), "seid"),
    HALTED,
  ],
  [
    "supervisord: killed",
    supervisordEvidence(said("exited: seid (terminated by SIGKILL; not expected)"), "seid"),
    KILLED,
  ],
  [
    "supervisord: told to stop",
    supervisordEvidence(said("stopped: seid (terminated by SIGTERM)"), "seid"),
    { kind: "stopped" },
  ],
  [
    "supervisord: ended with 70, and crashed as it was started again",
    supervisordEvidence(againAfter70("07:01:02,000"), "seid"),
    { ...HALTED, why: expect.stringContaining("since then it exited with 2") },
  ],
  [
    "supervisord: ended with 70, was started again, and crashed an hour later",
    supervisordEvidence(againAfter70("08:01:02,000"), "seid"),
    { kind: "crashed" },
  ],
  [
    "supervisord: ended with 70, and runs again",
    supervisordEvidence(againAfter70(undefined), "seid"),
    { kind: "running" },
  ],
  [
    "supervisord: another one ended",
    supervisordEvidence(said("exited: oracle (exit status 70; expected)"), "seid"),
    { kind: "running" },
  ],
  ["pm2: ended with 70", pm2Evidence(pm2(["seid", "stopped", 70], ["oracle", "online"]), "seid"), HALTED],
  [
    "pm2: ended, with what it writes of a signal, too",
    pm2Evidence(pm2(["seid", "stopped", 0]), undefined),
    { kind: "unknown" },
  ],
  ["pm2: runs again", pm2Evidence(pm2(["seid", "online", 70]), undefined), { kind: "running" }],
  ["s6: ended with 70", s6Evidence("down (exitcode 70) 1 seconds, normally up, ready 1 seconds\n"), HALTED],
  ["s6: killed", s6Evidence("down (signal SIGKILL) 1 seconds, normally up"), KILLED],
  ["s6: runs", s6Evidence("up (pid 7350 pgid 7350) 1 seconds"), { kind: "running" }],
  ["runit: ended with 70", finishEvidence("70 0\n"), HALTED],
  ["runit: killed", finishEvidence("-1 9\n"), KILLED],
  ["s6: a finish of a node that was killed", finishEvidence("256 9 seid 12\n"), KILLED],
])("%s", (_, evidence, verdict) => {
  expect(classify(evidence)).toMatchObject(verdict);
});

test.each([
  [() => unitEvidence(`${unit(0, 1, 72, "exit-code")}\n${unit(12, 0, 0, "success")}`), /several units/],
  [() => unitEvidence("Unit seid.service could not be found.\n"), /ExecMainStatus/],
  [() => supervisordEvidence(LOG, undefined), /--container: it tells of seid, oracle\.$/],
  [() => supervisordEvidence("", "seid"), /--container: it tells of none\.$/],
  [() => pm2Evidence(pm2(["seid", "online"]), "sied"), /--container: it tells of seid\.$/],
  [() => pm2Evidence("[PM2][ERROR] no", undefined), /the list of pm2 is no JSON/],
  [() => s6Evidence("s6-svstat: fatal: unable to read status"), /s6-svstat DIR/],
  [() => finishEvidence("seventy"), /"70 0"/],
])("what does not fit is told in one sentence: %#", (read, sentence) => {
  expect(read).toThrow(ConsumerError);
  expect(read).toThrow(sentence);
});

test("whatever it is given, it is evidence or refused", () => {
  const readers = [unitEvidence, supervisordEvidence, pm2Evidence, s6Evidence, finishEvidence];
  const mangled = fc
    .tuple(
      fc.constantFrom(
        unit(0, 1, 70, "exit-code"),
        said("exited: seid (exit status 70; expected)"),
        pm2(["seid", "stopped", 70]),
        "down (exitcode 70) 1 s",
        "-1 9",
      ),
      fc.nat(),
      fc.string({ unit: "binary" }),
    )
    .map(([text, at, more]) => text.slice(0, at % text.length) + more + text.slice(at % text.length));
  fc.assert(
    fc.property(mangled, fc.constantFrom(undefined, "seid"), (text, name) => {
      for (const read of readers) {
        try {
          classify(read(text, name));
        } catch (error) {
          expect(error).toBeInstanceOf(ConsumerError);
        }
      }
    }),
  );
});
