import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

export const ROOT = join(import.meta.dirname, "..", "..");
/** The packages that are published, each before those that depend on it. */
export const PUBLISHED = ["contract", "producer", "consumer"] as const;
export type Published = (typeof PUBLISHED)[number];

const run = promisify(execFile);

/** Packs the packages of a checkout into `folder` as a release does; resolves with the tarballs' paths. */
export async function packAll(
  checkout: string,
  folder: string,
): Promise<Readonly<Record<Published, string>>> {
  for (const name of PUBLISHED)
    await pnpm(join(checkout, "packages", name), "pack", "--pack-destination", folder);
  const files = await readdir(folder);
  const tarballOf = (name: Published) => {
    const file = files.find((one) => one.startsWith(`upgrade-halt-${name}-`));
    if (file === undefined) throw new Error(`pnpm pack left no tarball of ${name} in ${folder}`);
    return join(folder, file);
  };
  return {
    contract: tarballOf("contract"),
    producer: tarballOf("producer"),
    consumer: tarballOf("consumer"),
  };
}

/** Runs the pnpm that runs this test. */
export async function pnpm(cwd: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run("npx", ["--yes", "pnpm@12.21.0", ...args], {
    cwd,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

/** The files of a tarball, without their common folder, sorted. */
export async function filesOf(tarball: string): Promise<readonly string[]> {
  const { stdout } = await run("tar", ["--list", "--gzip", "--file", tarball]);
  return stdout
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""))
    .sort();
}

/** Runs a command in a folder; an end with another code than 0 rejects with all that it printed. */
export async function runIn(cwd: string, file: string, ...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(file, [...args], { cwd, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (cause) {
    const { stdout = "", stderr = "" } = cause as { stdout?: string; stderr?: string };
    throw new Error(`${file} ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause });
  }
}
