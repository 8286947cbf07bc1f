import { expect, test } from "vitest";
import type { StatusResult } from "../status/status-result.ts";
import { NOTHING_AFTERWARDS } from "../testing/afterwards.ts";
import type { EvidenceFacts, Facts, Supervised } from "./facts.ts";
import type { SystemdRules } from "./fate/restart-rules.ts";
import type { Check, Finding } from "./finding.ts";
import { findingsOf } from "./findings.ts";
import type { ExecWrapper } from "./wrapper.ts";

const rules: SystemdRules = {
  kind: "systemd",
  restart: "always",
  prevented: ["70", "71", "72"],
  forced: [],
  success: [],
  isAlwaysClean: false,
  afterwards: NOTHING_AFTERWARDS,
};
const exec: ExecWrapper = {
  kind: "exec",
  pid: 1,
  announce: true,
  hold: false,
  stayAlive: false,
  home: "/x",
  policy: "/p.json",
};
const CLIENT = { kind: "client", name: "docker run", container: "sei" } as const;
const journal = { kind: "readable" } as const;
const unit: EvidenceFacts & { kind: "systemd" } = {
  kind: "systemd",
  user: "sei",
  groups: ["systemd-journal"],
  output: "journal",
  error: "inherit",
  logNamespace: "",
  hook: { journal: true, isPrivileged: false },
  journal,
};
const supervised: Supervised = {
  supervisor: { kind: "systemd", unit: "seid.service", isUser: false },
  between: [exec],
  rules,
  evidence: unit,
};
const answered = (node: object): StatusResult => ({
  kind: "ok",
  at: 0,
  envelope: "bare",
  node: { chainId: "pacific-1", height: 90, haltIntent: { kind: "absent" }, ...node },
});
const upgrade = { planName: "v6.7", height: 100, image: "sei:v6.7" };
const policy = { chainId: "pacific-1", upgrades: [upgrade] };
const read = (over: object) =>
  ({ kind: "read", path: "policy.json", policy: { ...policy, ...over } }) as const;
const WELL: Facts = {
  node: { kind: "running", pid: 7, command: "seid start", foundBy: "--pid" },
  supervised,
  status: { url: "http://127.0.0.1:26657", result: answered({}) },
  policy: read({}),
  upgradeInfo: { kind: "none", path: "/x/data/upgrade-info.json" },
  cosmovisor: {
    folder: "/x/cosmovisor",
    hasCurrent: true,
    mayDownload: false,
    upgrades: [{ planName: "v6.7", path: "/x/cosmovisor/upgrades/v6.7/bin/seid", state: "ready" }],
  },
  imagesHere: ["sei:v6.7"],
};

const by = (over: Partial<Supervised>): Partial<Facts> => ({ supervised: { ...supervised, ...over } });
const evidence = (over: Partial<typeof unit>) => by({ between: [], evidence: { ...unit, ...over } });
const output = (goesTo: (EvidenceFacts & { kind: "output" })["goesTo"]) =>
  by({ between: [], evidence: { kind: "output", goesTo } });
const ended = (kind: "unreachable") => ({ kind, at: 0, problem: "nothing listens there" }) as const;
const prepared = (
  state: "missing" | "not-executable" | "unreadable",
  mayDownload = false,
): Partial<Facts> => ({
  cosmovisor: {
    folder: "/x/cosmovisor",
    hasCurrent: true,
    mayDownload,
    upgrades: [{ planName: "v6.7", path: "/x/seid", state }],
  },
});

test("a node that is ready has nothing to do", () => {
  expect(findingsOf(WELL).filter(({ state }) => state !== "ok")).toEqual([]);
});

test("whatever is found is one line", () => {
  const hostile = "a\n\u001b[31mb\u202e";
  const findings = findingsOf({
    ...WELL,
    node: { kind: "running", pid: 7, command: hostile, foundBy: "--pid" },
    supervised: {
      ...supervised,
      supervisor: { kind: "unseen", parents: [hostile] },
      between: [{ kind: "unknown", name: hostile }],
    },
    policy: read({ chainId: hostile, upgrades: [{ ...upgrade, planName: hostile }] }),
  });
  expect(findings.map(({ found }) => found).join("")).not.toMatch(/[\n\u001b\u202e]/);
});

