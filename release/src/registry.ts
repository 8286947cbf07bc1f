import { ReleaseError } from "./release-error.ts";
import { run } from "./run.ts";

/** The registry that npm is configured for, asked and told by npm itself, as a user's npm would. */
export interface Registry {
  /** The integrity of a published version; `undefined` where there is none. */
  readonly integrityOf: (name: string, version: string) => string | undefined;
  /** Publishes a tarball; says the registry's own words where it was refused. */
  readonly publish: (tarball: string, tag: string) => { readonly refusal: string | undefined };
}

export function npmRegistry(cwd: string, { provenance = false } = {}): Registry {
  return {
    integrityOf: (name, version) => {
      const { code, stdout, stderr } = run(
        cwd,
        "npm",
        "view",
        `${name}@${version}`,
        "dist.integrity",
        "--json",
      );
      if (code === 0) return stdout.trim() === "" ? undefined : String(JSON.parse(stdout));
      const refusal = refusalOf(stdout, stderr);
      if (refusal.startsWith("E404")) return undefined;
      throw new ReleaseError(
        `The registry does not say whether it has ${name} ${version} (${refusal}); nothing was changed: run it again once it answers.`,
      );
    },
    publish: (tarball, tag) => {
      const signed = provenance ? ["--provenance"] : [];
      const args = ["publish", tarball, "--access", "public", "--tag", tag, "--json", ...signed];
      const { code, stdout, stderr } = run(cwd, "npm", ...args);
      return { refusal: code === 0 ? undefined : refusalOf(stdout, stderr) };
    },
  };
}

/** What npm says of a failure, in one line that begins with its code. */
function refusalOf(stdout: string, stderr: string): string {
  const [, code = "unknown"] = /npm error code (\S+)/.exec(stderr) ?? [];
  try {
    const { error } = JSON.parse(stdout) as {
      readonly error?: { readonly code?: string; readonly summary?: string };
    };
    if (error?.summary !== undefined) return oneLine(`${error.code ?? code}: ${error.summary}`);
  } catch {
    // An older npm, or one that could not begin, says it on standard error alone.
  }
  const [, said = stderr] = /npm error (?!code )(.*)/.exec(stderr) ?? [];
  return oneLine(`${code}: ${said}`);
}

function oneLine(text: string): string {
  return (
    text
      .trim()
      .split("\n", 1)[0]
      ?.replace(/[.\s]+$/, "") ?? ""
  );
}
