/** Where to read a status, or why not there. */
export type StatusUrl =
  | { readonly kind: "url"; readonly url: URL }
  | { readonly kind: "refused"; readonly problem: string };

const HOST_ALONE = /^(?:[\w.-]+|\[[\da-f:]+\])(?::\d+)?(?:\/|$)/i;

/** Takes a node's RPC address, with or without `/status`. `http` and `https` only, and no credentials. */
export function statusUrl(address: string | URL): StatusUrl {
  const url = URL.parse(String(address));
  if (String(address) === "") return { kind: "refused", problem: "the address is empty" };
  if (HOST_ALONE.test(String(address)) && URL.canParse(`http://${address}`))
    return { kind: "refused", problem: `the address has no scheme: write http://${address}` };
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
