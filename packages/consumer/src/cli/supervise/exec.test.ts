import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { type Command, runCommand, startCommand } from "../../testing/command.ts";
import { FORWARDED } from "./signals.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-exec-"));
});
afterEach(() => rm(folder, { recursive: true }));

const node = (script: string) => ["--", process.execPath, "-e", script];

test("keeps the command's exit code and output, and says why it ended", async () => {
  const line = 'UPGRADE "v6.7" NEEDED at height: 30: ';
  const script = `console.log("to stdout"); console.error(${JSON.stringify(line)}); process.exitCode = 70`;
  const { code, stdout, stderr } = await runCommand(["exec", ...node(script)]);
  expect(code).toBe(70);
  expect(stdout).toBe("to stdout\n");
  expect(stderr).toBe(
    `${line}\nupgrade-halt: halted: upgrade_required (plan v6.7 at height 30). It halted for upgrade_required (plan v6.7 at height 30), as exit-code, plan-line agree.\n`,
  );
});

test("--json says why it ended in one line of JSON, the last of its standard error", async () => {
  const { code, stdout, stderr } = await runCommand(["exec", "--json", ...node("process.exitCode = 72")]);
  expect([code, stdout]).toEqual([72, ""]);
  expect(JSON.parse(stderr)).toMatchObject({
    verdict: { kind: "halted", reason: 72 },
    announced: false,
    exitCode: 72,
  });
});

test("passes bytes through as they are, megabytes of them", async () => {
  const { code, stdout } = await runCommand(["exec", ...node('process.stdout.write("é".repeat(2_000_000))')]);
  expect(code).toBe(0);
  expect(stdout).toBe("é".repeat(2_000_000));
});

test("runs the command for the reason, with the verdict in its environment", async () => {
  const out = join(folder, "out");
  const wanted = `printf '%s %s %s' "$UPGRADE_HALT_EVENT" "$UPGRADE_HALT_PLAN" "$UPGRADE_HALT_CORROBORATED" > ${out}`;
  const script = `console.error("Wrong app version 0, upgrade handler is missing for v6.6 upgrade plan"); process.exitCode = 72`;
  const on = ["--on", "downgrade_detected", wanted, "--on", "crashed", `touch ${folder}/no`];
  const { code } = await runCommand(["exec", ...on, ...node(script)]);
  expect(code).toBe(72);
  expect(await readFile(out, "utf8")).toBe("downgrade_detected v6.6 true");
  await expect(readFile(join(folder, "no"))).rejects.toThrow("ENOENT");
});

/** A mount namespace in which no shell can be started. */
const WITHOUT_SHELL = 'sh="$(readlink -f /bin/sh)"; mount --bind /dev/null "$sh"; exec "$@"';
const unshare = (args: readonly string[]) =>
  spawnSync("unshare", ["-m", "bash", "-c", WITHOUT_SHELL, "bash", process.execPath, ...args], {
    encoding: "utf8",
  });

test.skipIf(unshare(["-e", ""]).status !== 0)(
  "without a shell it says that the command for the reason was not run, and keeps the exit code",
  () => {
    const main = join(import.meta.dirname, "..", "..", "main.ts");
    const { status, stderr } = unshare([
      main,
      "exec",
      "--on",
      "upgrade_required",
      "true",
      ...node("process.exitCode = 70"),
    ]);
    expect(stderr).toContain("the command for upgrade_required was not run: /bin/sh cannot be started");
    expect(status).toBe(70);
  },
);

test("a plan name never becomes part of a command", async () => {
  const script = `console.error('UPGRADE "$(touch ${folder}/pwned)" NEEDED at height: 30: '); process.exitCode = 70`;
  const shown = `echo "$UPGRADE_HALT_PLAN"`;
  const { stdout } = await runCommand(["exec", "--on", "upgrade_required", shown, ...node(script)]);
  expect(stdout).toBe(`$(touch ${folder}/pwned)\n`);
  await expect(readFile(join(folder, "pwned"))).rejects.toThrow("ENOENT");
});

