import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readSupervisord } from "./supervisord.ts";

const SEID = { SUPERVISOR_PROCESS_NAME: "seid", SUPERVISOR_GROUP_NAME: "seid" };

/** The configuration of a process that names it as supervisord does, and what is read of a program that has this environment. */
async function supervisordWith(config: string, env: Readonly<Record<string, string>> = SEID) {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-supervisord-"));
  const path = join(folder, "supervisord.conf");
  await writeFile(path, config);
  const args = ["-e", "console.log(); setInterval(() => {}, 1000)", "--", "-c", path];
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await rm(folder, { recursive: true });
  });
  await once(child.stdout, "data");
  const pid = child.pid ?? 0;
  const rules = () => readSupervisord({ kind: "supervisord", pid }, { pid, name: "seid", args: [] }).rules;
  return { path, rules };
}

/** What is read of a program with these settings. */
async function rulesWith(settings: string) {
  return (await supervisordWith(`[program:seid]\ncommand=seid start\n${settings}\n`)).rules();
}

const onLinux = test.skipIf(process.platform !== "linux");

onLinux.each([
  [
    "autorestart=No\nexitcodes=0, 70\nstartsecs=0",
    { autorestart: "false", exitCodes: [0, 70], startSeconds: 0 },
  ],
  ["autorestart=on", { autorestart: "true", exitCodes: [0], startSeconds: 1 }],
  ["", { autorestart: "unexpected", exitCodes: [0], startSeconds: 1 }],
])("reads %j as supervisord does", async (settings, rules) => {
  expect(await rulesWith(settings)).toEqual({ kind: "supervisord", ...rules });
});

onLinux.each([
  "autorestart=%(ENV_RESTART)s\nstartsecs=0",
  "exitcodes=%(ENV_CODES)s",
  "startsecs=%(ENV_SECONDS)s",
])("of what is put together elsewhere nothing is known: %j", async (settings) => {
  expect(await rulesWith(settings)).toMatchObject({ kind: "unseen", why: expect.stringContaining("%(ENV_") });
});

const GROUPED = `[group:feeder]
programs=seid, feeder
[program:feeder]
autorestart=false
[program:seid]
autorestart=true
`;

onLinux.each([
  ["seid", "true"],
  ["feeder", "false"],
])("takes %s for the program of that name, whatever its group is called", async (name, autorestart) => {
  const env = { SUPERVISOR_PROCESS_NAME: name, SUPERVISOR_GROUP_NAME: "feeder" };
  expect((await supervisordWith(GROUPED, env)).rules()).toMatchObject({ kind: "supervisord", autorestart });
});

onLinux("takes a program by its own group where its processes are called otherwise", async () => {
  const config = "[program:other]\nautorestart=false\n[program:seid]\nprocess_name=other\nautorestart=true\n";
  const env = { SUPERVISOR_PROCESS_NAME: "other", SUPERVISOR_GROUP_NAME: "seid" };
  expect((await supervisordWith(config, env)).rules()).toMatchObject({ autorestart: "true" });
});

onLinux("of a group's process that is called as no member of it, nothing is known", async () => {
  const env = { SUPERVISOR_PROCESS_NAME: "main", SUPERVISOR_GROUP_NAME: "feeder" };
  expect((await supervisordWith(GROUPED, env)).rules()).toMatchObject({ kind: "unseen" });
});

onLinux("of files that are newer than supervisord's process, nothing is known", async () => {
  const { path, rules } = await supervisordWith("[program:seid]\nexitcodes=0\n");
  expect(rules()).toMatchObject({ exitCodes: [0] });
  await writeFile(path, "[program:seid]\nexitcodes=0,70,71,72\nstartsecs=0\n");
  expect(rules()).toMatchObject({
    kind: "unseen",
    why: expect.stringMatching(/^its files are newer than its process/),
  });
});
