import { hasCode, messageOf } from "@upgrade-halt/kube";
import type { PagingTarget } from "../api/paging.ts";
import { isForbiddenAddress } from "./addresses.ts";
import type { Page } from "./page.ts";
import { type PagingMeans, pageRequest } from "./page-request.ts";

/** Addresses of a host, as `dns.promises.lookup` gives them; rejects with a code such as `ENOTFOUND`. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** What is wrong with a target: its reason in one CamelCase word, and a sentence that names the field. */
export interface TargetFault {
  readonly reason: "HostNotAllowed" | "SecretNotMarked" | "TargetUnusable";
  readonly message: string;
}

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
 * a Secret, a URL, a host without an address or one that may not be paged. Names the field and never a secret's value.
 */
export async function targetFault(
  target: PagingTarget,
  index: number,
  means: PagingMeans,
  resolveHost: ResolveHost,
): Promise<TargetFault | undefined> {
  const [kind = "target"] = Object.keys(target);
  const where = `spec.paging[${index}].${kind}`;
  try {
    const { url } = await pageRequest(target, NEVER_SENT, means, 0);
    return await addressFault(new URL(url).hostname.replace(/^\[|\]$/g, ""), where, resolveHost);
  } catch (error) {
    const message = `${where}: ${messageOf(error)}`;
    if (hasCode(error, "host-not-allowed")) return { reason: "HostNotAllowed", message };
    if (hasCode(error, "secret-not-marked")) return { reason: "SecretNotMarked", message };
    if (hasCode(error, "bad-reference")) return { reason: "TargetUnusable", message };
    throw error;
  }
}

async function addressFault(
  host: string,
  where: string,
  resolveHost: ResolveHost,
): Promise<TargetFault | undefined> {
  try {
    const bad = (await resolveHost(host)).find((address) => isForbiddenAddress(address, host));
    if (bad === undefined) return undefined;
    const message = `${where}: the host ${host} stands for ${bad}, an address that is never paged`;
    return { reason: "HostNotAllowed", message };
  } catch (cause) {
    const { code, name } = cause as NodeJS.ErrnoException;
    return {
      reason: "TargetUnusable",
      message: `${where}: the host ${host} has no address (${code ?? name})`,
    };
  }
}
