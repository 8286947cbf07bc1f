/** Where to read a status, or why not there. */
export type StatusUrl =
  | { readonly kind: "url"; readonly url: URL }
  | { readonly kind: "refused"; readonly problem: string };

/** Takes a node's RPC address, with or without `/status`. `http` and `https` only, and no credentials. */
export function statusUrl(address: string | URL): StatusUrl {
  const url = URL.parse(String(address));
  if (url === null) return { kind: "refused", problem: "the address is no URL" };
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return { kind: "refused", problem: `the address is ${url.protocol} and not http: or https:` };
  }
  if (url.username !== "" || url.password !== "") {
    return { kind: "refused", problem: "the address has credentials in it" };
  }
  if (url.pathname === "/") url.pathname = "/status";
  return { kind: "url", url };
}