test("names a halt line that a command crashed beside, and is not enough for a halt", async () => {
  const said = 'UPGRADE "v6.7" NEEDED at height: 30: ';
  const { code, stderr } = await runCommand([
    "exec",
    ...node(`console.error(${JSON.stringify(said)}); process.exitCode = 255`),
  ]);
  expect(code).toBe(255);
  expect(stderr).toContain(
    "crashed: error. It exited with 255, as a program that failed does. Its log has a halt line of upgrade_required (plan v6.7 at height 30).",
  );
});

test("a failing command for a reason changes no exit code", async () => {
  const { code, stderr } = await runCommand([
    "exec",
    "--on",
    "crashed",
    "exit 9",
    ...node("process.exitCode = 3"),
  ]);
  expect(code).toBe(3);
  expect(stderr).toContain("the command for crashed ended with exit code 9.");
});

test.each(FORWARDED)("forwards %s to the command", async (signal) => {
  const script = `process.on("${signal}", () => { console.log("got it"); process.exit(71); }); setInterval(() => {}, 1000); console.log("ready");`;
  const command = startCommand(["exec", ...node(script)]);
  await command.said("ready");
  command.child.kill(signal);
  const { code, stdout } = await command.ended;
  expect(code).toBe(71);
  expect(stdout).toBe("ready\ngot it\n");
});

test("holds a halted command's place until it is told to stop, and then has its exit code", async () => {
  const said = "upgrade-halt";
  const command = startCommand([
    "exec",
    "--hold",
    "--on",
    "upgrade_required",
    `echo ${said}`,
    ...node("process.exitCode = 70"),
  ]);
  await command.said(said);
  expect(command.child.exitCode).toBeNull();
  command.child.kill("SIGTERM");
  expect((await command.ended).code).toBe(70);
});

test.each(["SIGUSR1", "SIGHUP"] as const)(
  "still holds after a %s that its command took and ran on",
  async (signal) => {
    const script = `process.on("${signal}", () => process.exit(70)); setInterval(() => {}, 1000); console.log("ready");`;
    const command = startCommand([
      "exec",
      "--hold",
      "--on",
      "upgrade_required",
      "echo held",
      ...node(script),
    ]);
    await command.said("ready");
    command.child.kill(signal);
    await command.said("held");
    command.child.kill("SIGUSR2");
    command.child.kill("SIGWINCH");
    // Ended by the signals before it, it would not print this.
    await expectHeld(command);
    command.child.kill("SIGTERM");
    expect((await command.ended).code).toBe(70);
  },
);

/** Sees that a command goes on for as long as it takes to start another. */
async function expectHeld({ child }: Command) {
  await runCommand(["exec", ...node("")]);
  expect(child.exitCode).toBeNull();
  expect(child.signalCode).toBeNull();
}

test("a stop ends a reaction that hangs", async () => {
  const command = startCommand([
    "exec",
    "--on",
    "crashed",
    "echo hangs; exec sleep 600",
    ...node("process.exitCode = 2"),
  ]);
  await command.said("hangs");
  command.child.kill("SIGTERM");
  const { code, stderr } = await command.ended;
  expect(code).toBe(2);
  expect(stderr).toContain("the command for crashed ended with SIGTERM.");
});

test("a command can open its output by name, as a shell's redirection does", async () => {
  const { code, stdout, stderr } = await runCommand([
    "exec",
    "--",
    "sh",
    "-c",
    "echo to stdout > /dev/stdout; echo to stderr > /dev/stderr",
  ]);
  expect(code).toBe(0);
  expect(stdout).toBe("to stdout\n");
  expect(stderr).toContain("to stderr\n");
});

test("without a folder to make a pipe in, it passes output through all the same", async () => {
  const env = { TMPDIR: "/nowhere" };
  const { code, stdout } = await runCommand(["exec", "--", "sh", "-c", "echo said; exit 71"], env);
  expect(code).toBe(71);
  expect(stdout).toBe("said\n");
});

test("holds nothing for a crash", async () => {
  expect((await runCommand(["exec", "--hold", ...node("process.exitCode = 2")])).code).toBe(2);
});

test("does not wait for what the command left running, and tells of it", async () => {
  const script = "sleep 600 & echo $!; exit 71";
  const { code, stdout, stderr } = await runCommand(["exec", "--", "sh", "-c", script]);
  process.kill(Number(stdout), "SIGKILL");
  expect(code).toBe(71);
  expect(stderr).toContain("something that the command started still holds its output, and may run on.");
});

