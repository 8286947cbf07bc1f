import { readFileSync } from "node:fs";

/** A TCP socket that listens, as the kernel's tables list it: addresses and ports in hexadecimal digits. */
export interface ListeningSocket {
  readonly local: string;
  readonly inode: string;
}

const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"];
const STATE_LISTEN = "0A";

/** What listens in this network namespace. Nothing where the kernel cannot be asked. */
export function listeningSockets(): readonly ListeningSocket[] {
  return TABLES.flatMap((path) => {
    try {
      return listeningIn(readFileSync(path, "latin1"));
    } catch {
      return [];
    }
  });
}

/** proc(5), /proc/net/tcp: local address in hexadecimal, state 0A for listening, and the socket's inode. */
export function listeningIn(table: string): readonly ListeningSocket[] {
  const rows = table.split("\n").map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([, local = "", , state, , , , , , inode = ""]) =>
    state === STATE_LISTEN ? [{ local, inode }] : [],
  );
}

/** Whether one of these listens at this port on all addresses. */
export function listensEverywhere(sockets: readonly ListeningSocket[], port: number): boolean {
  return sockets.some(({ local }) => /^0+:/.test(local) && local.endsWith(`:${hexadecimal(port, 4)}`));
}

/** A number as the tables write it. */
export function hexadecimal(number: number, digits: number): string {
  return number.toString(16).toUpperCase().padStart(digits, "0");
}