/** What is changed of a node that is ready, and the finding that comes of it. */
const CASES: readonly [string, Partial<Facts>, Check, Finding["state"], RegExp, RegExp?][] = [
  [
    "no process",
    { node: { kind: "not-found", why: "nobody listens" } },
    "process",
    "todo",
    /not found: nobody listens/,
    /--pid/,
  ],
  [
    "a container elsewhere",
    { node: { kind: "out-of-sight", name: "The container x" } },
    "process",
    "todo",
    /x runs where its processes cannot be seen/,
  ],
  [
    "a unit that is down",
    { node: { kind: "not-running", name: "seid.service" } },
    "process",
    "todo",
    /seid\.service does not run/,
  ],
  [
    "an unknown supervisor",
    by({ supervisor: { kind: "unseen", parents: ["nanny"] } }),
    "supervisor",
    "todo",
    /not known: its parents are nanny/,
  ],
  [
    "the first process of a container",
    by({ supervisor: { kind: "unseen", parents: [] } }),
    "supervisor",
    "todo",
    /as in a container/,
    /on the host/,
  ],
  [
    "a login session",
    by({ supervisor: { kind: "nobody", session: "session-3.scope" }, rules: { kind: "never" } }),
    "supervisor",
    "todo",
    /session-3\.scope/,
  ],
  [
    "a shell between",
    by({ between: [exec, { kind: "shell", name: "sh" }] }),
    "between",
    "todo",
    /shell sh/,
    /exec/,
  ],
  [
    "an unknown program between",
    by({ between: [{ kind: "unknown", name: "wrapper" }] }),
    "between",
    "todo",
    /wrapper stands between/,
  ],
  [
    "a unit that restarts all",
    by({ rules: { ...rules, prevented: [] } }),
    "halt",
    "todo",
    /^70, 71 and 72 would be started again by systemd/,
    /RestartPreventExitStatus=70 71 72/,
  ],
  [
    "a unit that forgets one",
    by({ rules: { ...rules, prevented: ["70", "71"] } }),
    "halt",
    "todo",
    /^72 would be started again/,
  ],
  [
    "a unit that another one upholds",
    by({ rules: { ...rules, afterwards: { ...rules.afterwards, upheldBy: ["sei.target"] } } }),
    "halt",
    "todo",
    /^70, 71 and 72 would not be restarted by systemd .*, and Upholds= of sei\.target brings the node back/,
    /Take it out of Upholds=/,
  ],
  [
    "a unit whose failure starts another one",
    by({ rules: { ...rules, afterwards: { ...rules.afterwards, onFailure: ["tell.service"] } } }),
    "halt",
    "not-checked",
    /^70, 71 and 72 would stay down under systemd .*, unless OnFailure=tell\.service starts it again/,
    /See that tell\.service does not/,
  ],
  [
    "a container without a restart policy",
    by({
      supervisor: { kind: "docker", container: "0123456789abcdef" },
      rules: { kind: "engine", policy: "no", maximum: 0 },
    }),
    "halt",
    "not-checked",
    /unless something outside of it starts the container again/,
    /--unit/,
  ],
  [
    "Docker",
    by({
      supervisor: { kind: "docker", container: "0123456789abcdef" },
      rules: { kind: "engine", policy: "always", maximum: 0 },
    }),
    "halt",
    "todo",
    /by Docker \(container 0123456789ab\)/,
    /exec --hold/,
  ],
  [
    "Docker with exec --hold",
    by({ between: [{ ...exec, hold: true }], rules: { kind: "engine", policy: "always", maximum: 0 } }),
    "halt",
    "ok",
    /waits in the node's place/,
  ],
  [
    "a client of an engine that may hand a halt on",
    by({ between: [CLIENT] }),
    "halt",
    "not-checked",
    /^70, 71 and 72 would stay down under systemd .* as far as docker run hands them on/,
  ],
  [
    "a client of an engine in a unit that restarts all",
    by({ between: [CLIENT], rules: { ...rules, prevented: [] } }),
    "halt",
    "todo",
    /^70, 71 and 72 would be started again by systemd/,
    /RestartPreventExitStatus=70 71 72/,
  ],
  [
    "exec --hold around a client of an engine",
    by({ between: [CLIENT, { ...exec, hold: true }] }),
    "halt",
    "not-checked",
    /the container was not looked at/,
  ],
  ...["halt", "between"].map((check): (typeof CASES)[number] => [
    `a client that hides the end: ${check}`,
    by({
      between: [
        { ...CLIENT, hides: "it hands no exit code on" },
        { ...exec, hold: true },
      ],
    }),
    check as Check,
    "todo",
    /docker run/,
    /upgrade-halt exec --hold before (?:its|the) command.*docker-compose\.md/,
  ]),
  [
    "the log behind a client that hides the end",
    by({ between: [{ ...CLIENT, hides: "x" }, exec] }),
    "evidence",
    "not-checked",
    /docker run may not hand on/,
  ],
  [
    "a container that was not looked at",
    { node: { kind: "in-container", client: CLIENT, foundBy: "the unit sei.service" } },
    "process",
    "not-checked",
    /in a container behind docker run, found by the unit sei\.service/,
  ],
  [
    "tini -e 70",
    by({ between: [{ kind: "init", name: "tini", hides: [70] }] }),
    "halt",
    "todo",
    /^70, which tini -e turns into 0, would be started again/,
    /Take the option off/,
  ],
  [
    "cosmovisor around the node",
    by({ between: [{ kind: "cosmovisor", pid: 3 }] }),
    "halt",
    "todo",
    /^70, 71 and 72, which cosmovisor turns into 1,/,
    /cosmovisor\.md/,
  ],
  [
    "rules that were not read",
    by({ rules: { kind: "unseen", why: "pm2 is not on this PATH", instead: "Ask pm2." } }),
    "halt",
    "todo",
    /pm2 is not on this PATH/,
    /Ask pm2/,
  ],
  [
    "supervisord's startsecs",
    by({
      rules: { kind: "supervisord", autorestart: "unexpected", exitCodes: [0, 70, 71, 72], startSeconds: 1 },
    }),
    "halt",
    "todo",
    /is not sure/,
    /startsecs=0/,
  ],
  [
    "a unit that restarts no crash",
    by({ rules: { ...rules, restart: "no" } }),
    "crash",
    "todo",
    /A crash would stay down/,
  ],
  [
    "a unit that holds an error and an abort, too",
    by({ between: [], rules: { ...rules, prevented: ["70", "71", "72", "1", "ABRT"] } }),
    "crash",
    "todo",
    /^A crash that ends with 1 and SIGABRT would stay down/,
  ],
  [
    "a crash behind a shell that may change its code",
    by({ between: [{ kind: "shell", name: "sh", hides: "code" }] }),
    "crash",
    "todo",
    /is not sure: sh may change its exit code/,
    /arrive unchanged/,
  ],
  [
    "an s6 finish that may hold a crash with the halt before it",
    by({
      rules: { kind: "finish", of: "s6", script: "#!/bin/sh\nexec s6-permafailon 60 1 70-72 true\n" },
    }),
    "crash",
    "todo",
    /is not sure/,
    /do nothing but hold/,
  ],
  [
    "a crash under unread rules",
    by({ rules: { kind: "unseen", why: "x", instead: "Ask." } }),
    "crash",
    "todo",
    /not known: x/,
  ],
  [
    "no hook",
    evidence({ hook: undefined }),
    "evidence",
    "todo",
    /No ExecStopPost=/,
    /systemd-hook --journal/,
  ],
  [
    "a hook without a log",
    evidence({ hook: { journal: false, isPrivileged: false } }),
    "evidence",
    "todo",
    /reads no log/,
  ],
  [
    "a hook of a user who may not read",
    evidence({ groups: ["sei"] }),
    "evidence",
    "todo",
    /runs as sei, who is in no group/,
    /SupplementaryGroups=systemd-journal/,
  ],
  [
    "a hook with +",
    evidence({ groups: [], hook: { journal: true, isPrivileged: true } }),
    "evidence",
    "ok",
    /as root/,
  ],
  ["a unit of root", evidence({ user: undefined, groups: [] }), "evidence", "ok", /as root/],
  ["no journalctl", evidence({ journal: { kind: "missing" } }), "evidence", "todo", /no journalctl/],
  [
    "a journal that this user may not read",
    evidence({ journal: { kind: "refused", words: "No journal files" } }),
    "evidence",
    "todo",
    /yourself \(No journal files\)/,
  ],
  [
    "output that goes past the journal",
    evidence({ output: "append:/var/log/seid.log" }),
    "evidence",
    "todo",
    /append:\/var\/log\/seid\.log/,
    /--log/,
  ],
  [
    "a standard error that goes past the journal",
    evidence({ error: "null" }),
    "evidence",
    "todo",
    /standard error to null/,
    /StandardError=/,
  ],
  ["output to the kernel's log", evidence({ output: "kmsg" }), "evidence", "todo", /output to kmsg/],
  [
    "output to the journal and the console",
    evidence({ output: "journal+console" }),
    "evidence",
    "ok",
    /journal/,
  ],
  [
    "a namespace of the journal",
    evidence({ logNamespace: "sei" }),
    "evidence",
    "todo",
    /namespace sei/,
    /LogNamespace=/,
  ],
  [
    "a hook's log that is not readable",
    evidence({ hook: { journal: false, isPrivileged: false, log: { path: "/l", refused: "sei may not" } } }),
    "evidence",
    "todo",
    /\/l cannot be read: sei may not/,
  ],
  [
    "a container that is removed",
    by({ between: [], evidence: { kind: "engine", driver: "json-file", isRemoved: true } }),
    "evidence",
    "todo",
    /removed when it ends/,
    /--rm/,
  ],
  [
    "a container without a log",
    by({ between: [], evidence: { kind: "engine", driver: "none", isRemoved: false } }),
    "evidence",
    "todo",
    /driver none/,
  ],
  [
    "a container with a log",
    by({ between: [], evidence: { kind: "engine", driver: "local", isRemoved: false } }),
    "evidence",
    "ok",
    /driver local/,
  ],
  ["output thrown away", output({ kind: "null" }), "evidence", "todo", /\/dev\/null/],
  ["output to a terminal", output({ kind: "terminal" }), "evidence", "todo", /terminal/],
  [
    "output that is not seen",
    output({ kind: "unseen", why: "another user's" }),
    "evidence",
    "todo",
    /another user's/,
  ],
  ["output to a logger", output({ kind: "pipe" }), "evidence", "ok", /logger/],
  ["output to a file", output({ kind: "file", path: "/l" }), "evidence", "ok", /read from \/l/],
  [
    "a node that announces nothing",
    by({ between: [] }),
    "contract",
    "todo",
    /no released node does/,
    /exec --announce/,
  ],
  [
    "a node that speaks",
    {
      ...by({ between: [] }),
      status: { url: "u", result: answered({ haltIntent: { kind: "unavailable" } }) },
    },
    "contract",
    "ok",
    /announces its halts itself/,
  ],
  ...(["evidence", "contract"] as const).map((check): (typeof CASES)[number] => [
    `output past exec --announce: ${check}`,
    by({ past: "/var/log/seid.log" }),
    check,
    "todo",
    /output goes to \/var\/log\/seid\.log/,
    /Take the redirection out/,
  ]),
  [
    "output past the journal",
    by({ between: [], past: "/var/log/seid.log" }),
    "evidence",
    "todo",
    /goes to \/var\/log\/seid\.log, and the hook looks in the journal/,
    /Take the redirection out of the command, or give the hook --log FILE/,
  ],
  [
    "output past the engine's log",
    by({ between: [], evidence: { kind: "engine", driver: "local", isRemoved: false }, past: "/log" }),
    "evidence",
    "todo",
    /goes to \/log, and the engine's log has no halt line/,
  ],
  [
    "--announce without a policy",
    by({ between: [{ ...exec, policy: undefined }] }),
    "contract",
    "todo",
    /without a policy/,
  ],
  [
    "pm2 that starts by the clock what it holds",
    by({
      between: [],
      supervisor: { kind: "pm2", home: "/root/.pm2" },
      rules: { kind: "pm2", autorestart: true, stopExitCodes: [70, 71, 72], startedBy: ["cron_restart"] },
    }),
    "halt",
    "todo",
    /70, 71 and 72 would be started again by pm2/,
    /Take cron_restart out/,
  ],
  [
    "a plan that is listed at two heights",
    { policy: read({ upgrades: [upgrade, { ...upgrade, height: 120 }] }) },
    "upgrade",
    "todo",
    /v6\.7 is listed more than once/,
    /List v6\.7 once/,
  ],
  [
    "a plan that is listed with two images",
    { policy: read({ upgrades: [upgrade, { ...upgrade, image: "sei:v6.8" }] }) },
    "upgrade",
    "todo",
    /v6\.7 is listed more than once/,
  ],
  [
    "--announce that asks another address than the node's",
    {
      status: {
        url: "http://127.0.0.1:36657",
        result: answered({}),
        announcerAsks: "http://127.0.0.1:26657",
      },
    },
    "contract",
    "todo",
    /height at http:\/\/127\.0\.0\.1:26657, and the node answers at http:\/\/127\.0\.0\.1:36657/,
    /--rpc http:\/\/127\.0\.0\.1:36657/,
  ],
  [
    "--announce without the node's home",
    by({ between: [{ ...exec, home: undefined }] }),
    "contract",
    "todo",
    /without the node's home: a node that is started again at an upgrade's height ends before it serves/,
    /--home DIR/,
  ],
  [
    "an announcer before a script that was not seen",
    by({ between: [{ kind: "shell", name: "sh", hides: "unseen" }, exec] }),
    "contract",
    "not-checked",
    /stands before sh, which was not looked into/,
  ],
  [
    "an announcer that may not read what it needs",
    { announcer: { unread: [{ path: "/etc/p.json", refused: "sei may not read it" }] } },
    "contract",
    "todo",
    /needs \/etc\/p\.json, and is not sure to read it: sei may not read it/,
    /Let its user read it/,
  ],
  [
    "an announcer of which nobody can try what it may read",
    { announcer: { unread: [{ path: "/etc/p.json", refused: "nobody can", isUntried: true }] } },
    "contract",
    "not-checked",
    /needs \/etc\/p\.json, and is not sure to read it: nobody can/,
    /See in its container/,
  ],
  [
    "an announcer with another home than the node",
    { announcer: { unread: [], nodeHome: "/srv/sei" } },
    "contract",
    "todo",
    /has the home \/x, and the node \/srv\/sei: /,
    /same --home/,
  ],
  [
    "no status",
    { status: { url: "http://x", result: ended("unreachable") } },
    "status",
    "todo",
    /http:\/\/x gave no status \(unreachable\)/,
    /--rpc/,
  ],
  [
    "another node at the address",
    {
      status: {
        url: "http://x",
        result: answered({}),
        otherListener: { pid: 8, command: "osmosisd" },
      },
    },
    "status",
    "todo",
    /listens process 8 \(osmosisd\), and not the node/,
    /--rpc/,
  ],
  [
    "a halt now",
    {
      status: {
        url: "u",
        result: answered({ haltIntent: { kind: "intent", intent: { reason: 70 }, defects: [] } }),
      },
    },
    "status",
    "todo",
    /shows a halt/,
  ],
  ["no policy", { policy: { kind: "none" } }, "policy", "todo", /No policy/],
  [
    "a policy that cannot be read",
    { policy: { kind: "unreadable", problem: "The policy x cannot be read (ENOENT)." } },
    "policy",
    "todo",
    /ENOENT/,
  ],
  [
    "a policy without a chain",
    { policy: read({ chainId: undefined }) },
    "policy",
    "todo",
    /names no chain/,
    /"chainId": "pacific-1"/,
  ],
  [
    "a policy of another chain",
    { policy: read({ chainId: "atlantic-2" }) },
    "policy",
    "todo",
    /for atlantic-2, and the node is on pacific-1/,
  ],
  [
    "a chain that was not seen",
    { status: { url: "u", result: ended("unreachable") } },
    "policy",
    "not-checked",
    /was not seen/,
  ],
  [
    "an upgrade without its height",
    { policy: read({ upgrades: [{ planName: "v6.8", image: "x" }] }) },
    "upgrade",
    "todo",
    /v6\.8 is listed without a height/,
  ],
  ["an upgrade ahead", {}, "upgrade", "ok", /v6\.7 is listed at 100, 10 blocks ahead/],
  ...[99, 100].map((height): (typeof CASES)[number] => [
    `a node at ${height}, which may have halted for what is listed at 100`,
    { status: { url: "u", result: answered({ height }) } },
    "upgrade",
    "not-checked",
    /it has halted there, unless it moves on/,
    /read its log/,
  ]),
  [
    "a height that was not seen",
    { status: { url: "u", result: ended("unreachable") } },
    "upgrade",
    "not-checked",
    /how far ahead/,
  ],
  [
    "nothing ahead",
    { status: { url: "u", result: answered({ height: 101 }) } },
    "upgrade",
    "todo",
    /No upgrade is listed ahead of 101/,
  ],
  [
    "an image that is not here",
    { imagesHere: undefined },
    "image",
    "not-checked",
    /Whether sei:v6\.7 can be pulled was not checked/,
  ],
  [
    "no program under current",
    { cosmovisor: { folder: "/x/cosmovisor", hasCurrent: false, mayDownload: false, upgrades: [] } },
    "cosmovisor",
    "todo",
    /\/x\/cosmovisor\/current/,
  ],
  [
    "no binary of the plan",
    prepared("missing"),
    "cosmovisor",
    "todo",
    /There is no \/x\/seid, so cosmovisor would end at v6\.7/,
  ],
  [
    "a binary that may be downloaded",
    prepared("missing", true),
    "cosmovisor",
    "not-checked",
    /try to download/,
  ],
  [
    "a binary that cannot be executed",
    prepared("not-executable"),
    "cosmovisor",
    "todo",
    /cannot be executed/,
    /chmod/,
  ],
  ["a binary that is not seen", prepared("unreadable"), "cosmovisor", "todo", /by this user/],
  [
    "a damaged upgrade-info.json",
    { upgradeInfo: { kind: "unreadable", path: "/x/u.json", why: "it is not whole" } },
    "upgrade-info",
    "todo",
    /it is not whole/,
  ],
  [
    "an upgrade-info.json",
    { upgradeInfo: { kind: "read", path: "/x/u.json", info: { name: "v6.6", height: 50 } } },
    "upgrade-info",
    "ok",
    /of v6\.6 at 50/,
  ],
];

test.each(CASES)("%s", (_, change, check, state, found, what = /./) => {
  const findings = findingsOf({ ...WELL, ...change }).filter((finding) => finding.check === check);
  const told = findings.filter((finding) => found.test(finding.found));
  expect(told, JSON.stringify(findings)).not.toEqual([]);
  expect(told.map((finding) => finding.state)).toContain(state);
  for (const finding of told) if (finding.state === "todo") expect(finding.todo).toMatch(what);
});
