import { printable } from "../printable.ts";

/** A node's address as it may be shown: printable, and without the credentials that somebody put into it. */
export function shownUrl(url: string): string {
  return printable(url.replace(/^([^/?#]*\/\/)[^/?#]*@/, "$1…@"));
}

/** A node's address as it was given: CometBFT writes its own as `tcp://`, and speaks HTTP there. */
export function rpcUrl(url: string): string {
  return url.replace(/^tcp:\/\//, "http://");
}
