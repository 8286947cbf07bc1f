import { expect, test } from "vitest";
import { NOTHING_AFTERWARDS } from "../../testing/afterwards.ts";
import type { Fate } from "./fate.ts";
import { type Afterwards, fateOf, type RestartRules, revivalOf, type SystemdRules } from "./restart-rules.ts";

const systemd = (restart: string, rest: Partial<SystemdRules> = {}): SystemdRules => ({
  kind: "systemd",
  restart,
  prevented: [],
  forced: [],
  success: [],
  isAlwaysClean: false,
  afterwards: NOTHING_AFTERWARDS,
  ...rest,
});
const supervisord = (autorestart: "true" | "false" | "unexpected", startSeconds: number): RestartRules => ({
  kind: "supervisord",
  autorestart,
  exitCodes: [0, 70, 71, 72],
  startSeconds,
});
const finish = (script: string | undefined, of: "runit" | "s6" = "runit"): RestartRules => ({
  kind: "finish",
  of,
  script,
});
const CASE = '#!/bin/sh\ncase "$1" in\n  70 | 71 | 72) exec sv down . ;;\nesac\n';

const s6With = (command: string) => finish(`case "$1" in 70|71|72) ${command} ;; esac`, "s6");
const [DOWN, AGAIN, UNSURE] = ["stays-down", "started-again", "unsure"] as const;

