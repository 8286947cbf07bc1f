import { execFile, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startProgram, until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { binOf } from "../harness/programs.ts";
import { proof } from "../harness/proof.ts";
import { buildInto, debianIn, executableIn, OUT } from "./built.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-executable-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  cwd?: string,
): Promise<Run> {
  return new Promise((resolve) => {
    execFile(program, args, { env, cwd }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });
}

/** The command as one file, with nothing on its PATH. */
const alone = (...args: readonly string[]) => run(executableIn(OUT), args);
/** The command as it is installed with Node. */
const installed = (...args: readonly string[]) => run(process.execPath, [binOf("upgrade-halt"), ...args]);

proof("the one file says what the installed command says, without Node", ["ONE-FILE"], async () => {
  const asked = [
    ["explain", "70"],
    ["explain", "72", "--json"],
    ["--help"],
    ["completion", "zsh"],
    ["check", "http://127.0.0.1:1", "--expect-halted"],
    ["chekc"],
    ["doctor", "--objects", "/nonexistent"],
  ];
  for (const args of asked) expect(await alone(...args), args.join(" ")).toEqual(await installed(...args));
});

proof(
  "a link to the one file, by the name that kubectl looks for, is kubectl's plugin",
  ["ONE-FILE"],
  async () => {
    for (const name of ["kubectl-upgrade_halt", "kubectl_complete-upgrade_halt"]) {
      await symlink(executableIn(OUT), join(folder, name));
      const script = join(dirname(binOf("upgrade-halt")), `${name}.js`);
      for (const args of [["--help"], ["why", "--help"], ["pause", "--"], ["wyh"]])
        expect(await run(join(folder, name), args), `${name} ${args.join(" ")}`).toEqual(
          await run(process.execPath, [script, ...args]),
        );
    }
  },
);

proof("the one file copies itself, whole, to where another container finds it", ["ONE-FILE"], async () => {
  const copy = join(folder, "upgrade-halt");
  for (const time of ["first", "again"])
    expect(await alone("copy-to", folder), time).toEqual({ code: 0, stdout: `${copy}\n`, stderr: "" });
  expect(await run(copy, ["explain", "70"])).toEqual(await installed("explain", "70"));
  expect(readdirSync(folder).filter((name) => name.startsWith("upgrade-halt"))).toEqual(["upgrade-halt"]);
  const nowhere = await alone("copy-to", join(folder, "no-such-folder"));
  expect(nowhere).toMatchObject({ code: 1, stdout: "" });
  expect(nowhere.stderr).toMatch(/^upgrade-halt: upgrade-halt can't be copied to .*no-such-folder: .*ENOENT/);
});

proof("the one file says nothing of flags that its Node is given", ["ONE-FILE"], async () => {
  const flagged = await run(executableIn(OUT), ["explain", "70"], { NODE_OPTIONS: "--stack-trace-limit=5" });
  expect(flagged).toEqual(await installed("explain", "70"));
});

proof("the one file knows its version, and the commit that it was made of", ["ONE-FILE"], async () => {
  const own = await alone("--version");
  const other = await installed("--version");
  expect(own).toEqual({ ...other, stdout: own.stdout });
  expect(own.stdout).toMatch(/, commit [0-9a-f]{40}(-dirty)?\)\n$/);
  expect(own.stdout.replace(/commit .*/, "")).toBe(other.stdout.replace(/commit .*/, ""));
});

proof("the one file asks a node for its status", ["ONE-FILE"], async () => {
  const portFile = join(folder, "port");
  const flags = ["--rpc.laddr", "tcp://127.0.0.1:0", "--port-file", portFile, "--block-time", "50ms"];
  const args = [binOf("mock-node"), "start", "--home", join(folder, "home"), ...flags];
  const node = await startProgram("mock-node", process.execPath, args, {
    ready: () => readFileSync(portFile, "utf8").trim(),
  });
  try {
    const { code, stdout } = await alone(
      "status",
      "--json",
      `http://127.0.0.1:${readFileSync(portFile, "utf8").trim()}`,
    );
    expect({ code, verdict: JSON.parse(stdout).verdict.kind }).toEqual({ code: 0, verdict: "running" });
  } finally {
    await node.stop();
  }
});

describe.skipIf(process.getuid?.() !== 0)("on a machine without a shell", () => {
  proof("what the one file ran does not outlive it", ["ONE-FILE"], async () => {
    const hidden = `mount --bind /dev/null /bin/sh; exec "${executableIn(OUT)}" exec -- sleep 4711`;
    const child = spawn("unshare", ["--mount", "bash", "-c", hidden], { stdio: "ignore" });
    const sleeper = await until("the command to run", () =>
      processes().find(({ command }) => command === "sleep\u00004711\u0000"),
    );
    // The guard is told by nothing but the end of its pipe.
    await until("the guard to run", () =>
      processes().some(({ command }) => command.includes("--guard-process")),
    );
    child.kill("SIGKILL");
    await until("the command to be gone", () => !processes().some(({ pid }) => pid === sleeper.pid), {
      within: 30_000,
    });
  });
});

function processes(): readonly { readonly pid: string; readonly command: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [{ pid, command: readFileSync(`/proc/${pid}/cmdline`, "utf8") }];
      } catch {
        return [];
      }
    });
}

proof("two builds, in two folders, are the same bytes", ["ONE-FILE", "DEBIAN"], async () => {
  await buildInto(folder);
  for (const pick of [executableIn, debianIn])
    expect(readFileSync(pick(folder)).equals(readFileSync(pick(OUT))), pick(OUT)).toBe(true);
  for (const file of [executableIn(folder), debianIn(folder)]) {
    const checked = await run("sha256sum", ["--check", `${file}.sha256`], { PATH: process.env.PATH }, folder);
    expect(checked.code).toBe(0);
  }
});
