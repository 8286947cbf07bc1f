import { execFileSync } from "node:child_process";
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../../testing/cli.ts";
import { runCommand } from "../../testing/command.ts";

const ended = (status: string) => ({ SERVICE_RESULT: "exit-code", EXIT_CODE: "exited", EXIT_STATUS: status });

test("says how the service ended", async () => {
  const { code, stdout } = await runCli(["systemd-hook"], { env: ended("72") });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^halted: downgrade_detected, not corroborated\. /);
});

test("finds the halt line in a log file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-hook-"));
  const log = join(folder, "seid.log");
  await writeFile(log, `${"x".repeat(100_000)}\nUPGRADE "v6.7" NEEDED at height: 30: \n`);
  const { stdout } = await runCli(["systemd-hook", "--json", "--log", log], { env: ended("70") });
  await rm(folder, { recursive: true });
  expect(JSON.parse(stdout).verdict).toMatchObject({ plan: "v6.7", height: 30, corroborated: true });
});

const BEGIN = "8:00AM INF starting node with ABCI Tendermint in-process\n";
const HALT = '8:01AM ERR UPGRADE "v6.7" NEEDED at height: 30:  module=x/upgrade\n';
const LATER = "8:02AM INF Ensure peers module=pex numOutPeers=0 numInPeers=0\n".repeat(5_000);

test.each([
  ["of the last run", BEGIN + HALT + LATER, "v6.7"],
  ["of a run before", HALT + BEGIN + LATER, undefined],
  ["of a run whose begin is not there", HALT + LATER, undefined],
])("a halt line %s that 300 kB came after", async (_, text, plan) => {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-hook-"));
  const log = join(folder, "seid.log");
  await writeFile(log, text);
  const { stdout } = await runCli(["systemd-hook", "--json", "--log", log], { env: ended("70") });
  await rm(folder, { recursive: true });
  expect(JSON.parse(stdout).verdict.plan).toBe(plan);
});

test("a log file is no evidence of a run that nobody can say the begin of", async () => {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-hook-"));
  const log = join(folder, "seid.log");
  await writeFile(log, BEGIN + HALT);
  const env = { ...ended("70"), INVOCATION_ID: "0123456789abcdef0123456789abcdef" };
  const { stdout, stderr } = await runCli(["systemd-hook", "--log", log], { env });
  await rm(folder, { recursive: true });
  expect(stdout).toMatch(/^halted: upgrade_required, not corroborated\. /);
  expect(stderr).toBe(
    `upgrade-halt: systemd does not tell when this run began: the log ${log} may be of one before, and is left out.\n`,
  );
});

test("a log file of a user's unit is evidence: the user's own systemd says when the run began", async () => {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-hook-"));
  const log = join(folder, "seid.log");
  const INVOCATION_ID = "0123456789abcdef0123456789abcdef";
  await mkdir(join(folder, "systemd/units"), { recursive: true });
  await symlink(INVOCATION_ID, join(folder, "systemd/units/invocation:seid.service"));
  await writeFile(log, BEGIN + HALT);
  const env = { ...ended("70"), INVOCATION_ID, XDG_RUNTIME_DIR: folder };
  const { stdout, stderr } = await runCli(["systemd-hook", "--log", log], { env });
  await rm(folder, { recursive: true });
  expect(stdout).toMatch(/^halted: upgrade_required \(plan v6\.7 at height 30\)\. /);
  expect(stderr).toBe("");
});

test("without a journal it judges by the exit code", async () => {
  const env = { ...ended("70"), INVOCATION_ID: "0123456789abcdef0123456789abcdef" };
  const { code, stdout } = await runCli(["systemd-hook", "--journal"], { env });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^halted: upgrade_required, not corroborated\. /);
});