test("a command that a signal ended gives 128 and the signal's number", async () => {
  const { code, stderr } = await runCommand(["exec", ...node("process.kill(process.pid, 'SIGKILL')")]);
  expect(code).toBe(137);
  expect(stderr).toMatch(/^upgrade-halt: crashed: signal\. /);
});

test.skipIf(process.platform !== "linux")("a real-time signal is no clean stop", async () => {
  const { code, stderr } = await runCommand(["exec", "--", "sh", "-c", "kill -34 $$; sleep 1"]);
  expect(code).toBe(162);
  expect(stderr).toMatch(/^upgrade-halt: crashed: signal\. .*signal 34/);
});

test.skipIf(process.platform !== "linux").each(["SIGKILL", "SIGSEGV"] as const)(
  "ended by %s, it leaves nothing running of what it started",
  async (signal) => {
    const script = `trap '' TERM; echo $$; sh -c 'trap "" TERM; echo $$; echo ready; sleep 600 & wait' & wait`;
    const command = startCommand(["exec", "--", "sh", "-c", script]);
    await command.said("ready");
    command.child.kill(signal);
    const { stdout } = await command.ended;
    const pids = stdout.match(/\d+/g) ?? [];
    expect(pids).toHaveLength(2);
    await until("the end of what it started", () => pids.every((pid) => !isAlive(pid)));
  },
);

/** An entry point that starts a program and waits for it, in place of becoming it. */
const behindShell = (program: string) => [
  "--",
  "sh",
  "-c",
  `"$0" -e "$1"; exit $?`,
  process.execPath,
  program,
];
const lives = (atStop: string) =>
  `process.on("SIGTERM", () => { ${atStop} }); setInterval(() => {}, 1000); console.log(process.pid, "ready");`;

/** Starts it and gives the process behind the shell, which is ended with the test, come what may. */
async function startBehindShell(program: string, args: readonly string[] = []) {
  const command = startCommand(["exec", ...args, ...behindShell(program)]);
  let said = "";
  command.child.stdout?.on("data", (bytes) => {
    said += bytes;
  });
  await command.said("ready");
  const pid = parseInt(said, 10);
  onTestFinished(() => {
    if (isAlive(String(pid))) process.kill(pid, "SIGKILL");
    command.child.kill("SIGKILL");
  });
  return { command, pid: String(pid) };
}

test.skipIf(process.platform !== "linux").each(["SIGTERM", "SIGQUIT", "SIGHUP", "SIGUSR1"] as const)(
  "a %s that ends a shell ends in order what the shell waited for",
  async (signal) => {
    const { command, pid } = await startBehindShell(lives(`console.log("in order"); process.exit(0);`));
    command.child.kill(signal);
    const { code, stdout } = await command.ended;
    expect(code).toBe(128 + constants.signals[signal]);
    expect(stdout).toBe(`${pid} ready\nin order\n`);
    expect(isAlive(pid)).toBe(false);
  },
);

test.skipIf(process.platform !== "linux")(
  "what a shell waited for dies with exec that is killed while it ends",
  async () => {
    const { command, pid } = await startBehindShell(lives(`console.log("takes long");`));
    command.child.kill("SIGTERM");
    await command.said("takes long");
    command.child.kill("SIGKILL");
    await until("the end of what it started", () => !isAlive(pid));
  },
);

/** A node that a shell starts in a session of its own, by a second fork, and that says its number in a file. */
const detached = (path: string, output: string) =>
  `(setsid "$0" -e "$1" ${output} &); until [ -s ${path} ]; do sleep 0.1; done; echo ready; while :; do sleep 0.1; done`;
const lived = (path: string) =>
  `process.on("SIGTERM", () => { require("node:fs").appendFileSync("${path}", " in order"); process.exit(); }); setInterval(() => {}, 1000); require("node:fs").writeFileSync("${path}", String(process.pid));`;

