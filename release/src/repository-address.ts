import { ReleaseError } from "./release-error.ts";

/**
 * The public address of the repository, for the manifests that are packed: what was given, or that of the workflow that runs
 * (`GITHUB_SERVER_URL`, `GITHUB_REPOSITORY`), without `.git` or a slash at its end. `undefined` where nobody says one.
 *
 * @throws ReleaseError, when it is no `https` address, or holds more than a host and a path.
 */
export function repositoryAddress(
  given: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = environment;
  const said = given ?? (server && name ? `${server}/${name}` : undefined);
  if (said === undefined) return undefined;
  const url = URL.parse(said);
  const path = url?.pathname.replace(/\/+$/, "").replace(/\.git$/, "");
  if (url?.protocol !== "https:" || !path || url.href !== `${url.origin}${url.pathname}`)
    throw new ReleaseError(
      `${JSON.stringify(said)} is no address of a repository: say it as https://HOST/PATH.`,
    );
  return `${url.origin}${path}`;
}

/** Provenance names the public repository that a package was built from, and so must its manifest. */
export function requireForProvenance(repository: string | undefined): void {
  if (repository === undefined)
    throw new ReleaseError(
      "Provenance needs the public address of the repository, and none is given: say it with --repository URL.",
    );
}
