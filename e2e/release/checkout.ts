import { execFile, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";

/** How a command of a release ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** A clone of this repository in which a release is played, with the commands of a real one. */
export interface Checkout {
  readonly root: string;
  git(...args: readonly string[]): Promise<string>;
  /** Writes a file of the clone. */
  write(file: string, text: string): Promise<void>;
  commit(message: string): Promise<void>;
  /** `pnpm run SCRIPT`, which may have arguments; `onStart` gets what ends it and all that it started. */
  run(script: string, onStart?: (kill: () => void) => void): Promise<Ended>;
  /** `pnpm exec ARGS`. */
  exec(...args: readonly string[]): Promise<Ended>;
}

export async function cloneInto(
  root: string,
  from: string,
  { url: registry, npmrc }: { readonly url: string; readonly npmrc: { readonly publisher: string } },
): Promise<Checkout> {
  const git = async (...args: readonly string[]) =>
    (await promisify(execFile)("git", [...args], { cwd: root, encoding: "utf8" })).stdout.trim();
  await promisify(execFile)("git", ["clone", "--quiet", from, root]);
  await git("config", "user.name", "releaser");
  await git("config", "user.email", "releaser@localhost");
  const userconfig = `${root}.npmrc`;
  await writeFile(userconfig, npmrc.publisher);
  // What npm and pnpm tell the programs that they start would win over the account's file.
  // And what a workflow says of itself would give the release another address.
  const inherited = Object.entries(process.env).filter(([name]) => !/^p?npm_|^github_/i.test(name));
  const env = {
    ...Object.fromEntries(inherited),
    // What a killed release leaves there goes away with the rehearsal.
    TMPDIR: dirname(root),
    npm_config_userconfig: userconfig,
    // Above every other file, so that no rehearsal can reach another registry.
    "npm_config_@upgrade-halt:registry": registry,
    // A registry that says nothing is to be given up on before a person would.
    npm_config_fetch_retries: "0",
    npm_config_fetch_timeout: "15000",
    // The clone was installed; new versions of its packages need no second installation, and no build of everything.
    pnpm_config_verify_deps_before_run: "false",
  };
  const pnpm = (args: readonly string[], onStart?: (kill: () => void) => void) =>
    ended(root, env, ["--yes", "pnpm@12.21.0", ...args], onStart);
  const { code, output } = await pnpm(["install", "--frozen-lockfile", "--offline"]);
  if (code !== 0) throw new Error(`the clone could not be installed: ${output}`);
  return {
    root,
    git,
    write: (file, content) => writeFile(join(root, file), content),
    commit: async (message) => {
      await git("add", "--all");
      await git("commit", "--quiet", "--message", message);
    },
    run: (script, onStart) => pnpm(["--silent", "run", ...script.split(" ")], onStart),
    exec: (...args) => pnpm(["exec", ...args]),
  };
}

async function ended(
  cwd: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  onStart?: (kill: () => void) => void,
): Promise<Ended> {
  // In a group of its own, so that a kill reaches all that it started.
  const child = spawn("npx", args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  onStart?.(() => child.pid !== undefined && process.kill(-child.pid, "SIGKILL"));
  const close = new Promise<Pick<Ended, "code" | "signal">>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal })),
  );
  const [end, ...output] = await Promise.all([close, text(child.stdout), text(child.stderr)]);
  return { ...end, output: output.join("") };
}
