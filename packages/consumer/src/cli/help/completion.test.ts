import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../../testing/cli.ts";
import { silentProgram } from "../../testing/generated.ts";
import { EVENTS } from "../supervise/reactions.ts";
import { SHELLS } from "./completion-scripts.ts";
import { synopsisOf } from "./synopsis.ts";

const scriptFor = async (shell: string) => (await runCli(["completion", shell])).stdout;

/** What bash offers for this line, with its last word still being typed. */
async function bashOffers(...words: string[]): Promise<string[]> {
  const line = `COMP_WORDS=(upgrade-halt ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}`;
  const script = `${await scriptFor("bash")}\n${line}\n_upgrade_halt\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-eu", "-c", script], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.trim().split("\n");
}

test("bash completes commands, options and choices", async () => {
  expect(await bashOffers("")).toEqual([
    ...synopsisOf(await silentProgram()).map(({ name }) => name),
    "--help",
  ]);
  expect(await bashOffers("cl")).toEqual(["classify"]);
  expect(await bashOffers("classify", "--p")).toEqual(["--policy"]);
  expect(await bashOffers("classify", "--from", "")).toEqual([
    ...["evidence", "pod", "docker", "podman", "systemd", "supervisord", "pm2", "s6", "finish"],
  ]);
  expect(await bashOffers("classify", "--policy", "")).toEqual([""]);
  expect(await bashOffers("exec", "--on", "up")).toEqual(["upgrade_required"]);
  expect(await bashOffers("systemd-hook", "--on", "")).toEqual([...EVENTS]);
  expect(await bashOffers("completion", "")).toEqual([...SHELLS, "--help"]);
});

test.each(SHELLS)("%s learns every command and every option", async (shell) => {
  const script = await scriptFor(shell);
  for (const { name, options } of synopsisOf(await silentProgram())) {
    expect(script).toContain(name);
    for (const option of options) expect(script).toContain(option.name.slice(2));
  }
});

const isHere = (shell: string) => spawnSync(shell, ["--version"]).error === undefined;

for (const shell of SHELLS) {
  test.skipIf(!isHere(shell))(`${shell} finds no fault with the script`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-completion-"));
    const file = join(folder, "script");
    await writeFile(file, await scriptFor(shell));
    const { status, stderr } = spawnSync(shell, ["-n", file], { encoding: "utf8" });
    await rm(folder, { recursive: true });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });
}

test.skipIf(!isHere("fish"))("fish completes commands and choices", async () => {
  const ask = (line: string) => `complete -C 'upgrade-halt ${line}' | cut -f1`;
  const script = `${await scriptFor("fish")}\n${ask("cl")}\n${ask("classify --from ")}\n${ask("completion z")}`;
  const { stdout } = spawnSync("fish", ["--no-config", "-c", script], { encoding: "utf8" });
  expect(stdout.trim().split("\n")).toEqual([
    ...["classify", "docker", "evidence", "finish", "pm2", "pod", "podman", "s6", "supervisord", "systemd"],
    "zsh",
  ]);
});

/** Types into a zsh at a terminal, up to a tab each time, and says what it saw the line become. */
const TYPE_INTO_ZSH = String.raw`
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; fpath=($PWD \$fpath); autoload -Uz compinit; compinit -u -D; print re\"\"ady"
zpty -r -m shell seen '*ready*'
complete() {
  zpty -w -n shell "$1"$'\t'
  zpty -r -m shell seen "*$2*" && print -r -- "$2"
}
complete 'upgrade-halt compl' 'completion'
complete $'\C-uupgrade-halt classify --fr' '--from'
complete 'doc' 'docker'
complete $'\C-uupgrade-halt completion ba' 'bash'
zpty -d shell
`;

test.skipIf(!isHere("zsh"))("zsh completes commands, options and choices", async () => {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-zsh-"));
  await writeFile(join(folder, "_upgrade-halt"), await scriptFor("zsh"));
  const options = { cwd: folder, encoding: "utf8", timeout: 15_000 } as const;
  const { stdout } = spawnSync("zsh", ["-f", "-c", TYPE_INTO_ZSH], options);
  await rm(folder, { recursive: true });
  expect(stdout).toBe("completion\n--from\ndocker\nbash\n");
});

test("another shell does not fit", async () => {
  expect((await runCli(["completion", "tcsh"])).code).toBe(64);
});