/** The rules, and what becomes of 70, 72, 2 and SIGKILL. */
const CASES: readonly [string, RestartRules, readonly [Fate, Fate, Fate, Fate]][] = [
  ["Restart=no", systemd("no"), [DOWN, DOWN, DOWN, DOWN]],
  ["Restart=always", systemd("always"), [AGAIN, AGAIN, AGAIN, AGAIN]],
  ["the guide's unit", systemd("always", { prevented: ["70", "71", "72"] }), [DOWN, DOWN, AGAIN, AGAIN]],
  [
    "prevented beats forced",
    systemd("no", { prevented: ["70"], forced: ["70", "72"] }),
    [DOWN, AGAIN, DOWN, DOWN],
  ],
  ["a signal that is prevented", systemd("always", { prevented: ["SIGKILL"] }), [AGAIN, AGAIN, AGAIN, DOWN]],
  ["on-failure with 70 as success", systemd("on-failure", { success: ["70"] }), [DOWN, AGAIN, AGAIN, AGAIN]],
  ["on-success with 70 as success", systemd("on-success", { success: ["70"] }), [AGAIN, DOWN, DOWN, DOWN]],
  [
    "on-failure of a command that is never at fault",
    systemd("on-failure", { isAlwaysClean: true }),
    [DOWN, DOWN, DOWN, DOWN],
  ],
  [
    "on-success of a command that is never at fault",
    systemd("on-success", { isAlwaysClean: true }),
    [AGAIN, AGAIN, AGAIN, AGAIN],
  ],
  ["on-abnormal", systemd("on-abnormal"), [DOWN, DOWN, DOWN, AGAIN]],
  ["an engine without a policy", { kind: "engine", policy: "no", maximum: 0 }, [DOWN, DOWN, DOWN, DOWN]],
  [
    "an engine's bound of attempts",
    { kind: "engine", policy: "on-failure", maximum: 3 },
    [AGAIN, AGAIN, AGAIN, AGAIN],
  ],
  ["unless-stopped", { kind: "engine", policy: "unless-stopped", maximum: 0 }, [AGAIN, AGAIN, AGAIN, AGAIN]],
  [
    "an engine's policy that is not known",
    { kind: "engine", policy: "new", maximum: 0 },
    [UNSURE, UNSURE, UNSURE, UNSURE],
  ],
  ["supervisord as the page has it", supervisord("unexpected", 0), [DOWN, DOWN, AGAIN, AGAIN]],
  ["supervisord with startsecs", supervisord("unexpected", 1), [UNSURE, UNSURE, AGAIN, AGAIN]],
  ["supervisord that restarts all", supervisord("true", 0), [AGAIN, AGAIN, AGAIN, AGAIN]],
  ["supervisord that restarts nothing", supervisord("false", 0), [DOWN, DOWN, DOWN, DOWN]],
  [
    "pm2 with codes",
    { kind: "pm2", autorestart: true, stopExitCodes: [70, 71], startedBy: [] },
    [DOWN, AGAIN, AGAIN, AGAIN],
  ],
  [
    "pm2 with codes, and a time at which it starts all",
    { kind: "pm2", autorestart: true, stopExitCodes: [70, 71, 72], startedBy: ["cron_restart"] },
    [AGAIN, AGAIN, AGAIN, AGAIN],
  ],
  [
    "pm2 without autorestart",
    { kind: "pm2", autorestart: false, stopExitCodes: [], startedBy: [] },
    [DOWN, DOWN, DOWN, DOWN],
  ],
  ["no finish", finish(undefined), [AGAIN, AGAIN, AGAIN, AGAIN]],
  ["runit's finish", finish(CASE), [DOWN, DOWN, AGAIN, AGAIN]],
  [
    "a finish that writes down what it is told",
    finish(`echo "$1 $2" > told\n${CASE}`),
    [DOWN, DOWN, AGAIN, AGAIN],
  ],
  ["a pattern", finish("case $1 in 7[01]) sv down .;; esac"), [DOWN, AGAIN, AGAIN, AGAIN]],
  [
    "s6's finish",
    finish('#!/bin/sh\ncase "$1" in 70|71|72) exit 125 ;; esac\n', "s6"),
    [DOWN, DOWN, AGAIN, AGAIN],
  ],
  [
    "s6's finish that counts a halt for a minute, and holds a crash within it",
    finish("#!/bin/sh\nexec s6-permafailon 60 1 70-72 true\n", "s6"),
    [DOWN, DOWN, UNSURE, UNSURE],
  ],
  [
    "a finish that only speaks of it",
    finish("#!/bin/sh\n# 70, 71, 72: sv down .\necho $1\n"),
    [UNSURE, UNSURE, UNSURE, UNSURE],
  ],
  [
    "a finish that holds something else",
    finish("exec s6-permafailon 60 5 SIGSEGV true", "s6"),
    [UNSURE, UNSURE, UNSURE, UNSURE],
  ],
  [
    "a finish whose branch for halts only speaks of them",
    finish('case "$1" in 70|71|72) echo halt;; *) sv down .;; esac'),
    [AGAIN, AGAIN, DOWN, DOWN],
  ],
  [
    "a finish that names the codes elsewhere",
    finish('if [ "$1" = 1 ]; then sv down .; fi; echo "codes 70 71 72"'),
    [UNSURE, UNSURE, UNSURE, UNSURE],
  ],
  [
    "a finish that says how to hold",
    finish('case "$1" in 70|71|72) echo "sv down .";; esac'),
    [UNSURE, UNSURE, AGAIN, AGAIN],
  ],
  [
    "a finish that holds under a condition",
    finish('case "$1" in 70|71|72) [ -f /hold ] && sv down . ;; esac'),
    [UNSURE, UNSURE, AGAIN, AGAIN],
  ],
  [
    "a finish that holds another service",
    finish('case "$1" in 70|71|72) sv down ../other ;; esac'),
    [UNSURE, UNSURE, AGAIN, AGAIN],
  ],
  [
    "a finish that starts the service again after it held",
    finish('case "$1" in 70|71|72) sv down . ;; esac\nsv up .'),
    [UNSURE, UNSURE, UNSURE, UNSURE],
  ],
  [
    "a finish of which another branch is about halts",
    finish('case "$2" in 70|71|72) sv down . ;; esac'),
    [UNSURE, UNSURE, UNSURE, UNSURE],
  ],
  [
    "a finish that ends before it holds",
    finish('exit 0\ncase "$1" in 70|71|72) sv down . ;; esac'),
    [UNSURE, UNSURE, UNSURE, UNSURE],
  ],
  ["a finish that ends with 0", finish(`${CASE}exit 0`), [DOWN, DOWN, AGAIN, AGAIN]],
  [
    "a finish with an odd pattern",
    finish('case "$1" in [|70) sv down . ;; esac'),
    [DOWN, AGAIN, AGAIN, AGAIN],
  ],
  [
    "s6's finish that takes two deaths",
    finish("exec s6-permafailon 60 2 70-72 true", "s6"),
    [UNSURE, UNSURE, UNSURE, UNSURE],
  ],
  [
    "a finish of runit that is one of s6",
    finish('case "$1" in 70|71|72) exit 125 ;; esac'),
    [UNSURE, UNSURE, AGAIN, AGAIN],
  ],
  [
    "a finish of s6 that is one of runit",
    finish('case "$1" in 70|71|72) sv down . ;; esac', "s6"),
    [UNSURE, UNSURE, AGAIN, AGAIN],
  ],
  [
    "a finish that says s6-permafailon to runit",
    finish("exec s6-permafailon 60 1 70-72 true"),
    [UNSURE, UNSURE, UNSURE, UNSURE],
  ],
  [
    "a finish that goes into another folder first",
    finish(`cd /var/log\n${CASE}`),
    [UNSURE, UNSURE, UNSURE, UNSURE],
  ],
  [
    "a finish that goes into another folder in its branch",
    finish('case "$1" in 70|71|72) cd /; sv down . ;; esac'),
    [UNSURE, UNSURE, AGAIN, AGAIN],
  ],
  ["a finish that drops its first word", finish(`shift\n${CASE}`), [UNSURE, UNSURE, UNSURE, UNSURE]],
  ["a finish that may stop half-way", finish(`set -e\n${CASE}`), [UNSURE, UNSURE, UNSURE, UNSURE]],
  ["a finish that has another one first", finish(`. ./common\n${CASE}`), [UNSURE, UNSURE, UNSURE, UNSURE]],
  [
    "s6's finish that pages first, and may be killed meanwhile",
    finish('case "$1" in 70|71|72) page-me "$1"; exit 125 ;; esac', "s6"),
    [UNSURE, UNSURE, AGAIN, AGAIN],
  ],
  [
    "s6's finish that says so first",
    finish('echo "$1"\ncase "$1" in 70|71|72) echo held; exit 125 ;; esac', "s6"),
    [DOWN, DOWN, AGAIN, AGAIN],
  ],
  [
    "s6's finish that keeps a word of its own first",
    finish('case "$1" in 70|71|72) told=$1; exit 125 ;; esac', "s6"),
    [DOWN, DOWN, AGAIN, AGAIN],
  ],
  ...["FOO=1 curl http://pager", "TIMEOUT=60 page-me", "echo-to-pager", "truelove", "printf_all", ":x"].map(
    (first): (typeof CASES)[number] => [
      `s6's finish that may be killed in ${first}`,
      finish(`case "$1" in 70|71|72) ${first}; exit 125 ;; esac`, "s6"),
      [UNSURE, UNSURE, AGAIN, AGAIN],
    ],
  ),
  [
    "s6's finish that writes into what may be a pipe that nobody reads",
    s6With("echo halted > /run/pager; exit 125"),
    [UNSURE, UNSURE, AGAIN, AGAIN],
  ],
  [
    "s6's finish that reads from what may be a pipe that nobody writes",
    s6With(": < /run/pager; exit 125"),
    [UNSURE, UNSURE, AGAIN, AGAIN],
  ],
  [
    "s6's finish that writes where nobody has to read",
    s6With('echo "$1 -> held"; echo x > /dev/null; exit 125'),
    [DOWN, DOWN, AGAIN, AGAIN],
  ],
  ["s6's finish that takes it down", s6With("s6-svc -d ."), [DOWN, DOWN, AGAIN, AGAIN]],
  ["s6's finish that only waits until it is down", s6With("s6-svc -wd ."), [UNSURE, UNSURE, AGAIN, AGAIN]],
  ["s6's finish that takes it down and up again", s6With("s6-svc -du ."), [UNSURE, UNSURE, AGAIN, AGAIN]],
  [
    "runit's finish that pages first",
    finish('case "$1" in 70|71|72) page-me "$1"; sv down . ;; esac'),
    [DOWN, DOWN, AGAIN, AGAIN],
  ],
  ["always", { kind: "always" }, [AGAIN, AGAIN, AGAIN, AGAIN]],
  ["never", { kind: "never" }, [DOWN, DOWN, DOWN, DOWN]],
  ["unseen", { kind: "unseen", why: "", instead: "" }, [UNSURE, UNSURE, UNSURE, UNSURE]],
];