test.each([
  ["ENOENT", undefined],
  ["insufficient permissions; give the unit SupplementaryGroups=systemd-journal", "exit 1"],
])("a journal that cannot be read is never silent: %s", async (words, then) => {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-hook-"));
  const script = `#!/bin/sh\necho "insufficient permissions" >&2; ${then}\n`;
  if (then !== undefined) await writeFile(join(folder, "journalctl"), script, { mode: 0o755 });
  const env = { ...ended("70"), INVOCATION_ID: "0123456789abcdef0123456789abcdef", PATH: folder };
  const { code, stdout, stderr } = await runCommand(["systemd-hook", "--journal"], env);
  await rm(folder, { recursive: true });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^halted: upgrade_required, not corroborated\. /);
  expect(stderr).toContain("upgrade-halt: the journal cannot be read (");
  expect(stderr).toContain(words);
});

test("a journal without a line of this run is told", async () => {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-hook-"));
  await writeFile(join(folder, "journalctl"), "#!/bin/sh\n", { mode: 0o755 });
  const env = { ...ended("70"), INVOCATION_ID: "0123456789abcdef0123456789abcdef", PATH: folder };
  const { stderr } = await runCommand(["systemd-hook", "--journal"], env);
  await rm(folder, { recursive: true });
  expect(stderr).toMatch(
    /^upgrade-halt: the journal has no line of this run, .*StandardOutput=.*--log FILE\.\n$/,
  );
});

const ESCAPE = "\u001b";

/** An entry as journalctl prints it: a message with colours as its bytes. */
const entryOf = (message: string, more: object = {}) => {
  const MESSAGE = message.includes(ESCAPE) ? [...Buffer.from(message)] : message;
  return `${JSON.stringify({ __CURSOR: "s", _BOOT_ID: "1", MESSAGE, ...more })}\n`;
};

/** What the hook says of this journal. */
async function saidOf(entries: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-hook-"));
  await writeFile(join(folder, "journalctl"), `#!/bin/sh\n/bin/cat '${folder}/entries'\n`, { mode: 0o755 });
  await writeFile(join(folder, "entries"), entries.join(""));
  const env = { ...ended("70"), INVOCATION_ID: "0123456789abcdef0123456789abcdef", PATH: folder };
  const { stdout } = await runCommand(["systemd-hook", "--journal"], env);
  await rm(folder, { recursive: true });
  return stdout;
}

test("the rest of a line that was too long for the journal is no halt line", async () => {
  const begin = entryOf("x".repeat(49_152), { _STREAM_ID: "1", _LINE_BREAK: "line-max" });
  const rest = entryOf('UPGRADE "v6.7" NEEDED at height: 30: ', { _STREAM_ID: "1" });
  expect(await saidOf([begin, rest])).toMatch(/^halted: upgrade_required, not corroborated\. /);
  expect(await saidOf([rest])).toMatch(/^halted: upgrade_required \(plan v6\.7 at height 30\)\. /);
});

test("a halt line in colours is found in the journal, whatever the lengths of the lines before it", async () => {
  const coloured = (text: string) => `${ESCAPE}[90m5:59PM${ESCAPE}[0m ${ESCAPE}[31mERR${ESCAPE}[0m ${text}`;
  const before = Array.from({ length: 600 }, (_, length) => entryOf(coloured("x".repeat(length))));
  const halt = entryOf(coloured('UPGRADE "v6.7" NEEDED at height: 30: '));
  expect(await saidOf([...before, halt])).toMatch(/^halted: upgrade_required \(plan v6\.7 at height 30\)\. /);
});

test("a journal that is longer than what is kept of it is read from a whole entry on", async () => {
  const halt = entryOf('UPGRADE "v6.7" NEEDED at height: 30: ');
  const later = entryOf("goroutine 1 [running]:");
  expect(await saidOf([...Array(40_000).fill(later), halt, ...Array(10_000).fill(later)])).toMatch(
    /^halted: upgrade_required \(plan v6\.7 at height 30\)\. /,
  );
});

