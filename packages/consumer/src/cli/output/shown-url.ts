import { ConsumerError } from "../../consumer-error.ts";
import { printable } from "../../printable.ts";
import { statusUrl } from "../../status/status-url.ts";

/** A node's address as it may be shown: printable, and without the credentials that somebody put into it. */
export function shownUrl(url: string): string {
  return printable(url.replace(/^([^/?#]*\/\/)[^/?#]*@/, "$1…@"));
}

/** A node's address as it was given: CometBFT writes its own as `tcp://`, and speaks HTTP there. */
export function rpcUrl(url: string): string {
  return url.replace(/^tcp:\/\//, "http://");
}

/** The same for an address of the command line. @throws ConsumerError `usage` where no status can be read at one. */
export function givenUrl(url: string): string {
  const target = statusUrl(rpcUrl(url));
  if (target.kind === "refused") throw new ConsumerError("usage", `${shownUrl(url)}: ${target.problem}.`);
  return rpcUrl(url);
}
