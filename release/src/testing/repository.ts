import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A small repository of its own, with three packages as this one has them; removed when the test ends. */
export interface Repository {
  readonly root: string;
  readonly write: (file: string, text: string | object) => void;
  readonly remove: (file: string) => void;
  readonly commit: () => void;
  /** Writes a changeset; resolves names as the packages of the scope. */
  readonly changeset: (id: string, summary: string, bumps: Readonly<Record<string, string>>) => void;
}

const SCOPE = "@upgrade-halt/";

export function createRepository(): Repository {
  const root = mkdtempSync(join(tmpdir(), "release-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: root, stdio: "ignore" });
  const write = (file: string, text: string | object) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), typeof text === "string" ? text : `${JSON.stringify(text, null, 2)}\n`);
  };
  const repository: Repository = {
    root,
    write,
    remove: (file) => rmSync(join(root, file)),
    commit: () => {
      git("add", "--all");
      git(
        "-c",
        "user.name=test",
        "-c",
        "user.email=test@localhost",
        "commit",
        "--quiet",
        "--message",
        "change",
      );
    },
    changeset: (id, summary, bumps) => {
      const lines = Object.entries(bumps).map(([name, bump]) => `"${SCOPE}${name}": ${bump}\n`);
      write(`.changeset/${id}.md`, `---\n${lines.join("")}---\n\n${summary}\n`);
    },
  };
  git("init", "--quiet", "--initial-branch=main");
  write("package.json", { name: "root", private: true });
  write("pnpm-workspace.yaml", "packages:\n  - packages/*\ncatalog:\n  zod: ^4.0.0\n");
  write("pnpm-lock.yaml", "lockfileVersion: '9.0'\n");
  write(".changeset/config.json", { changelog: false, baseBranch: "main", access: "public" });
  for (const [name, uses] of Object.entries({
    contract: [],
    producer: ["contract"],
    consumer: ["contract"],
  })) {
    const dependencies = Object.fromEntries(uses.map((one) => [`${SCOPE}${one}`, "workspace:^"]));
    write(`packages/${name}/package.json`, {
      name: `${SCOPE}${name}`,
      version: "1.2.3",
      dependencies: { ...dependencies, zod: "catalog:" },
    });
    write(`packages/${name}/src/index.ts`, "export {};\n");
  }
  repository.commit();
  return repository;
}
