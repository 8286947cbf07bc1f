import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readSupervisord } from "./supervisord.ts";

/** What is read of a program with these settings, from the configuration that a process names as supervisord does. */
async function rulesWith(settings: string) {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-supervisord-"));
  const path = join(folder, "supervisord.conf");
  await writeFile(path, `[program:seid]\ncommand=seid start\n${settings}\n`);
  const args = ["-e", "console.log(); setInterval(() => {}, 1000)", "--", "-c", path];
  const env = { SUPERVISOR_PROCESS_NAME: "seid" };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await rm(folder, { recursive: true });
  });
  await once(child.stdout, "data");
  const pid = child.pid ?? 0;
  return readSupervisord({ kind: "supervisord", pid }, { pid, name: "seid", args: [] }).rules;
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
