import { realpathSync } from "node:fs";
import { hexadecimal, listeningSockets } from "../../listening-sockets.ts";
import { type ProcessFacts, programOf } from "../process.ts";
import { wrapperOf } from "../wrapper.ts";
import { childrenOf, openFilesOf, processIds, readProcess } from "./process-table.ts";

/** From what a supervisor started down to the node itself, past what only stands in front of it. */
export function nodeBelow(top: ProcessFacts): ProcessFacts {
  let node = top;
  for (;;) {
    const { kind } = wrapperOf(node);
    if (kind === "unknown" || (kind === "client" && programOf(node) !== "conmon")) return node;
    const [child] = childrenOf(node.pid).filter(({ args }) => !args.includes("upgrade-halt-guard"));
    if (child === undefined) return node;
    node = child;
  }
}

/** The process that has files of `<home>/data` open. */
export function processOfHome(home: string): ProcessFacts | undefined {
  const data = `${realPath(home)}/data/`;
  const pid = processIds().find((id) => [...openFilesOf(id).values()].some((file) => file.startsWith(data)));
  return pid === undefined ? undefined : readProcess(pid);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

const LOCAL = /^(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\])$/;

/** The process that listens where the node serves, of this machine and as far as this user sees it. */
export function processListeningAt(url: URL): ProcessFacts | undefined {
  if (!LOCAL.test(url.hostname)) return undefined;
  const sockets = listeningAt(url.hostname, Number(url.port || (url.protocol === "https:" ? 443 : 80)));
  if (sockets.size === 0) return undefined;
  const pid = processIds().find((id) => [...openFilesOf(id).values()].some((file) => sockets.has(file)));
  return pid === undefined ? undefined : readProcess(pid);
}

function listeningAt(host: string, port: number): Set<string> {
  const wanted = localAddresses(host).map((address) => `${address}:${hexadecimal(port, 4)}`);
  const listening = listeningSockets().filter(({ local }) => wanted.includes(local));
  return new Set(listening.map(({ inode }) => `socket:[${inode}]`));
}

const ANY_4 = "0".repeat(8);
const ANY_6 = "0".repeat(32);
const LOOPBACK_6 = `${"0".repeat(24)}01000000`;
/** Before an IPv4 address that a socket of IPv6 listens at. */
const MAPPED = `${"0".repeat(16)}FFFF0000`;

/** Addresses that answer at a host of this machine, as the tables write them: words in the machine's byte order. */
function localAddresses(host: string): readonly string[] {
  const four = (address: string) =>
    address
      .split(".")
      .reverse()
      .map((part) => hexadecimal(Number(part), 2))
      .join("");
  if (host.startsWith("[")) return [LOOPBACK_6, ANY_6];
  const own = four(/^(?:localhost|0\.0\.0\.0)$/.test(host) ? "127.0.0.1" : host);
  const addresses = [own, ANY_4, `${MAPPED}${own}`, ANY_6];
  return host === "localhost" ? [...addresses, LOOPBACK_6] : addresses;
}