test.each(CASES)("%s", (_, rules, fates) => {
  const codes = [70, 72, 2].map((code) => fateOf(rules, { kind: "exited", code }));
  expect([...codes, fateOf(rules, { kind: "signalled", signal: "KILL" })]).toEqual(fates);
});

test.each<[string, Partial<Afterwards>, Partial<SystemdRules>, string | undefined]>([
  ["nothing", {}, {}, undefined],
  ["a unit that upholds it", { upheldBy: ["sei.target"] }, {}, "started-again by Upholds= of sei.target"],
  [
    "services that are started with it",
    { pulledInBy: ["feeder.service", "signer.service"], onFailure: ["tell.service"] },
    {},
    "unsure by feeder.service and signer.service",
  ],
  [
    "a hook that starts units",
    { startingHooks: ["ExecStopPost"], triggeredBy: ["seid.timer"] },
    {},
    "unsure by a command of ExecStopPost=",
  ],
  ["a reboot", { failureAction: "reboot" }, {}, "started-again by FailureAction=reboot"],
  ["a reboot after a failure that this is not", { failureAction: "reboot" }, { success: ["70"] }, undefined],
  [
    "a reboot after a success",
    { successAction: "reboot" },
    { success: ["70"] },
    "started-again by SuccessAction=reboot",
  ],
  ["a reboot after a success that this is not", { successAction: "reboot" }, {}, undefined],
  [
    "a unit that runs after a failure",
    { onFailure: ["tell.service"] },
    {},
    "unsure by OnFailure=tell.service",
  ],
  [
    "a unit that runs after a success",
    { onSuccess: ["a.service"] },
    { isAlwaysClean: true },
    "unsure by OnSuccess=a.service",
  ],
  ["a timer", { triggeredBy: ["seid.timer"] }, {}, "unsure by seid.timer"],
])("what brings a unit back that stays down at 70: %s", (_, afterwards, rest, expected) => {
  const rules = systemd("always", {
    prevented: ["70"],
    afterwards: { ...NOTHING_AFTERWARDS, ...afterwards },
    ...rest,
  });
  const revival = revivalOf(rules, { kind: "exited", code: 70 });
  expect(revival && `${revival.fate} by ${revival.by}`).toBe(expected);
});