/** Starts such a node under `exec`, and gives its number once it is there. It is ended with the test, come what may. */
async function startDetached(output: string, wrapped: readonly string[] = []) {
  const path = join(folder, `pid-${wrapped.length}`);
  const shell = ["sh", "-c", detached(path, output), process.execPath, lived(path)];
  const command = startCommand(["exec", "--", ...wrapped, ...shell]);
  onTestFinished(() => {
    command.child.kill("SIGKILL");
  });
  await command.said("ready");
  const pid = (await readFile(path, "utf8")).trim();
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(Number(pid), "SIGKILL");
  });
  return { command, pid, told: async () => await readFile(path, "utf8") };
}

const MAIN = join(import.meta.dirname, "..", "..", "main.ts");

test.skipIf(process.platform !== "linux").each([
  ["holds its output", ""],
  ["is silent", ">/dev/null 2>&1"],
])("a stop ends in order what a second fork took into a session of its own and %s", async (_, output) => {
  const { command, pid, told } = await startDetached(output);
  command.child.kill("SIGTERM");
  const { stderr } = await command.ended;
  expect([isAlive(pid), await told()], stderr).toEqual([false, `${pid} in order`]);
  expect(stderr).toBe("upgrade-halt: stopped. It was ended by SIGTERM, as one that was asked to stop.\n");
});

test.skipIf(process.platform !== "linux")(
  "the stop of a run, with one within it, ends what they left and nothing of another run",
  async () => {
    const other = await startDetached(">/dev/null 2>&1");
    const inner = await startDetached(">/dev/null 2>&1", [process.execPath, MAIN, "exec", "--"]);
    inner.command.child.kill("SIGTERM");
    await inner.command.ended;
    expect([isAlive(inner.pid), isAlive(other.pid)]).toEqual([false, true]);
  },
);

test.skipIf(process.platform !== "linux")(
  "ended by SIGKILL, it leaves nothing running of what a second fork took into a session of its own",
  async () => {
    const { command, pid } = await startDetached(">/dev/null 2>&1");
    command.child.kill("SIGKILL");
    await until("the end of what it started", () => !isAlive(pid));
  },
);

test.skipIf(process.platform !== "linux")(
  "what a command that ended by itself left in silence stays, and is named",
  async () => {
    const script = "setsid sleep 600 >/dev/null 2>&1 & echo $!; exit 3";
    const { code, stdout, stderr } = await runCommand(["exec", "--", "sh", "-c", script]);
    expect(isAlive(stdout.trim())).toBe(true);
    process.kill(Number(stdout), "SIGKILL");
    expect(code).toBe(3);
    expect(stderr).toContain(
      `something that the command started lives on: process ${stdout.trim()} (sleep).\n`,
    );
  },
);

test("a command that took a SIGHUP and ended by itself later keeps what it left running", async () => {
  const script = `trap 'kill $!; echo again' HUP; sleep 600 & echo ready; wait; sleep 600 >/dev/null 2>&1 & echo left $!; exit 3`;
  const command = startCommand(["exec", "--", "sh", "-c", script]);
  await command.said("ready");
  command.child.kill("SIGHUP");
  const { code, stdout } = await command.ended;
  const left = /left (\d+)/.exec(stdout)?.[1] ?? "";
  expect(isAlive(left)).toBe(true);
  process.kill(Number(left), "SIGKILL");
  expect(code).toBe(3);
});

/** False also for what has ended and was not waited for. */
function isAlive(pid: string): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

test("a command that is not there is one sentence and 127", async () => {
  const { code, stderr } = await runCommand(["exec", "--", "/nowhere/seid", "start"]);
  expect(code).toBe(127);
  expect(stderr).toBe("upgrade-halt: /nowhere/seid cannot be started: there is no such command.\n");
});

test("a command that is no program is one sentence and 126", async () => {
  const { code, stderr } = await runCommand(["exec", "--", folder]);
  expect(code).toBe(126);
  expect(stderr).toBe(`upgrade-halt: ${folder} cannot be started: is it executable?\n`);
});

test.each([
  [["exec"]],
  [["exec", "--", ""]],
  [["exec", "--on", "sneezed", "true", "--", "true"]],
  [["exec", "--on", "crashed", "--", "true"]],
])("%j does not fit", async (args) => {
  const { code, stderr } = await runCommand(args);
  expect(code).toBe(64);
  expect(stderr).toMatch(/^upgrade-halt: [^\n]+\.\n$/);
});
