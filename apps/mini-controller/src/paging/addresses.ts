import dns, { type LookupAddress } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Addresses that no page goes to, whoever asked for it. */
const NEVER = blockList([
  // This host, link-local addresses (where clouds keep the credentials of their machines), multicast, broadcast.
  ["0.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["224.0.0.0", 4, "ipv4"],
  ["240.0.0.0", 4, "ipv4"],
  ["::", 128, "ipv6"],
  ["fe80::", 10, "ipv6"],
  ["ff00::", 8, "ipv6"],
  // The same behind NAT64 and 6to4, and what clouds serve of their machines elsewhere (AWS, Alibaba, Oracle, Azure).
  ["64:ff9b::a9fe:0", 112, "ipv6"],
  ["2002:a9fe::", 32, "ipv6"],
  ["fd00:ec2::", 32, "ipv6"],
  ["100.100.100.200", 32, "ipv4"],
  ["192.0.0.192", 32, "ipv4"],
  ["168.63.129.16", 32, "ipv4"],
]);

const LOOPBACK = blockList([
  ["127.0.0.0", 8, "ipv4"],
  ["::1", 128, "ipv6"],
]);

function blockList(subnets: readonly (readonly [string, number, "ipv4" | "ipv6"])[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix, family] of subnets) list.addSubnet(net, prefix, family);
  return list;
}

/** Whether `host` (as in a URL) is written as an address of this machine, or as `localhost`. */
export function isLoopback(host: string): boolean {
  const plain = host.replace(/^\[|\]$/g, "");
  return /(^|\.)localhost\.?$/i.test(plain) || isIn(LOOPBACK, plain);
}

/** Whether a page for `host` must not go to `address`: a name must not stand for this machine. */
export function isForbiddenAddress(address: string, host: string): boolean {
  return isIn(NEVER, address) || (isIn(LOOPBACK, address) && !isLoopback(host));
}

function isIn(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** What a name stands for that no page goes to. */
export class ForbiddenAddress extends Error {
  readonly code = "EADDRFORBIDDEN";
}

/** `dns.lookup` for the connections of pages: asked at each connection, so a name can't change its meaning in between. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const found: readonly LookupAddress[] = addresses ?? [];
    const bad = found.find(({ address }) => isForbiddenAddress(address, hostname));
    const refused = bad && new ForbiddenAddress(`${hostname} stands for ${bad.address}`);
    const [first] = found;
    if (error ?? refused) callback(error ?? refused ?? null, "", 0);
    else if (options.all) callback(null, [...found]);
    else callback(null, first?.address ?? "", first?.family ?? 0);
  });
};