/** What the hook says, and how often it looked, where it may not wait for the journal, which has the lines from the second look on. */
async function saidOfLate(status: string, lines: readonly string[], later: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-hook-"));
  const script = `#!/bin/sh
case "$*" in
  --sync) exit 1 ;;
esac
/bin/cat '${folder}/entries'
if [ -e '${folder}/asked' ]; then /bin/cat '${folder}/later'; fi
echo look >> '${folder}/asked'
`;
  await writeFile(join(folder, "journalctl"), script, { mode: 0o755 });
  const asEntries = (texts: readonly string[]) => texts.map((text) => entryOf(text)).join("");
  await writeFile(join(folder, "entries"), asEntries(lines));
  await writeFile(join(folder, "later"), asEntries(later));
  const env = { ...ended(status), INVOCATION_ID: "0123456789abcdef0123456789abcdef", PATH: folder };
  const { stdout, stderr } = await runCommand(["systemd-hook", "--journal"], env);
  const looks = (await readFile(join(folder, "asked"), "utf8")).trim().split("\n").length;
  await rm(folder, { recursive: true });
  return { stdout, stderr, looks };
}

test("one who may not wait for the journal looks again for a line that is still on its way", async () => {
  const { stdout, stderr } = await saidOfLate("70", [], ['UPGRADE "v6.7" NEEDED at height: 30: ']);
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^halted: upgrade_required \(plan v6\.7 at height 30\)\. /);
});

const TOO_NEW =
  'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v6.8" - in binary but not executed on chain. Downgrade your binary';

test.each([
  ["2", `panic: ${TOO_NEW}`],
  ["1", `Error: ${TOO_NEW}`],
])("so it does for the last words of a node of today that ended with %s", async (status, words) => {
  const { stdout, stderr } = await saidOfLate(status, ["8:00AM INF committed state height=29"], [words]);
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^halted: binary_too_new/);
});

test.each([
  [
    "the last words of a crash are there",
    "2",
    ["panic: runtime error: index out of range", "goroutine 1 [running]:"],
    1,
  ],
  ["a signal ended it", "9", ["8:00AM INF committed state height=29"], 1],
  ["its last words never come", "1", ["8:00AM INF committed state height=29"], 5],
] as const)("it looks no more often than it has to where %s", async (_, status, lines, looks) => {
  const said = await saidOfLate(status, lines, []);
  expect(said.stdout).toMatch(/^crashed/);
  expect(said.looks).toBe(looks);
});

test("of a log of gigabytes it reads the end", async () => {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-hook-"));
  const log = join(folder, "seid.log");
  await writeFile(log, "");
  // Sparse: it takes no room.
  await truncate(log, 5 * 1024 ** 3);
  await appendFile(log, '\nUPGRADE "v6.7" NEEDED at height: 30: \n');
  const { code, stdout, stderr } = await runCli(["systemd-hook", "--log", log], { env: ended("70") });
  await rm(folder, { recursive: true });
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^halted: upgrade_required \(plan v6\.7 at height 30\)\. /);
});

test("a log that is not there takes no page away", async () => {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-hook-"));
  const page = ["--on", "downgrade_detected", `touch ${folder}/paged`];
  const log = join(folder, "seid.log");
  const { code, stderr } = await runCli(["systemd-hook", "--log", log, ...page], { env: ended("72") });
  const done = await readdir(folder);
  await rm(folder, { recursive: true });
  expect(done).toEqual(["paged"]);
  expect(code).toBe(0);
  expect(stderr).toBe(`upgrade-halt: the log ${log} cannot be read (ENOENT), so it is judged without it.\n`);
});

test("a log that is a pipe is waited for by nobody, and said to be no file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-hook-"));
  const log = join(folder, "seid.log");
  execFileSync("mkfifo", [log]);
  const { code, stderr } = await runCli(["systemd-hook", "--log", log], { env: ended("72") });
  await rm(folder, { recursive: true });
  expect(code).toBe(0);
  expect(stderr).toBe(
    `upgrade-halt: the log ${log} cannot be read (it is no file), so it is judged without it.\n`,
  );
});

test("outside of systemd it fails with one sentence", async () => {
  const { code, stderr } = await runCli(["systemd-hook"]);
  expect(code).toBe(64);
  expect(stderr).toMatch(/^upgrade-halt: [^\n]+\.\n$/);
});
