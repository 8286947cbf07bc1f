import type { PagingTarget } from "../api/paging.ts";
import { hasCode, messageOf } from "../controller-error.ts";
import type { Page } from "./page.ts";
import { pageRequest, type ReadSecret } from "./page-request.ts";

/** Resolves when the host has an address, as `dns.promises.lookup` does; rejects with a code such as `ENOTFOUND`. */
export type ResolveHost = (host: string) => Promise<unknown>;

/** A page that is never sent, to see whether its request could be made. */
const NEVER_SENT: Page = {
  key: "",
  reason: "",
  severity: "warning",
  summary: "",
  namespace: "",
  pod: "",
  container: "",
  nodeHalt: "",
  haltReason: "",
  image: "",
  at: "1970-01-01T00:00:00Z",
  state: "firing",
};

/**
 * What keeps every page from reaching the target at `index` of `spec.paging`, as far as it shows without sending one:
 * a Secret, a URL, a host without an address. Names the field and never a secret's value.
 */
export async function targetFault(
  target: PagingTarget,
  index: number,
  readSecret: ReadSecret,
  resolveHost: ResolveHost,
): Promise<string | undefined> {
  const [kind = "target"] = Object.keys(target);
  const where = `spec.paging[${index}].${kind}`;
  try {
    const { url } = await pageRequest(target, NEVER_SENT, readSecret, 0);
    const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
    return await resolveHost(host).then(
      () => undefined,
      (cause: NodeJS.ErrnoException) =>
        `${where}: the host ${host} has no address (${cause.code ?? cause.name})`,
    );
  } catch (error) {
    if (!hasCode(error, "bad-reference")) throw error;
    return `${where}: ${messageOf(error)}`;
  }
}
