import { PAGING_HOSTS } from "../api/group.ts";
import { ControllerError } from "../controller-error.ts";
import { isForbiddenAddress, isLoopback } from "./addresses.ts";
import type { PagingHosts } from "./paging-hosts.ts";

/** Who wrote a URL: what a policy says is for everybody to read, what a Secret holds is not. */
export type UrlSource = { readonly kind: "policy" } | { readonly kind: "secret"; readonly where: string };

/**
 * A URL that may be paged.
 *
 * @throws {ControllerError} `bad-reference` when it is no http(s) URL or has credentials for all to read,
 * `host-not-allowed` when the controller may not page its host.
 */
export function destinationOf(text: string, source: UrlSource, hosts: PagingHosts): URL {
  const where = source.kind === "policy" ? "url" : source.where;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new ControllerError("bad-reference", `${where} holds no http(s) URL`);
  const url = new URL(text);
  if (source.kind === "policy" && (url.username !== "" || url.password !== ""))
    throw new ControllerError("bad-reference", "url has credentials in it: use urlSecretRef instead");
  if (!isDecodable(url.username) || !isDecodable(url.password))
    throw new ControllerError(
      "bad-reference",
      `${where} has a % in its credentials that has to be written %25`,
    );
  const shown = `${url.protocol}//${url.host}`;
  if (isForbiddenAddress(url.hostname.replace(/^\[|\]$/g, ""), url.hostname))
    throw new ControllerError("host-not-allowed", `${shown} is an address that is never paged`);
  if (hosts.allows(url)) return url;
  const message = `${shown} is not among the receivers that this controller may page: who runs it must add ${url.protocol === "http:" ? shown : url.host} to --paging-hosts`;
  throw new ControllerError("host-not-allowed", message);
}

/**
 * Holds that what a Secret is used for goes to where the Secret says, `otherwise` when it says nothing. A receiver on
 * this machine is the controller's own.
 *
 * @throws {ControllerError} `host-not-allowed` when it does not.
 */
export function expectMeantFor(
  url: URL,
  where: string,
  hosts: PagingHosts | undefined,
  otherwise?: PagingHosts,
): void {
  const meant = hosts ?? (isLoopback(url.hostname) ? undefined : otherwise);
  if (meant === undefined || meant.allows(url)) return;
  const message = `${where} is not meant for ${url.protocol}//${url.host}: who owns it must say so in its annotation ${PAGING_HOSTS}`;
  throw new ControllerError("host-not-allowed", message);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
